//! Merit's database schema, for SQLite and PostgreSQL from the same text.

mod dialect;
mod m20260101_000001_main_job;

use sea_orm_migration::prelude::*;

/// Every migration, in order. Only ever appended to.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20260101_000001_main_job::Migration)]
    }
}

pub use sea_orm_migration::{IntoSchemaManagerConnection, MigrationName, MigratorTrait, SchemaManager};
