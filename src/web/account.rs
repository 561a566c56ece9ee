//! One's own account: who am I, what may I do, a new password, out everywhere.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::language::Language;
use super::rendered;
use super::request::client_address;
use super::sign_in::Wait;
use super::visitor::{Visitor, failed};
use crate::app::{AccountView, GrantView, PasswordChange, PasswordProblem};
use crate::domain::authority::Role;

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    language: Language,
    visitor: Visitor,
    version: &'static str,
    account: AccountView,
    grants: Vec<GrantLine>,
    /// Providers to sign in at.
    links: Vec<Link>,
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
        let mut response = show(request, visitor, Some((false, different(language).to_owned()))).await?;
        response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(response);
    }
    let address = client_address(request);
    let changed = visitor.app().change_own_password(session, current, password, address).await.map_err(failed)?;
    let (good, says, wait) = match changed {
        PasswordChange::Changed => {
            let says = language.pick("Your password is changed.", "密码已修改。");
            (true, says.to_owned(), None)
        }
        PasswordChange::Mistaken => {
            let says = language.pick("The current password is not right.", "当前密码不正确。");
            (false, says.to_owned(), None)
        }
        PasswordChange::Weak(problem) => (false, weak(problem, language).to_owned(), None),
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

pub(super) async fn show(
    request: &Request,
    visitor: Visitor,
    outcome: Option<(bool, String)>,
) -> poem::Result<Response> {
    let own = visitor.app().own_account().await.map_err(failed)?;
    let (language, version) = (Language::of(request), env!("CARGO_PKG_VERSION"));
    let grants = own.grants.iter().map(|grant| GrantLine::new(grant, language)).collect();
    let linked = |issuer: &str| own.identities.iter().any(|identity| identity.issuer == issuer);
    let providers = visitor.app().providers().into_iter();
    let links = providers.map(|provider| Link {
        linked: linked(&provider.issuer),
        label: language.of_text(&provider.label).to_owned(),
        id: provider.id,
    });
    let links = links.collect();
    rendered(&Page { language, visitor, version, account: own.account, grants, links, outcome })
}

pub(super) fn sign_in_first() -> Response {
    Redirect::see_other("/sign-in?next=/account").into_response()
}

/// Two fields that should be the same are not.
pub(super) fn different(language: Language) -> &'static str {
    language.pick("The two new passwords differ: type the same one twice.", "两次输入的新密码不一致，请重新输入。")
}

/// Why a password is not taken.
pub(super) fn weak(problem: PasswordProblem, language: Language) -> &'static str {
    match problem {
        PasswordProblem::TooShort => language.pick(
            "The password is too short: at least 12 characters, such as four words with blanks.",
            "密码太短：至少 12 个字符，例如几个词加空格。",
        ),
        PasswordProblem::TooLong => {
            language.pick("The password is too long: at most 256 characters.", "密码太长：最多 256 个字符。")
        }
        PasswordProblem::Common => language.pick(
            "The password is among the first that are guessed: choose something of your own, such as four words.",
            "该密码过于常见，容易被猜中：请自行构思，例如几个不相关的词。",
        ),
        PasswordProblem::Personal => language.pick(
            "The password contains your login or name: choose one without.",
            "密码包含您的登录名或姓名：请换一个。",
        ),
    }
}

/// A provider, and whether the account is linked to somebody there.
struct Link {
    id: String,
    label: String,
    linked: bool,
}

/// A grant, in words.
struct GrantLine {
    role: &'static str,
    /// Whom it is about, until when.
    about: String,
    /// Where it comes from, when nobody gave it.
    origin: Option<String>,
}

impl GrantLine {
    fn new(grant: &GrantView, language: Language) -> Self {
        let stored = &grant.grant;
        let mut about = match (&grant.unit, stored.grant.role) {
            (_, Role::Agent) => language.pick("your own results", "本人结果").to_owned(),
            (None, _) => language.pick("the whole organisation", "整个组织").to_owned(),
            (Some(unit), _) => match language {
                Language::English => format!("unit {unit} and everything below it"),
                Language::Chinese => format!("单位 {unit} 及其下属"),
            },
        };
        if stored.grant.with_pay {
            about += language.pick(", with pay", "，含薪酬");
        }
        if let Some(last) = stored.last_day {
            about += language.pick(", until ", "，有效期至 ");
            about += &last.to_string();
        }
        let origin = stored.origin.as_ref().map(|issuer| match language {
            Language::English => format!("by what {issuer} says of you"),
            Language::Chinese => format!("依据 {issuer} 提供的信息"),
        });
        Self { role: role_text(stored.grant.role, language), about, origin }
    }
}

fn role_text(role: Role, language: Language) -> &'static str {
    match role {
        Role::Agent => language.pick("Agent", "坐席"),
        Role::Supervisor => language.pick("Supervisor", "主管"),
        Role::Hr => language.pick("HR", "人力资源"),
        Role::Approver => language.pick("Approver", "审批人"),
        Role::Payroll => language.pick("Payroll", "薪酬专员"),
        Role::Auditor => language.pick("Auditor", "审计"),
        Role::Admin => language.pick("Administrator", "管理员"),
    }
}
