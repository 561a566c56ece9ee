//! Bearer tokens, kept only as hashes.

use chrono::{DateTime, Utc};
use entity::api_token::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::error::Step;
use super::write::{execute, instant};
use super::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub public_id: Uuid,
    pub name: String,
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub public_id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<Model> for Token {
    fn from(model: Model) -> Self {
        let Model { id, public_id, name, hash: _, created_at, expires_at, last_used_at, revoked_at } = model;
        Self { id, public_id, name, created_at, expires_at, last_used_at, revoked_at }
    }
}

impl Store {
    pub async fn create_token(&self, token: &NewToken) -> Result<Token, StoreError> {
        let step = "keeping a token";
        let tx = self.begin_write(&[]).await?;
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(token.public_id),
            name: Set(token.name.clone()),
            hash: Set(token.hash.clone()),
            created_at: Set(instant(token.created_at)),
            expires_at: Set(token.expires_at.map(instant)),
            last_used_at: Set(None),
            revoked_at: Set(None),
        };
        let model = row.insert(&tx).await.step(step)?;
        tx.commit().await.step(step)?;
        Ok(model.into())
    }

    /// Also one that has expired or was revoked: the caller judges.
    pub async fn token_by_hash(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        let found = Entity::find().filter(Column::Hash.eq(hash)).one(&self.readers).await;
        Ok(found.step("looking up a token")?.map(Token::from))
    }

    /// Every token, oldest first.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let all = Entity::find().order_by_asc(Column::Id).all(&self.readers).await.step("listing tokens")?;
        Ok(all.into_iter().map(Token::from).collect())
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
        tx.commit().await.step(step)
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
