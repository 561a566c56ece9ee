//! Write transactions, and small helpers for SQL that both engines read alike.

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, ExecResult, FromQueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};

use super::error::Step;
use super::{Engine, Store, StoreError};

/// What writers of the same thing take turns for. On SQLite every writer takes its turn; on PostgreSQL these locks do it,
/// always taken in this order and held to the end of the transaction, so that two writers never wait for each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lock {
    Schema,
    Source(i64),
    Cycles,
    Roster,
    SignIn,
    FirstAdmin,
    Identities,
}

impl Lock {
    fn key(self) -> i64 {
        let (class, id) = match self {
            Self::Schema => (0x4D31, 0),
            Self::Source(id) => (0x4D32, id),
            Self::Cycles => (0x4D33, 0),
            Self::Roster => (0x4D34, 0),
            Self::SignIn => (0x4D41, 0),
            Self::FirstAdmin => (0x4D42, 0),
            Self::Identities => (0x4D43, 0),
        };
        (class << 48) | id
    }
}

impl Store {
    /// Begins the one transaction of a writing operation; dropped without a commit, it leaves nothing.
    pub(super) async fn begin_write(&self, locks: &[Lock]) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.engine == Engine::Sqlite).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.writer.begin_with_options(options).await.step("beginning to write")?;
        for lock in locks {
            take(&tx, *lock).await?;
        }
        Ok(tx)
    }
}

/// Waits for the lock on PostgreSQL; on SQLite the transaction already has its turn.
pub(super) async fn take(tx: &DatabaseTransaction, lock: Lock) -> Result<(), StoreError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let statement = sql(tx, "SELECT pg_advisory_xact_lock($1)", [lock.key().into()]);
        tx.query_one_raw(statement).await.step("waiting for another writer")?;
    }
    Ok(())
}

/// A statement with parameters `$1`, `$2`, …
pub(super) fn sql(
    connection: &impl ConnectionTrait,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), text, values)
}

/// Runs a statement and returns how many rows it touched.
pub(super) async fn execute(
    connection: &impl ConnectionTrait,
    step: &'static str,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, StoreError> {
    let statement = sql(connection, text, values);
    connection.execute_raw(statement).await.as_ref().map(ExecResult::rows_affected).map_err(Clone::clone).step(step)
}

/// All rows of a query.
pub(super) async fn fetch<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    step: &'static str,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, StoreError> {
    let statement = sql(connection, text, values);
    T::find_by_statement(statement).all(connection).await.step(step)
}

/// The first row of a query.
pub(super) async fn fetch_one<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    step: &'static str,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, StoreError> {
    let statement = sql(connection, text, values);
    T::find_by_statement(statement).one(connection).await.step(step)
}

/// PostgreSQL keeps microseconds; both engines shall give back the same time.
pub(super) fn instant(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// PostgreSQL holds no NUL in a text; in what exports contain it becomes the replacement character.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
