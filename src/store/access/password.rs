//! Passwords, kept only as hashes, and the one-time links with which they are set.

use chrono::{DateTime, Utc};
use entity::account;
use entity::one_time_link::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, Set};

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};
use super::session::{NewSession, end_all, insert};

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// The first password.
    Invite,
    /// A new password in place of a forgotten one.
    Reset,
}

impl LinkPurpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }

    fn of(code: String) -> Result<Self, StoreError> {
        match code.as_str() {
            "invite" => Ok(Self::Invite),
            "reset" => Ok(Self::Reset),
            _ => Err(StoreError::Unreadable { what: "the purpose of a one-time link", value: code }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    pub account_id: i64,
    pub hash: String,
    pub purpose: LinkPurpose,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A one-time link without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub account_id: i64,
    pub purpose: LinkPurpose,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Link {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model { id: _, account_id, hash: _, purpose, created_at: _, expires_at, ended_at } = model;
        Ok(Self { account_id, purpose: LinkPurpose::of(purpose)?, expires_at, ended_at })
    }
}

impl Store {
    /// The hash of an account's password; `None` when it has none.
    pub async fn password_hash(&self, account_id: i64) -> Result<Option<String>, StoreError> {
        let found = account::Entity::find_by_id(account_id).one(&self.readers).await.step("looking up a password")?;
        Ok(found.and_then(|account| account.password_hash))
    }

    /// Sets an account's password. Every session but the one with the hash `but` ends, and so does every link.
    pub async fn set_password(
        &self,
        account_id: i64,
        password_hash: &str,
        but: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        write_password(&tx, account_id, password_hash, now).await?;
        end_all(&tx, account_id, but, now).await?;
        self.finish(tx, "setting a password").await
    }

    /// Puts another hash of the same password in place of `old`, unless there is another already.
    pub async fn replace_hash(&self, account_id: i64, old: &str, new: &str) -> Result<(), StoreError> {
        let step = "replacing the hash of a password";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE account SET password_hash = $1 WHERE id = $2 AND password_hash = $3";
        if execute(&tx, step, text, [new.into(), account_id.into(), old.into()]).await? == 0 {
            return Ok(());
        }
        self.finish(tx, step).await
    }

    /// Keeps a link; older ones of the account end.
    pub async fn create_link(&self, new: &NewLink) -> Result<(), StoreError> {
        let step = "keeping a one-time link";
        let tx = self.begin_write(&[]).await?;
        end_links(&tx, new.account_id, new.created_at).await?;
        let row = ActiveModel {
            id: NotSet,
            account_id: Set(new.account_id),
            hash: Set(new.hash.clone()),
            purpose: Set(new.purpose.as_str().to_owned()),
            created_at: Set(instant(new.created_at)),
            expires_at: Set(instant(new.expires_at)),
            ended_at: Set(None),
        };
        row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await
    }

    /// Also one that has expired or ended: the caller judges.
    pub async fn link_by_hash(&self, hash: &str) -> Result<Option<Link>, StoreError> {
        let found = Entity::find().filter(Column::Hash.eq(hash)).one(&self.readers).await;
        found.step("looking up a one-time link")?.map(Link::try_from).transpose()
    }

    /// Uses up a link: sets the password, ends what was open, and begins the session. `false`: the link has ended meanwhile,
    /// and nothing was changed.
    pub async fn use_link(&self, hash: &str, password_hash: &str, session: &NewSession) -> Result<bool, StoreError> {
        let step = "using a one-time link";
        let now = session.created_at;
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE one_time_link SET ended_at = $1
            WHERE hash = $2 AND account_id = $3 AND ended_at IS NULL AND expires_at > $1";
        let values = [instant(now).into(), hash.into(), session.account_id.into()];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(false);
        }
        write_password(&tx, session.account_id, password_hash, now).await?;
        end_all(&tx, session.account_id, None, now).await?;
        insert(&tx, session).await?;
        self.finish(tx, step).await?;
        Ok(true)
    }
}

async fn write_password(
    tx: &impl ConnectionTrait,
    account_id: i64,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let text = "UPDATE account SET password_hash = $1, version = version + 1 WHERE id = $2";
    if execute(tx, "setting a password", text, [password_hash.into(), account_id.into()]).await? == 0 {
        return Err(StoreError::NotFound { what: "account", name: account_id.to_string() });
    }
    end_links(tx, account_id, now).await
}

pub(super) async fn end_links(
    tx: &impl ConnectionTrait,
    account_id: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let step = "ending one-time links";
    let text = "UPDATE one_time_link SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL";
    execute(tx, step, text, [instant(now).into(), account_id.into()]).await?;
    let text = "UPDATE notice SET state = 'given_up', ended_at = $1, token = NULL, held_until = NULL,
            last_problem = 'the link in it has ended'
        WHERE account_id = $2 AND token IS NOT NULL";
    execute(tx, step, text, [instant(now).into(), account_id.into()]).await.map(|_| ())
}
