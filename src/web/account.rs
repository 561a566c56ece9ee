//! One's own account: who am I, what may I do, a new password, out everywhere.

use std::collections::BTreeMap;

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::access::contact::{WISH, written_in};
use super::frame::Frame;
use super::language::Language;
use super::notices::kind_text;
use super::refusal::mendable;
use super::rendered;
use super::request::client_address;
use super::sign_in::Wait;
use super::visitor::{Visitor, failed};
use super::words::Say;
use crate::app::{AccountView, AppError, GrantView, PasswordChange, PasswordProblem, SessionView};
use crate::domain::authority::{Act, Role};
use crate::domain::notice::NoticeKind;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    account: AccountView,
    grants: Vec<GrantLine>,
    /// Providers to sign in at.
    links: Vec<Link>,
    sessions: Vec<SessionRow>,
    /// Whether notices that are told to those who look after data may be wished for.
    chooses: bool,
    /// Notices that can be wished for: code, words, whether they are.
    wishes: Vec<(&'static str, String, bool)>,
    /// What became of the new password: good or bad, and in words.
    outcome: Option<(bool, String)>,
}

#[derive(Deserialize)]
struct Submitted {
    current: String,
    password: String,
    again: String,
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    if visitor.name().is_none() {
        return Ok(sign_in_first());
    }
    show(request, visitor, None).await
}

#[handler]
pub(super) async fn change_password(request: &Request, Form(form): Form<Submitted>) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    let Some(session) = visitor.session() else { return Ok(sign_in_first()) };
    let language = Language::of(request);
    let Submitted { current, password, again } = &form;
    if password != again {
        let mut response = show(request, visitor, Some((false, different(language).to_string()))).await?;
        response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(response);
    }
    let address = client_address(request);
    let changed = visitor.app().change_own_password(session, current, password, address).await.map_err(failed)?;
    let (good, says, wait) = match changed {
        PasswordChange::Changed => (true, language.say("password-changed").to_string(), None),
        PasswordChange::Mistaken => (false, language.say("current-password-mistaken").to_string(), None),
        PasswordChange::Weak(problem) => (false, weak(problem, language).to_string(), None),
        PasswordChange::Wait(until) => {
            let wait = Wait::new(visitor.app().clock().now(), until);
            (false, wait.text(language), Some(wait))
        }
    };
    let mut response = show(request, visitor, Some((good, says))).await?;
    match wait {
        Some(wait) => wait.announce(&mut response),
        None if good => {}
        None => response.set_status(StatusCode::UNPROCESSABLE_ENTITY),
    }
    Ok(response)
}

#[handler]
pub(super) async fn leave_everywhere(request: &Request) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    if visitor.name().is_none() {
        return Ok(sign_in_first());
    }
    visitor.app().sign_out_everywhere().await.map_err(failed)?;
    let mut response = Redirect::see_other("/sign-in").into_response();
    visitor.forget_session(&mut response);
    Ok(response)
}

/// Ends one session of one's own.
#[handler]
pub(super) async fn end_session(request: &Request, Path(id): Path<String>) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    if visitor.name().is_none() {
        return Ok(sign_in_first());
    }
    let none = |_| failed(AppError::NotFound(format!("there is no session '{id}'")));
    match visitor.app().end_own_session(Uuid::parse_str(&id).map_err(none)?).await {
        // One that ended meanwhile is what was wished for.
        Ok(()) | Err(AppError::NotFound(_)) => Ok(Redirect::see_other("/account").into_response()),
        Err(error) => Err(failed(error)),
    }
}

