//! Versions of the rules by the hash of their canonical text.

use chrono::{DateTime, Utc};

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
        todo!()
    }

    pub async fn ruleset(&self, hash: &str) -> Result<Option<StoredRuleset>, StoreError> {
        todo!()
    }
}
