//! Signing in and out.

use askama::Template;
use chrono::{DateTime, Utc};
use poem::http::{StatusCode, header};
use poem::web::{Form, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::frame::Frame;
use super::language::Language;
use super::rendered;
use super::request::{client_address, local_path, query_value};
use super::visitor::{Visitor, failed};
use crate::app::{ProviderView, SignIn};

#[derive(Deserialize)]
struct Query {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Submitted {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'p> {
    frame: Frame,
    login: &'p str,
    /// Where to go afterwards.
    next: &'p str,
    refused: bool,
    wait: Option<Wait>,
    providers: Vec<ProviderView>,
}

#[handler]
pub(super) fn page(request: &Request) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    let next = request.params::<Query>().ok().and_then(|query| query.next).unwrap_or_default();
    let next = local_path(&next);
    if visitor.name().is_some() {
        return Ok(Redirect::see_other(next).into_response());
    }
    let providers = visitor.app().providers();
    rendered(&Page { frame: Frame::of(request)?, login: "", next, refused: false, wait: None, providers })
}

#[handler]
pub(super) async fn submit(request: &Request, Form(form): Form<Submitted>) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    let Submitted { login, password, next } = &form;
    let next = local_path(next);
    let outcome = visitor.app().sign_in(login, password, client_address(request)).await.map_err(failed)?;
    let (refused, wait) = match outcome {
        SignIn::In { session } => {
            // The session the browser came with, if any, must not live on beside the new one.
            if let Some(earlier) = visitor.session() {
                visitor.app().sign_out(earlier).await.map_err(failed)?;
            }
            let mut response = Redirect::see_other(next).into_response();
            visitor.keep_session(&mut response, &session);
            return Ok(response);
        }
        SignIn::Refused => (true, None),
        SignIn::Wait(until) => (false, Some(Wait::new(visitor.app().clock().now(), until))),
    };
    let providers = visitor.app().providers();
    // In the other language it still leads where somebody wanted to go.
    let here = format!("/sign-in?next={}", query_value(next));
    let frame = Frame::around(&visitor, Language::of(request), here);
    let mut response = rendered(&Page { frame, login, next, refused, wait, providers })?;
    response.set_status(StatusCode::FORBIDDEN);
    if let Some(wait) = wait {
        wait.announce(&mut response);
    }
    Ok(response)
}

#[handler]
pub(super) async fn leave(request: &Request) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    if let Some(session) = visitor.session() {
        visitor.app().sign_out(session).await.map_err(failed)?;
    }
    let mut response = Redirect::see_other("/").into_response();
    visitor.forget_session(&mut response);
    Ok(response)
}

/// How long somebody has to wait, and until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    seconds: i64,
    until: DateTime<Utc>,
}

impl Wait {
    pub(super) fn new(now: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        // Rounded up: a second too early would be refused again.
        let seconds = (until - now).num_microseconds().unwrap_or_default().max(0).saturating_add(999_999) / 1_000_000;
        Self { seconds, until }
    }

    pub(super) fn announce(self, response: &mut Response) {
        response.set_status(StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert(header::RETRY_AFTER, self.seconds.into());
    }

    /// In minutes from a minute and a half on.
    pub(super) fn text(&self, language: Language) -> String {
        let until = self.until.format("%H:%M:%S UTC");
        let said = match self.seconds {
            ..90 => language.say("wait-seconds").with("seconds", self.seconds),
            seconds => language.say("wait-minutes").with("minutes", (seconds + 59) / 60),
        };
        said.with("until", until).to_string()
    }
}
