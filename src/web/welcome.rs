//! Where one-time links lead: somebody sets their password and is signed in.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::account::{different, weak};
use super::frame::Frame;
use super::language::Language;
use super::message;
use super::rendered;
use super::visitor::{Visitor, failed};
use super::words::Say;
use crate::app::{AccountRecord, Welcome};

#[derive(Template)]
#[template(path = "welcome.html")]
struct Page {
    frame: Frame,
    account: AccountRecord,
    problem: Option<Say>,
}

#[derive(Deserialize)]
struct Submitted {
    password: String,
    again: String,
}

#[handler]
pub(super) async fn page(request: &Request, Path(token): Path<String>) -> poem::Result<Response> {
    show(request, &token, None).await
}

#[handler]
pub(super) async fn submit(
    request: &Request,
    Path(token): Path<String>,
    Form(form): Form<Submitted>,
) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    let Submitted { password, again } = &form;
    if password != again {
        return show(request, &token, Some(different(language))).await;
    }
    match visitor.app().use_link(&token, password).await.map_err(failed)? {
        Welcome::In { session } => {
            // Somebody else may be signed in with this browser.
            if let Some(earlier) = visitor.session() {
                visitor.app().sign_out(earlier).await.map_err(failed)?;
            }
            let mut response = Redirect::see_other("/account").into_response();
            visitor.keep_session(&mut response, &session);
            Ok(response)
        }
        Welcome::Weak(problem) => show(request, &token, Some(weak(problem, language))).await,
        Welcome::Ended => message::ended_link(&visitor, language),
    }
}

async fn show(request: &Request, token: &str, problem: Option<Say>) -> poem::Result<Response> {
    let (visitor, language) = (Visitor::of(request)?, Language::of(request));
    let Some(account) = visitor.app().link(token).await.map_err(failed)? else {
        return message::ended_link(&visitor, language);
    };
    let unfit = problem.is_some();
    let mut response = rendered(&Page { frame: Frame::of(request)?, account, problem })?;
    if unfit {
        response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}
