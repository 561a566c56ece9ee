//! Bearer tokens, kept only as hashes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub public_id: Uuid,
    pub name: String,
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

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

impl Store {
    pub async fn create_token(&self, token: &NewToken) -> Result<Token, StoreError> {
        todo!()
    }

    /// Also one that has expired or was revoked: the caller judges.
    pub async fn token_by_hash(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        todo!()
    }

    /// Every token, oldest first.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        todo!()
    }

    /// Revokes a token; one already revoked keeps its time. Errors: `NotFound`.
    pub async fn revoke_token(&self, public_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        todo!()
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        todo!()
    }
}
