//! Versions of the rules by the hash of their canonical text.

use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;

use super::error::Step;
use super::write::{execute, instant};
use super::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRuleset {
    pub hash: String,
    pub canonical: String,
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a version of the rules; one that is already there stays as it is.
    pub async fn put_ruleset(&self, hash: &str, canonical: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let step = "keeping the rules";
        let tx = self.begin_write(&[]).await?;
        let text = "INSERT INTO ruleset (hash, canonical, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        execute(&tx, step, text, [hash.into(), canonical.into(), instant(now).into()]).await?;
        tx.commit().await.step(step)
    }

    pub async fn ruleset(&self, hash: &str) -> Result<Option<StoredRuleset>, StoreError> {
        let found = entity::ruleset::Entity::find_by_id(hash.to_owned()).one(&self.readers).await;
        Ok(found.step("reading the rules")?.map(|model| StoredRuleset {
            hash: model.hash,
            canonical: model.canonical,
            created_at: model.created_at,
        }))
    }
}
