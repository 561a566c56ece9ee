//! Bearer tokens, kept only as hashes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::api_token::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, instant, plain};
use super::super::{Store, StoreError};
use crate::domain::authority::Act;

/// How a token is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Sent with each request.
    Token,
    /// Exchanged for access tokens.
    Secret,
    /// Sent with each request for an hour, then exchanged anew.
    Access,
}

impl TokenKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Secret => "secret",
            Self::Access => "access",
        }
    }

    fn of(code: String) -> Result<Self, StoreError> {
        match code.as_str() {
            "token" => Ok(Self::Token),
            "secret" => Ok(Self::Secret),
            "access" => Ok(Self::Access),
            _ => Err(StoreError::Unreadable { what: "the kind of a token", value: code }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub public_id: Uuid,
    pub account_id: i64,
    pub name: String,
    pub kind: TokenKind,
    pub hash: String,
    /// The acts it is for; all that the account may do when absent.
    pub only: Option<BTreeSet<Act>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub public_id: Uuid,
    pub account_id: i64,
    pub name: String,
    pub kind: TokenKind,
    pub only: Option<BTreeSet<Act>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Token {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            account_id,
            name,
            kind,
            hash: _,
            acts: only,
            created_at,
            expires_at,
            last_used_at,
            revoked_at,
        } = model;
        let only = only.map(|text| parsed(&text)).transpose()?;
        let kind = TokenKind::of(kind)?;
        Ok(Self { id, public_id, account_id, name, kind, only, created_at, expires_at, last_used_at, revoked_at })
    }
}

fn parsed(text: &str) -> Result<BTreeSet<Act>, StoreError> {
    let unknown = |word: &str| StoreError::Unreadable { what: "an act of a token", value: word.to_owned() };
    text.split_whitespace().map(|word| Act::of(word).ok_or_else(|| unknown(word))).collect()
}

fn words(acts: &BTreeSet<Act>) -> String {
    acts.iter().map(|act| act.as_str()).collect::<Vec<_>>().join(" ")
}

impl Store {
    pub async fn create_token(&self, token: &NewToken) -> Result<Token, StoreError> {
        let step = "keeping a token";
        let tx = self.begin_write(&[]).await?;
        let model = insert(&tx, token).await?;
        self.finish(tx, step).await?;
        model.try_into()
    }

    /// Keeps `new` in place of the token `old`, which expires at `until`.
    pub async fn replace_token(&self, old: i64, until: DateTime<Utc>, new: &NewToken) -> Result<Token, StoreError> {
        let step = "replacing a token";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE api_token SET expires_at = $1 WHERE id = $2";
        execute(&tx, step, text, [instant(until).into(), old.into()]).await?;
        let model = insert(&tx, new).await?;
        self.finish(tx, step).await?;
        model.try_into()
    }

    /// Clears away access tokens that expired before `moment`.
    pub async fn forget_access(&self, moment: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "clearing away old access tokens";
        let tx = self.begin_write(&[]).await?;
        execute(&tx, step, "DELETE FROM api_token WHERE kind = 'access' AND expires_at < $1", [instant(moment).into()])
            .await?;
        tx.commit().await.step(step)
    }

    /// Every token and secret, oldest first; not the access tokens that were exchanged for secrets.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let all = Entity::find()
            .filter(Column::Kind.ne("access"))
            .order_by_asc(Column::Id)
            .all(&self.readers)
            .await
            .step("listing tokens")?;
        all.into_iter().map(Token::try_from).collect()
    }

    /// Revokes a token; one already revoked keeps its time. Errors: `NotFound`.
    pub async fn revoke_token(&self, public_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "revoking a token";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE api_token SET revoked_at = COALESCE(revoked_at, $1) WHERE public_id = $2";
        let touched = execute(&tx, step, text, [instant(now).into(), public_id.into()]).await?;
        if touched == 0 {
            return Err(StoreError::NotFound { what: "token", name: public_id.to_string() });
        }
        self.finish(tx, step).await
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "noting the use of a token";
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE api_token SET last_used_at = $1 WHERE id = $2";
        execute(&tx, step, text, [instant(now).into(), id.into()]).await?;
        tx.commit().await.step(step)
    }
}

async fn insert(tx: &DatabaseTransaction, token: &NewToken) -> Result<Model, StoreError> {
    let row = ActiveModel {
        id: NotSet,
        public_id: Set(token.public_id),
        account_id: Set(token.account_id),
        name: Set(plain(&token.name)),
        kind: Set(token.kind.as_str().to_owned()),
        hash: Set(token.hash.clone()),
        acts: Set(token.only.as_ref().map(words)),
        created_at: Set(instant(token.created_at)),
        expires_at: Set(token.expires_at.map(instant)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    row.insert(tx).await.step("keeping a token")
}
