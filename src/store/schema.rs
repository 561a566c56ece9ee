//! Bringing a database's schema up to date.

use std::collections::BTreeSet;

use migration::{Migrator, MigratorTrait, SchemaManager};
use sea_orm::{ConnectionTrait, FromQueryResult};

use super::error::Step;
use super::write::{Lock, fetch};
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

#[derive(FromQueryResult)]
struct VersionRow {
    version: String,
}

impl Store {
    /// Runs every migration that has not run yet, all in one transaction, and returns their number. Two at once take turns.
    ///
    /// Errors: `NewerSchema`.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        let step = "bringing the schema up to date";
        let tx = self.begin_write(&[Lock::Schema]).await?;
        match compare(&applied(&tx).await?) {
            SchemaState::Current => Ok(0),
            SchemaState::Newer(name) => Err(StoreError::NewerSchema(name)),
            SchemaState::Behind(count) => {
                Migrator::up(&tx, None).await.step(step)?;
                tx.commit().await.step(step)?;
                Ok(count)
            }
        }
    }

    /// How the schema compares; changes nothing, not even in an empty database.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        Ok(compare(&applied(&self.readers).await?))
    }
}

/// Names of the migrations that have run.
pub(super) async fn applied<C>(connection: &C) -> Result<BTreeSet<String>, StoreError>
where
    C: ConnectionTrait,
    for<'c> &'c C: migration::IntoSchemaManagerConnection<'c>,
{
    let step = "reading which migrations have run";
    if !SchemaManager::new(connection).has_table("seaql_migrations").await.step(step)? {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<VersionRow> = fetch(connection, step, "SELECT version FROM seaql_migrations", []).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

pub(super) fn compare(applied: &BTreeSet<String>) -> SchemaState {
    let known: BTreeSet<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    if let Some(newer) = applied.difference(&known).last() {
        return SchemaState::Newer(newer.clone());
    }
    match known.difference(applied).count() {
        0 => SchemaState::Current,
        count => SchemaState::Behind(count),
    }
}
