//! Bringing a database's schema up to date.

use super::{Store, StoreError};

/// How a database's schema compares with this Merit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// So many migrations are still to run.
    Behind(usize),
    /// A newer Merit has run this migration.
    Newer(String),
}

impl Store {
    /// Runs every migration that has not run yet, and returns their number. Errors: `NewerSchema`.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        todo!()
    }

    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        todo!()
    }
}
