//! Notices as they stand, and those that somebody has tried again.

use chrono::{DateTime, Utc};
use entity::account;
use entity::notice::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Page, Store, StoreError};
use crate::domain::notice::{Channel, NoticeKind, NoticeState};
use crate::domain::text::Language;

/// A notice without the secret it may carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub public_id: Uuid,
    pub kind: NoticeKind,
    pub channel: Channel,
    /// Whom it is for; absent for a webhook's.
    pub login: Option<String>,
    /// Where it goes: an e-mail address, or a webhook's host; empty where it is shown in Merit only, and once it is forgotten.
    pub address: String,
    pub language: Language,
    pub about: String,
    pub state: NoticeState,
    pub attempts: i64,
    pub next_try_at: DateTime<Utc>,
    pub last_problem: Option<String>,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// Which notices a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeFilter {
    /// Those for this account.
    pub account: Option<i64>,
    pub state: Option<NoticeState>,
}

pub(in super::super) fn kind(code: String) -> Result<NoticeKind, StoreError> {
    NoticeKind::of(&code).ok_or(StoreError::Unreadable { what: "the kind of a notice", value: code })
}

pub(in super::super) fn language(code: String) -> Result<Language, StoreError> {
    Language::of(&code).ok_or(StoreError::Unreadable { what: "a language", value: code })
}

#[derive(FromQueryResult)]
struct Row {
    public_id: Uuid,
    kind: String,
    channel: String,
    login: Option<String>,
    address: String,
    language: String,
    about: String,
    state: String,
    attempts: i64,
    next_try_at: DateTime<Utc>,
    last_problem: Option<String>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Notice {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let Row {
            public_id,
            kind: kind_code,
            channel,
            login,
            address,
            language: language_code,
            about,
            state,
            attempts,
            next_try_at,
            last_problem,
            created_at,
            ended_at,
        } = row;
        let channel = Channel::of(&channel).ok_or(StoreError::Unreadable { what: "a channel", value: channel })?;
        let state = NoticeState::of(&state).ok_or(StoreError::Unreadable { what: "a notice's state", value: state })?;
        Ok(Self {
            public_id,
            kind: kind(kind_code)?,
            channel,
            login,
            address,
            language: language(language_code)?,
            about,
            state,
            attempts,
            next_try_at,
            last_problem,
            created_at,
            ended_at,
        })
    }
}

/// All but the secret.
const SHOWN: [Column; 12] = [
    Column::PublicId,
    Column::Kind,
    Column::Channel,
    Column::Address,
    Column::Language,
    Column::About,
    Column::State,
    Column::Attempts,
    Column::NextTryAt,
    Column::LastProblem,
    Column::CreatedAt,
    Column::EndedAt,
];

fn select() -> sea_orm::Select<Entity> {
    let joined = Entity::belongs_to(account::Entity).from(Column::AccountId).to(account::Column::Id).into();
    Entity::find().select_only().columns(SHOWN).column(account::Column::Login).join(sea_orm::JoinType::LeftJoin, joined)
}

impl Store {
    /// Notices before the id `before`, newest first.
    pub async fn notices_page(
        &self,
        filter: &NoticeFilter,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Page<Notice>, StoreError> {
        let step = "listing notices";
        let mut found = select();
        if let Some(before) = before {
            let last = Entity::find().filter(Column::PublicId.eq(before)).one(&self.readers).await.step(step)?;
            found = found.filter(Column::Id.lt(last.map_or(i64::MIN, |notice| notice.id)));
        }
        if let Some(account) = filter.account {
            found = found.filter(Column::AccountId.eq(account));
        }
        if let Some(state) = filter.state {
            found = found.filter(Column::State.eq(state.as_str()));
        }
        let found = found.order_by_desc(Column::Id).limit(limit.saturating_add(1)).into_model::<Row>();
        let rows = found.all(&self.readers).await.step(step)?;
        Page::cut(rows, limit).convert()
    }

    pub async fn notice(&self, public_id: Uuid) -> Result<Option<Notice>, StoreError> {
        let found = select().filter(Column::PublicId.eq(public_id)).into_model::<Row>().one(&self.readers).await;
        found.step("looking up a notice")?.map(Notice::try_from).transpose()
    }

    /// Has a notice tried now, one that waits or was given up, and until `expires_at` if need be. False: it cannot be, since it was sent, or the
    /// link in it or its address is gone.
    pub async fn retry_notice(
        &self,
        public_id: Uuid,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let step = "having a notice tried again";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE notice SET state = 'waiting', ended_at = NULL, next_try_at = $1,
                expires_at = CASE WHEN state = 'waiting' THEN expires_at ELSE $2 END
            WHERE public_id = $3 AND address <> ''
                AND (state = 'waiting' OR (state = 'given_up' AND kind NOT IN ('invitation', 'password_reset')))";
        let values = [instant(now).into(), instant(expires_at).into(), public_id.into()];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(false);
        }
        self.finish(tx, step).await?;
        Ok(true)
    }
}
