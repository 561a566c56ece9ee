//! A new account: who it is, how they are reached, what they may do, and the link that lets them in.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Filled, show as show_account};
use super::contact::written_in;
use super::grants::GrantForm;
use super::{links, mistyped};
use crate::app::{AccountKind, AccountOrder, AppError, ContactOrder};
use crate::domain::authority::Act;
use crate::web::frame::Frame;
use crate::web::refusal::Problem;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "access/add.html")]
struct Page {
    frame: Frame,
    typed: Typed,
    problem: Option<Problem>,
}

/// What the form says.
#[derive(Default, Deserialize)]
struct Typed {
    /// `person` or `client`.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    employee_number: String,
    #[serde(default)]
    email: String,
    language: Option<String>,
    #[serde(flatten)]
    grant: GrantForm,
    /// `mail`, `show` or empty.
    #[serde(default)]
    link: String,
}

impl Typed {
    fn is_person(&self) -> bool {
        self.kind != "client"
    }
}

/// A text that was filled in.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    show(Frame::of(request)?, Typed::default(), None)
}

fn show(frame: Frame, typed: Typed, problem: Option<Problem>) -> poem::Result<Response> {
    if !frame.visitor.app().actor().reach(Act::ManageAccess).everything {
        return Err(failed(AppError::Forbidden("you do not make accounts".to_owned())));
    }
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = rendered(&Page { frame, typed, problem })?;
    response.set_status(status);
    Ok(response)
}

#[handler]
pub(in crate::web) async fn submit(request: &Request, Form(typed): Form<Typed>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let kind = if typed.is_person() { AccountKind::Person } else { AccountKind::Client };
    let agent = given(&typed.employee_number);
    let order = AccountOrder { kind, login: &typed.login, name: &typed.name, agent };
    // What the rest says is looked at before anything is made.
    let checked = match given(&typed.grant.role) {
        Some(_) => typed.grant.order(Uuid::nil()).map(drop),
        None => Ok(()),
    };
    let made = match checked {
        Ok(()) => frame.visitor.app().create_account(order).await,
        Err(error) => Err(error),
    };
    let account = match made {
        Ok(view) => view.account,
        Err(error) => {
            let problem = mistyped(error, frame.language)?;
            return show(frame, typed, Some(problem));
        }
    };
    let id = account.public_id;
    match furnish(&frame, request, id, account.version, &typed).await {
        Ok(None) => Ok(Redirect::see_other(format!("/access/{id}")).into_response()),
        Ok(secret) => show_account(frame, id, Filled { secret, ..Filled::default() }).await,
        Err(error) => {
            let problem = mistyped(error, frame.language)?.after(&frame.say("access-made-but"));
            let mut response = show_account(frame, id, Filled { problem: Some(problem), ..Filled::default() }).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

/// Gives a new account what the form says besides; a link that is to be shown comes back.
async fn furnish(
    frame: &Frame,
    request: &Request,
    id: Uuid,
    version: i64,
    typed: &Typed,
) -> Result<Option<(Say, String)>, AppError> {
    let app = frame.visitor.app();
    if typed.is_person() {
        let (email, language) = (given(&typed.email).map(str::to_owned), written_in(typed.language.as_deref()));
        app.set_contact(id, version, &ContactOrder { email, language, wishes: Vec::new() }).await?;
    }
    if given(&typed.grant.role).is_some() {
        app.grant(typed.grant.order(id)?).await?;
    }
    match typed.link.as_str() {
        "mail" if typed.is_person() => links::mail(app, id).await.map(|()| None),
        "show" if typed.is_person() => links::shown(frame, request, id).await.map(Some),
        _ => Ok(None),
    }
}
