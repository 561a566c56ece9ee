//! Copies of an embedded database: made while it is in use, examined, put in place.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sea_orm::{FromQueryResult, SqlxSqliteConnector};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use super::connect::{BUSY_PATIENCE, embedded_path, is_damaged, postgres_place};
use super::error::Step;
use super::schema::{applied, compare};
use super::write::fetch;
use super::{Engine, SchemaState, Store, StoreError};

#[derive(FromQueryResult)]
struct FileRow {
    file: String,
}

/// Where an address says that a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabasePlace {
    File(PathBuf),
    /// The address of a server without its password, for its own tools.
    Server(String),
}

impl DatabasePlace {
    pub fn of(address: &str) -> Result<Self, StoreError> {
        if let Some(path) = embedded_path(address)? {
            return Ok(Self::File(PathBuf::from(path)));
        }
        let unreadable = |_| StoreError::address("postgres://…");
        let options = PgConnectOptions::from_str(address).map_err(unreadable)?;
        let place = postgres_place(&options);
        Ok(Self::Server(place.replacen("postgres://", &format!("postgres://{}@", options.get_username()), 1)))
    }
}

impl Store {
    /// Writes a copy of an embedded database, as it stands at one moment, into an empty file. Nobody waits for it.
    pub async fn copy_into(&self, target: &Path) -> Result<(), StoreError> {
        let step = "copying the database";
        debug_assert_eq!(self.engine, Engine::Sqlite, "a server has tools of its own");
        let files: Vec<FileRow> =
            fetch(&self.readers, step, "SELECT file FROM pragma_database_list WHERE name = 'main'", []).await?;
        let file = files.into_iter().next().map(|row| row.file).unwrap_or_default();
        // A connection of its own: those of the pool may write nothing, not even elsewhere.
        let options =
            SqliteConnectOptions::new().filename(file).busy_timeout(BUSY_PATIENCE).disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(sqlx_step).step(step)?;
        let copied = sqlx::query("VACUUM INTO $1").bind(target.display().to_string()).execute(&mut connection).await;
        copied.map_err(sqlx_step).step(step)?;
        connection.close().await.map_err(sqlx_step).step(step)
    }
}

/// What is the matter with a copy, when something is; otherwise how its schema compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyState {
    Sound(SchemaState),
    /// It is no database of Merit.
    Foreign,
    Damaged(String),
}

/// Reads the whole of a file that nobody else has open and says whether it is a sound database of Merit.
pub async fn examine_copy(file: &Path) -> Result<CopyState, StoreError> {
    let step = "examining the copy";
    let options =
        SqliteConnectOptions::new().filename(file).immutable(true).read_only(true).disable_statement_logging();
    let pool = match SqlitePoolOptions::new().max_connections(1).connect_with(options).await {
        Ok(pool) => pool,
        Err(error) if is_damaged(&error) => return Ok(CopyState::Damaged(error.to_string())),
        Err(error) => return Err(sqlx_step(error)).step(step),
    };
    let checked: Result<Vec<String>, _> = sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&pool).await;
    match checked {
        Ok(lines) if lines == ["ok"] => {}
        Ok(lines) => return Ok(CopyState::Damaged(lines.join("; "))),
        Err(error) if is_damaged(&error) => return Ok(CopyState::Damaged(error.to_string())),
        Err(error) => return Err(sqlx_step(error)).step(step),
    }
    let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    let migrations = applied(&connection).await?;
    connection.close().await.step(step)?;
    Ok(if migrations.is_empty() { CopyState::Foreign } else { CopyState::Sound(compare(&migrations)) })
}

/// Holds a database's file for whoever is about to replace it.
pub struct Vacated {
    connection: Option<SqliteConnection>,
}

impl Vacated {
    /// Brings everything into the one file and keeps others from it. A damaged file cannot be held and is let be.
    ///
    /// Errors: `Busy` when a server or another command has it open.
    pub async fn hold(file: &Path) -> Result<Self, StoreError> {
        let step = "waiting for the database to be free";
        let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
        let free = async {
            let mut connection = SqliteConnection::connect_with(&options).await?;
            // Refused while anybody else has a connection, even an idle one.
            sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
            sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        };
        match free.await {
            Ok(connection) => Ok(Self { connection: Some(connection) }),
            Err(error) if is_damaged(&error) => Ok(Self { connection: None }),
            Err(error) => Err(sqlx_step(error)).step(step),
        }
    }

    pub async fn release(self) -> Result<(), StoreError> {
        match self.connection {
            None => Ok(()),
            Some(connection) => connection.close().await.map_err(sqlx_step).step("letting go of the replaced database"),
        }
    }
}

fn sqlx_step(error: sqlx::Error) -> sea_orm::DbErr {
    sea_orm::DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error.into()))
}
