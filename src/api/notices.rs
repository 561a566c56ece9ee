//! Notices: what people and programs are told.

use chrono::{DateTime, Utc};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{CreateError, GetError, ListError};
use super::page::{self, PageSize, cursor, slice};
use super::users::WrittenIn;
use crate::app::NoticeRecord;
use crate::domain::notice::{Channel, NoticeKind, NoticeState, told};
use crate::domain::text::Language;

/// What is told.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum Told {
    Invitation,
    PasswordReset,
    ResultsPublished,
    PullFailed,
    SourceOverdue,
    WebhookDisabled,
}

impl From<NoticeKind> for Told {
    fn from(kind: NoticeKind) -> Self {
        match kind {
            NoticeKind::Invitation => Self::Invitation,
            NoticeKind::PasswordReset => Self::PasswordReset,
            NoticeKind::ResultsPublished => Self::ResultsPublished,
            NoticeKind::PullFailed => Self::PullFailed,
            NoticeKind::SourceOverdue => Self::SourceOverdue,
            NoticeKind::WebhookDisabled => Self::WebhookDisabled,
        }
    }
}

/// How it gets there.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Way {
    Email,
    Webhook,
    /// It is shown in Merit only.
    Page,
}

impl From<Channel> for Way {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Webhook => Self::Webhook,
            Channel::Page => Self::Page,
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Standing {
    /// To be sent, perhaps not for the first time.
    Waiting,
    Sent,
    GivenUp,
}

impl From<NoticeState> for Standing {
    fn from(state: NoticeState) -> Self {
        match state {
            NoticeState::Waiting => Self::Waiting,
            NoticeState::Sent => Self::Sent,
            NoticeState::GivenUp => Self::GivenUp,
        }
    }
}

impl From<Standing> for NoticeState {
    fn from(state: Standing) -> Self {
        match state {
            Standing::Waiting => Self::Waiting,
            Standing::Sent => Self::Sent,
            Standing::GivenUp => Self::GivenUp,
        }
    }
}

/// A notice on its way.
#[derive(Object)]
struct Notice {
    id: Uuid,
    kind: Told,
    channel: Way,
    /// Whom it is for; absent for a webhook's.
    #[oai(skip_serializing_if_is_none)]
    login: Option<String>,
    /// Where it goes: an e-mail address, or a webhook's host; empty where it is shown in Merit only.
    address: String,
    language: WrittenIn,
    /// The name of what it is about, such as a cycle's code.
    about: String,
    state: Standing,
    attempts: i64,
    /// While it waits.
    #[oai(skip_serializing_if_is_none)]
    next_try_at: Option<DateTime<Utc>>,
    /// Why it did not arrive at the last attempt.
    #[oai(skip_serializing_if_is_none)]
    last_problem: Option<String>,
    created_at: DateTime<Utc>,
    #[oai(skip_serializing_if_is_none)]
    ended_at: Option<DateTime<Utc>>,
}

#[derive(Object)]
struct NoticePage {
    items: Vec<Notice>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// A notice as whoever it is for reads it.
#[derive(Object)]
struct OwnNotice {
    id: Uuid,
    kind: Told,
    about: String,
    subject: String,
    text: String,
    created_at: DateTime<Utc>,
}

#[derive(Object)]
struct OwnNoticePage {
    items: Vec<OwnNotice>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

fn notice(record: NoticeRecord) -> Notice {
    let NoticeRecord {
        public_id,
        kind,
        channel,
        login,
        address,
        language,
        about,
        state,
        attempts,
        next_try_at,
        last_problem,
        created_at,
        ended_at,
    } = record;
    Notice {
        id: public_id,
        kind: kind.into(),
        channel: channel.into(),
        login,
        address,
        language: language.into(),
        about,
        state: state.into(),
        attempts,
        next_try_at: (state == NoticeState::Waiting).then_some(next_try_at),
        last_problem,
        created_at,
        ended_at,
    }
}

fn own(record: NoticeRecord, language: Option<WrittenIn>) -> OwnNotice {
    let language = language.map_or(record.language, Language::from);
    let (subject, text) = told(record.kind, &record.about, language);
    let NoticeRecord { public_id, kind, about, created_at, .. } = record;
    OwnNotice { id: public_id, kind: kind.into(), about, subject, text, created_at }
}

pub struct NoticesApi;

#[OpenApi(tag = "Resource::Notices")]
impl NoticesApi {
    /// Notices for people and webhooks, newest first
    #[oai(path = "/notices", method = "get", operation_id = "list_notices")]
    async fn list(
        &self,
        app: Caller,
        /// Only those that stand so
        state: Query<Option<Standing>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<NoticePage>, ListError> {
        let (rows, next) = app.notices(&slice(limit.0, after.0)?, state.0.map(Into::into)).await?;
        let items = rows.into_iter().map(notice).collect();
        Ok(Json(NoticePage { items, next_cursor: next.map(|next| cursor(&next)) }))
    }

    /// One notice
    #[oai(path = "/notices/:id", method = "get", operation_id = "get_notice")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<Json<Notice>, GetError> {
        Ok(Json(notice(app.shown_notice(page::id(&id.0)?).await?)))
    }

    /// Have a notice that waits, or was given up, tried at once
    #[oai(path = "/notices/:id/retry", method = "post", operation_id = "retry_notice")]
    async fn retry(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
    ) -> Result<Json<Notice>, CreateError> {
        Ok(Json(notice(app.retry_notice(page::id(&id.0)?).await?)))
    }

    /// Notices for whoever calls, newest first
    #[oai(path = "/me/notices", method = "get", operation_id = "list_own_notices")]
    async fn list_own(
        &self,
        app: Caller,
        /// The language of the texts; the one they were written in when left out
        lang: Query<Option<WrittenIn>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<OwnNoticePage>, ListError> {
        let (rows, next) = app.own_notices(&slice(limit.0, after.0)?).await?;
        let items = rows.into_iter().map(|record| own(record, lang.0)).collect();
        Ok(Json(OwnNoticePage { items, next_cursor: next.map(|next| cursor(&next)) }))
    }
}