#[derive(Deserialize)]
struct Wishes {
    version: i64,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// Changes in which language one is written to, and of what.
#[handler]
pub(super) async fn change_wishes(
    request: &Request,
    Form(Wishes { version, rest }): Form<Wishes>,
) -> poem::Result<Response> {
    let visitor = Visitor::of(request)?;
    if visitor.name().is_none() {
        return Ok(sign_in_first());
    }
    let language = written_in(rest.get("language").map(String::as_str));
    let wishes: Vec<String> = rest.keys().filter_map(|name| name.strip_prefix(WISH).map(str::to_owned)).collect();
    match visitor.app().set_own_wishes(version, language, &wishes).await {
        Ok(()) => Ok(Redirect::see_other("/account").into_response()),
        Err(error) => {
            let says = match error {
                AppError::Changed(_) => Language::of(request).say("account-changed-meanwhile").to_string(),
                error => mendable(error, Language::of(request))?.plain(),
            };
            let mut response = show(request, visitor, Some((false, says))).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

pub(super) async fn show(
    request: &Request,
    visitor: Visitor,
    outcome: Option<(bool, String)>,
) -> poem::Result<Response> {
    let own = visitor.app().own_account().await.map_err(failed)?;
    let language = Language::of(request);
    let grants = own.grants.iter().map(|grant| GrantLine::new(grant, language)).collect();
    let linked = |issuer: &str| own.identities.iter().any(|identity| identity.issuer == issuer);
    let providers = visitor.app().providers().into_iter();
    let links = providers.map(|provider| Link {
        linked: linked(&provider.issuer),
        label: language.of_text(&provider.label).to_owned(),
        id: provider.id,
    });
    let links = links.collect();
    let sessions = match visitor.session() {
        Some(session) => visitor.app().own_sessions(session).await.map_err(failed)?,
        None => Vec::new(),
    };
    let sessions = sessions.into_iter().map(|session| SessionRow::new(session, language)).collect();
    let wishes = NoticeKind::among(NoticeKind::on_wish).map(|kind| {
        let wished = own.account.account.contact.wishes.contains(&kind);
        (kind.as_str(), kind_text(kind, language).to_string(), wished)
    });
    let wishes = wishes.collect();
    let actor = visitor.app().actor();
    let chooses = [Act::Pull, Act::ManageAccess].into_iter().any(|act| actor.reach(act).everything);
    let frame = Frame::around(&visitor, language, "/account".to_owned());
    rendered(&Page { frame, account: own.account, grants, links, sessions, chooses, wishes, outcome })
}

pub(super) fn sign_in_first() -> Response {
    Redirect::see_other("/sign-in?next=/account").into_response()
}

/// Two fields that should be the same are not.
pub(super) fn different(language: Language) -> Say {
    language.say("passwords-differ")
}

/// Why a password is not taken.
pub(super) fn weak(problem: PasswordProblem, language: Language) -> Say {
    language.say(match problem {
        PasswordProblem::TooShort => "password-too-short",
        PasswordProblem::TooLong => "password-too-long",
        PasswordProblem::Common => "password-common",
        PasswordProblem::Personal => "password-personal",
    })
}

/// A provider, and whether the account is linked to somebody there.
struct Link {
    id: String,
    label: String,
    linked: bool,
}

/// A session, in words.
pub(super) struct SessionRow {
    pub id: Uuid,
    pub begun: String,
    pub seen: String,
    pub ends: String,
    /// By way of what it began.
    pub way: String,
    pub here: bool,
}

impl SessionRow {
    pub(super) fn new(session: SessionView, language: Language) -> Self {
        let SessionView { id, created_at, last_seen_at, expires_at, origin, here } = session;
        Self {
            id,
            begun: language.moment(created_at),
            seen: language.moment(last_seen_at),
            ends: language.moment(expires_at),
            way: origin.unwrap_or_else(|| language.say("session-by-password").to_string()),
            here,
        }
    }
}

/// A grant, in words.
pub(super) struct GrantLine {
    pub role: Say,
    /// Whom it is about, until when.
    pub about: String,
    /// Where it comes from, when nobody gave it.
    pub origin: Option<String>,
}

impl GrantLine {
    pub(super) fn new(grant: &GrantView, language: Language) -> Self {
        let stored = &grant.grant;
        let mut about = match (&grant.unit, stored.grant.role) {
            (_, Role::Agent) => language.say("grant-own"),
            (None, _) => language.say("grant-everything"),
            (Some(unit), _) => language.say("grant-unit").with("unit", unit),
        };
        if stored.grant.with_pay {
            about = language.say("grant-with-pay").with("about", about);
        }
        if let Some(last) = stored.last_day {
            about = language.say("grant-until").with("about", about).with("day", language.day(last));
        }
        let origin =
            stored.origin.as_ref().map(|issuer| language.say("grant-origin").with("issuer", issuer).to_string());
        Self { role: role_text(stored.grant.role, language), about: about.to_string(), origin }
    }
}

pub(super) fn role_text(role: Role, language: Language) -> Say {
    language.say(match role {
        Role::Agent => "role-agent",
        Role::Supervisor => "role-supervisor",
        Role::Hr => "role-hr",
        Role::Approver => "role-approver",
        Role::Payroll => "role-payroll",
        Role::Auditor => "role-auditor",
        Role::Admin => "role-admin",
    })
}
