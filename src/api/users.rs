//! Accounts of people and programs, and who one is oneself.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ChangeError, CreateError, GetError, ListError};
use super::page::{self, PageSize, cursor, slice};
use crate::app::{AccountChange, AccountKind, AccountOrder, AccountRecord, AccountView, AppError, Contact};
use crate::domain::authority::Act;
use crate::domain::text::Language;

/// What kind of user it is.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum UserKind {
    Person,
    /// A program.
    Client,
}

/// In which language somebody is written to.
#[derive(Clone, Copy, Enum)]
pub(super) enum WrittenIn {
    #[oai(rename = "en")]
    English,
    #[oai(rename = "zh")]
    Chinese,
}

impl From<Language> for WrittenIn {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
        }
    }
}

impl From<WrittenIn> for Language {
    fn from(language: WrittenIn) -> Self {
        match language {
            WrittenIn::English => Self::English,
            WrittenIn::Chinese => Self::Chinese,
        }
    }
}

/// An account of a person or a program.
#[derive(Object)]
pub(super) struct User {
    id: Uuid,
    kind: UserKind,
    /// Lower case.
    login: String,
    name: String,
    /// Of the agent this person is.
    #[oai(skip_serializing_if_is_none)]
    employee_number: Option<String>,
    /// Where notices go; absent where they are shown in Merit only.
    #[oai(skip_serializing_if_is_none)]
    email: Option<String>,
    language: WrittenIn,
    /// Kinds of notices that are wished for besides those that everybody gets.
    notices: Vec<String>,
    created_at: chrono::DateTime<chrono::Utc>,
    /// Absent while the account may work.
    #[oai(skip_serializing_if_is_none)]
    disabled_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Object)]
struct UserPage {
    items: Vec<User>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// An account to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewUser {
    kind: UserKind,
    /// Letters, digits and `. - _ @ +`; kept in lower case.
    #[oai(validator(min_length = 1, max_length = 200))]
    login: String,
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// Of the agent this person is; lets them read what is their own.
    employee_number: Option<String>,
}

/// What is to change; what is absent stays. Nothing here can be taken away, so `null` is refused.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct UserChange {
    #[oai(validator(min_length = 1, max_length = 200))]
    name: MaybeUndefined<String>,
    /// Whether the account, its tokens and its sessions are kept from doing anything.
    disabled: MaybeUndefined<bool>,
}

/// Who calls.
#[derive(Object)]
struct Me {
    login: String,
    name: String,
    /// The acts the caller may do about anybody at all.
    acts: Vec<String>,
}

#[derive(ApiResponse)]
pub(super) enum UserFound {
    #[oai(status = 200)]
    Ok(
        Json<User>,
        /// Send it as `If-Match` with a change.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum UserMade {
    #[oai(status = 201)]
    Created(
        Json<User>,
        /// Send it as `If-Match` with a change.
        #[oai(header = "ETag")]
        String,
    ),
}

pub(super) fn user(view: AccountView) -> (Json<User>, String) {
    let AccountView { account, employee_number } = view;
    let AccountRecord {
        id: _,
        public_id,
        kind,
        login,
        name,
        agent_id: _,
        has_password: _,
        created_at,
        disabled_at,
        contact: Contact { email, language, wishes },
        version,
    } = account;
    let kind = match kind {
        AccountKind::Person => UserKind::Person,
        AccountKind::Client => UserKind::Client,
    };
    let notices = wishes.into_iter().map(|kind| kind.as_str().to_owned()).collect();
    let language = language.into();
    let user =
        User { id: public_id, kind, login, name, employee_number, email, language, notices, created_at, disabled_at };
    (Json(user), etag(version))
}

pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version an `If-Match` names; 0, which nothing has, where it names none of ours.
pub(super) fn version(if_match: &str) -> i64 {
    if_match.trim().trim_matches('"').parse().unwrap_or_default()
}

/// A field of a change that cannot be taken away: absent it stays, and `null` is no value for it.
fn given<T>(field: &str, value: MaybeUndefined<T>) -> Result<Option<T>, AppError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Value(value) => Ok(Some(value)),
        MaybeUndefined::Null => Err(AppError::invalid(format!(
            "{field}: null is no value for it; leave the field out to keep what is there, or give another value"
        ))),
    }
}

pub struct UsersApi;

#[OpenApi(tag = "Resource::Users")]
impl UsersApi {
    /// Who calls, and what they may do
    #[oai(path = "/me", method = "get", operation_id = "get_me")]
    async fn me(&self, app: Caller) -> Result<Json<Me>, GetError> {
        let actor = app.actor();
        let name = actor.own_account().map(|account| account.name.clone()).unwrap_or_default();
        let may = |act: &Act| !actor.reach(*act).is_nothing();
        let acts = Act::ALL.iter().filter(|act| may(act)).map(|act| act.as_str().to_owned()).collect();
        Ok(Json(Me { login: actor.name(), name, acts }))
    }

    /// List accounts in order of login
    #[oai(path = "/users", method = "get", operation_id = "list_users")]
    async fn list(
        &self,
        app: Caller,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<UserPage>, ListError> {
        let page = app.accounts(&slice(limit.0, after.0)?).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|row| cursor(&row.account.login));
        Ok(Json(UserPage { items: page.rows.into_iter().map(|row| user(row).0.0).collect(), next_cursor }))
    }

    /// Make an account; it may do nothing until something is granted
    #[oai(path = "/users", method = "post", operation_id = "create_user")]
    async fn create(
        &self,
        app: Caller,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        new: Json<NewUser>,
    ) -> Result<UserMade, CreateError> {
        let NewUser { kind, login, name, employee_number } = new.0;
        let kind = match kind {
            UserKind::Person => AccountKind::Person,
            UserKind::Client => AccountKind::Client,
        };
        let order = AccountOrder { kind, login: &login, name: &name, agent: employee_number.as_deref() };
        let (body, etag) = user(app.create_account(order).await?);
        Ok(UserMade::Created(body, etag))
    }

    /// One account
    #[oai(path = "/users/:id", method = "get", operation_id = "get_user")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<UserFound, GetError> {
        let (body, etag) = user(app.account(page::id(&id.0)?).await?);
        Ok(UserFound::Ok(body, etag))
    }

    /// Change an account that is still as it was read
    #[oai(path = "/users/:id", method = "patch", operation_id = "change_user")]
    async fn change(
        &self,
        app: Caller,
        id: Path<String>,
        /// The `ETag` of the account as it was read
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        change: Json<UserChange>,
    ) -> Result<UserFound, ChangeError> {
        let UserChange { name, disabled } = change.0;
        let Some(if_match) = if_match.0 else { return Err(ChangeError::unconditional()) };
        let change = AccountChange { name: given("name", name)?, disabled: given("disabled", disabled)? };
        let changed = app.change_account(page::id(&id.0)?, version(&if_match), change).await?;
        let (body, etag) = user(changed);
        Ok(UserFound::Ok(body, etag))
    }
}
