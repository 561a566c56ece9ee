//! Sessions of people in the pages, kept only as hashes.

use chrono::{DateTime, Utc};
use entity::session::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    pub public_id: Uuid,
    pub account_id: i64,
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The issuer by way of which it begins; `None`: a password.
    pub origin: Option<String>,
}

/// A session without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: i64,
    pub public_id: Uuid,
    pub account_id: i64,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub origin: Option<String>,
}

impl From<Model> for Session {
    fn from(model: Model) -> Self {
        let Model { id, public_id, account_id, hash: _, created_at, last_seen_at, expires_at, ended_at, origin } =
            model;
        Self { id, public_id, account_id, created_at, last_seen_at, expires_at, ended_at, origin }
    }
}

impl Store {
    pub async fn create_session(&self, new: &NewSession) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        insert(&tx, new).await?;
        self.finish(tx, "keeping a session").await
    }

    /// Also one that has expired or ended: the caller judges.
    pub async fn session_by_hash(&self, hash: &str) -> Result<Option<Session>, StoreError> {
        let found = Entity::find().filter(Column::Hash.eq(hash)).one(&self.readers).await;
        Ok(found.step("looking up a session")?.map(Session::from))
    }

    /// Sessions of an account that last and were used since `seen`, the last one used first.
    pub async fn sessions(
        &self,
        account_id: i64,
        seen: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Session>, StoreError> {
        let found = Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(instant(now)))
            .filter(Column::LastSeenAt.gt(instant(seen)))
            .order_by_desc(Column::LastSeenAt)
            .order_by_desc(Column::Id)
            .all(&self.readers)
            .await
            .step("reading sessions")?;
        Ok(found.into_iter().map(Session::from).collect())
    }

    /// Notes that a session is in use.
    pub async fn touch_session(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "noting the use of a session";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE session SET last_seen_at = $1 WHERE id = $2 AND ended_at IS NULL";
        execute(&tx, step, text, [instant(now).into(), id.into()]).await?;
        tx.commit().await.step(step)
    }

    pub async fn end_session(&self, hash: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "ending a session";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE session SET ended_at = $1 WHERE hash = $2 AND ended_at IS NULL";
        execute(&tx, step, text, [instant(now).into(), hash.into()]).await?;
        self.finish(tx, step).await
    }

    /// Ends one session of an account. Errors: `NotFound` where it has none that lasts by this id.
    pub async fn end_session_of(&self, account_id: i64, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "ending a session";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE session SET ended_at = $1 WHERE public_id = $2 AND account_id = $3 AND ended_at IS NULL";
        if execute(&tx, step, text, [instant(now).into(), id.into(), account_id.into()]).await? == 0 {
            return Err(StoreError::NotFound { what: "session", name: id.to_string() });
        }
        self.finish(tx, step).await
    }

    /// Ends every session of an account; returns how many.
    pub async fn end_sessions(&self, account_id: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let tx = self.begin_write(&[]).await?;
        let ended = end_all(&tx, account_id, None, now).await?;
        self.finish(tx, "ending sessions").await?;
        Ok(ended)
    }
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &NewSession) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: NotSet,
        public_id: Set(new.public_id),
        account_id: Set(new.account_id),
        hash: Set(new.hash.clone()),
        created_at: Set(instant(new.created_at)),
        last_seen_at: Set(instant(new.created_at)),
        expires_at: Set(instant(new.expires_at)),
        ended_at: Set(None),
        origin: Set(new.origin.clone()),
    };
    row.insert(tx).await.step("keeping a session").map(|_| ())
}

/// Ends every session of an account, but the one with the hash `but`.
pub(super) async fn end_all(
    tx: &impl ConnectionTrait,
    account_id: i64,
    but: Option<&str>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let text = "UPDATE session SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL AND hash <> $3";
    let values = [instant(now).into(), account_id.into(), but.unwrap_or_default().into()];
    execute(tx, "ending sessions", text, values).await
}
