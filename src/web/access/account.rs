//! One account: what it may do, how it comes in, and all that is changed about it.

use askama::Template;
use chrono::{DateTime, Utc};
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::contact::ContactForm;
use super::grants::GrantForm;
use super::tokens::{TokenForm, TokenRow, token_row};
use super::{answer, public_id};
use crate::app::{AccountChange, AccountKind, AccountView, AppError, BlockedLogin, SessionView};
use crate::domain::authority::Act;
use crate::web::account::{GrantLine, SessionRow};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::refusal::Problem;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// An account as lists show it.
pub(super) struct Row {
    pub view: AccountView,
    pub kind: Say,
    pub state: Say,
    pub tone: &'static str,
    /// That it has to wait before it may sign in again.
    pub blocked: Option<String>,
}

pub(super) fn row(view: AccountView, blocked: Option<BlockedLogin>, language: Language) -> Row {
    let kind = match view.account.kind {
        AccountKind::Person => "kind-person",
        AccountKind::Client => "kind-client",
    };
    let (state, tone) = match view.account.disabled_at {
        Some(_) => ("account-disabled", "bad"),
        None => ("account-active", "good"),
    };
    let until = |at: DateTime<Utc>| at.format("%H:%M:%S UTC").to_string();
    let told = |BlockedLogin { failures, until: at }| {
        language.say("login-blocked").count("failures", failures).with("until", until(at)).to_string()
    };
    Row { kind: language.say(kind), state: language.say(state), tone, view, blocked: blocked.map(told) }
}

#[derive(Template)]
#[template(path = "access/account.html")]
struct Page {
    frame: Frame,
    row: Row,
    is_person: bool,
    is_own: bool,
    disabled: bool,
    grants: Vec<GrantRow>,
    grant_form: GrantForm,
    tokens: Vec<TokenRow>,
    token_form: TokenForm,
    /// Whether whoever looks makes tokens for it: nobody makes them in the name of another person.
    makes_tokens: bool,
    sessions: Vec<SessionRow>,
    contact: ContactForm,
    name: String,
    secret: Option<(Say, String)>,
    problem: Option<Problem>,
}

/// A grant that was not revoked.
struct GrantRow {
    id: Uuid,
    line: GrantLine,
    in_force: bool,
}

/// What was filled in and is shown again, and what came of it.
#[derive(Default)]
pub(super) struct Filled {
    pub problem: Option<Problem>,
    /// Shown this once: what it is, and its text.
    pub secret: Option<(Say, String)>,
    pub name: Option<String>,
    pub contact: Option<ContactForm>,
    pub grant: Option<GrantForm>,
    pub token: Option<TokenForm>,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, public_id(&id)?, Filled::default()).await
}

#[derive(Deserialize)]
struct Submitted {
    /// `rename`, `disable` or `enable`.
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    name: String,
    version: i64,
}

/// Renames, disables or enables the account.
#[handler]
pub(in crate::web) async fn change(
    request: &Request,
    Path(text): Path<String>,
    Form(Submitted { what, name, version }): Form<Submitted>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let change = match what.as_str() {
        "rename" => Some(AccountChange { name: Some(name.clone()), disabled: None }),
        "disable" | "enable" => Some(AccountChange { name: None, disabled: Some(what == "disable") }),
        _ => None,
    };
    let done = match change {
        Some(change) => frame.visitor.app().change_account(id, version, change).await,
        None => Err(AppError::invalid(format!("nothing called '{what}' is done with an account"))),
    };
    let name = (what == "rename").then_some(name);
    answer(frame, id, done, Filled { name, ..Filled::default() }).await
}

/// Signs somebody out everywhere.
#[handler]
pub(in crate::web) async fn end_sessions(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let done = frame.visitor.app().end_account_sessions(id).await;
    answer(frame, id, done, Filled::default()).await
}

pub(super) async fn show(frame: Frame, id: Uuid, filled: Filled) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let view = app.account(id).await.map_err(failed)?;
    let today = app.clock().today();
    let stands = |grant: &crate::app::GrantView| grant.grant.revoked_at.is_none();
    let grants = app.grants(id).await.map_err(failed)?.into_iter().filter(stands).map(|grant| {
        let stored = &grant.grant;
        let in_force = stored.first_day <= today && stored.last_day.is_none_or(|last| today <= last);
        GrantRow { id: stored.public_id, line: GrantLine::new(&grant, language), in_force }
    });
    let grants = grants.collect();
    let now = app.clock().now();
    let tokens = app.tokens(Some(id)).await.map_err(failed)?;
    let tokens = tokens.into_iter().map(|token| token_row(token, now, language)).collect();
    let sessions = app.account_sessions(id).await.map_err(failed)?;
    let session = |session: SessionView| SessionRow::new(session, language);
    let sessions = sessions.into_iter().map(session).collect();
    let is_own = app.actor().own_account().is_some_and(|own| own.public_id == id);
    let is_person = view.account.kind == AccountKind::Person;
    let blocked = app.blocked_logins(&[&view.account.login]).await.map_err(failed)?;
    let blocked = blocked.get(&view.account.login).copied();
    let Filled { problem, secret, name, contact, grant, token } = filled;
    let shown = Page {
        is_person,
        is_own,
        disabled: view.account.disabled_at.is_some(),
        grants,
        grant_form: grant.unwrap_or_default(),
        tokens,
        token_form: token.unwrap_or_default(),
        makes_tokens: (!is_person || is_own) && app.actor().reach(Act::ManageAccess).everything,
        sessions,
        contact: contact.unwrap_or_default().beside(&view.account.contact, language),
        name: name.unwrap_or_else(|| view.account.name.clone()),
        secret,
        problem,
        row: row(view, blocked, language),
        frame,
    };
    rendered(&shown)
}
