//! Opening a database: one writer and several readers on SQLite, one pool on PostgreSQL.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::StoreError;
use super::error::Step;
use super::jobs::hold::Held;
use super::notices::append::NewNotices;
use super::results::sums::Sums;
use crate::domain::audit::Record;

/// How long a writer waits for another one, in this process or another.
const PATIENCE: Duration = Duration::from_secs(120);
/// The same, for connections outside the pools.
pub(super) const BUSY_PATIENCE: Duration = PATIENCE;
/// How long a PostgreSQL server may take to answer at all.
const ANSWER: Duration = Duration::from_secs(10);
const BUSY_PAUSE: Duration = Duration::from_millis(20);
const POSTGRES_CONNECTIONS: u32 = 10;
const SQLITE_READERS: u32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(super) readers: DatabaseConnection,
    pub(super) writer: DatabaseConnection,
    pub(super) engine: Engine,
    pub(super) sums: Sums,
    /// What the next writing operation enters in the audit log, in its own transaction.
    pub(super) pending: Option<Arc<Record>>,
    /// What that operation tells people and programs.
    pub(super) notices: Arc<[NewNotices]>,
    /// The job that is being done with this store.
    pub(super) held: Option<Arc<Held>>,
    /// What that operation keeps in the job as its effect: JSON.
    pub(super) effect: Option<Arc<str>>,
}

/// Connections of one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    pub name: &'static str,
    pub open: u32,
    pub idle: u32,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Store {
    /// `sqlite://path`, `sqlite:path`, a bare path (all embedded SQLite; the file is made when absent, its folder is not), or
    /// `postgres://…`. Errors never show a password.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        match embedded_path(url)? {
            Some(path) => open_sqlite(path).await,
            None => open_postgres(url).await,
        }
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.readers.execute_unprepared("SELECT 1").await.map(|_| ()).step("asking whether the database answers")
    }

    pub fn pools(&self) -> Vec<PoolUse> {
        let count = |idle: usize| u32::try_from(idle).unwrap_or(u32::MAX);
        let sqlite = |name, connection: &DatabaseConnection| {
            let pool = connection.get_sqlite_connection_pool();
            PoolUse { name, open: pool.size(), idle: count(pool.num_idle()) }
        };
        match self.engine {
            Engine::Sqlite => vec![sqlite("readers", &self.readers), sqlite("writer", &self.writer)],
            Engine::Postgres => {
                let pool = self.readers.get_postgres_connection_pool();
                vec![PoolUse { name: "all", open: pool.size(), idle: count(pool.num_idle()) }]
            }
        }
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Waits for open work and closes every connection.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await.step("closing the database")?;
        self.writer.close().await.step("closing the database")
    }
}

/// The file of an embedded database; `None` for the address of a server.
pub(super) fn embedded_path(url: &str) -> Result<Option<&str>, StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(None);
    }
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    match path.split_once("://") {
        Some((scheme, _)) => Err(refusal(
            &format!("{scheme}://…"),
            "this kind of database is not supported",
            "give a file's path, sqlite://PATH or postgres://USER@HOST/NAME",
        )),
        None => Ok(Some(path)),
    }
}

impl StoreError {
    /// A server's address that cannot be read; `shown` holds no password.
    pub(super) fn address(shown: &str) -> Self {
        refusal(
            shown,
            "the address cannot be read",
            "write it as postgres://USER:PASSWORD@HOST:PORT/NAME, with %-codes for signs such as @ or / in the password",
        )
    }
}

fn refusal(database: &str, problem: &str, mend: &str) -> StoreError {
    StoreError::Open { database: database.to_owned(), problem: problem.to_owned(), mend: mend.to_owned() }
}

async fn open_sqlite(path: &str) -> Result<Store, StoreError> {
    check_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        // Pay must survive a power cut, so every commit reaches the disk.
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let writing =
        options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal).pragma("cache_size", "-65536");
    let reading = options.pragma("query_only", "ON").pragma("cache_size", "-16384");
    let writer = connect_writer(path, writing).await?;
    let readers =
        SqlitePoolOptions::new().max_connections(SQLITE_READERS).acquire_timeout(PATIENCE).connect_lazy_with(reading);
    Ok(Store {
        readers: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
        writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
        engine: Engine::Sqlite,
        sums: Sums::default(),
        pending: None,
        notices: Arc::default(),
        held: None,
        effect: None,
    })
}

/// SQLite answers "busy" at once, without waiting, when two connections turn a new file to WAL together, or when the last one
/// of another process is just closing it; whoever comes second tries again.
async fn connect_writer(path: &str, options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Ok(writer) => return Ok(writer),
            Err(error) if is_busy(&error) && tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            Err(error) => return Err(sqlite_refusal(path, &error)),
        }
    }
}

/// `SQLITE_BUSY` in any of its extended forms, and `SQLITE_LOCKED`.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`.
pub(super) fn is_damaged(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

/// The refusals that SQLite would word as "unable to open database file", or not at all.
fn check_file(path: &str) -> Result<(), StoreError> {
    if path.is_empty() || path == ":memory:" || path.contains('?') {
        return Err(refusal(path, "it is not the path of a file", "give the path of a file, such as merit.db"));
    }
    let file = Path::new(path);
    if file.is_dir() {
        return Err(refusal(path, "it is a folder", "give the path of a file inside it, such as merit.db"));
    }
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => Err(refusal(
            path,
            &format!("the folder {} does not exist", folder.display()),
            "make the folder first, or correct the path",
        )),
        _ => Ok(()),
    }
}

fn sqlite_refusal(path: &str, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|refused| refused.code().map(|code| code.into_owned()));
    match code.as_deref() {
        Some("26") => refusal(
            path,
            "the file is not an SQLite database",
            "give another path; Merit makes the file when it does not exist",
        ),
        Some("8" | "14" | "1032" | "1544") => refusal(
            path,
            &format!("it cannot be written ({error})"),
            "let the user Merit runs as write the file and its folder",
        ),
        _ if is_busy(error) => refusal(path, "another program holds it", "close the other program and try again"),
        _ => refusal(path, &error.to_string(), "check the path and the disk, or restore the file from a copy"),
    }
}

async fn open_postgres(url: &str) -> Result<Store, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::address("postgres://…"))?
        .application_name("merit")
        .disable_statement_logging();
    let place = postgres_place(&options);
    // A pool would try a refused connection again and again; one connection says at once what is wrong.
    match tokio::time::timeout(ANSWER, sqlx::PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => connection.close().await.map_err(|error| postgres_refusal(&place, &error))?,
        Ok(Err(error)) => return Err(postgres_refusal(&place, &error)),
        Err(_) => {
            return Err(refusal(
                &place,
                &format!("no answer within {} seconds", ANSWER.as_secs()),
                "check the host, the port and the firewall",
            ));
        }
    }
    let pool =
        PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(PATIENCE).connect_lazy_with(options);
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    Ok(Store {
        readers: connection.clone(),
        writer: connection,
        engine: Engine::Postgres,
        sums: Sums::default(),
        pending: None,
        notices: Arc::default(),
        held: None,
        effect: None,
    })
}

/// Where the server is, without user and password.
pub(super) fn postgres_place(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    format!("postgres://{host}:{}/{}", options.get_port(), options.get_database().unwrap_or_default())
}

fn postgres_refusal(place: &str, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|refused| refused.code().map(|code| code.into_owned()));
    match (error, code.as_deref()) {
        (sqlx::Error::Io(problem), _) => refusal(
            place,
            &format!("no PostgreSQL answers there ({problem})"),
            "start the server, or correct the host and port",
        ),
        (_, Some("28P01" | "28000")) => {
            refusal(place, "the server refused the user or the password", "correct them in the database's address")
        }
        (_, Some("3D000")) => refusal(
            place,
            "the server has no database of this name",
            "make it with createdb, or correct the name at the end of the address",
        ),
        (_, Some("53300")) => {
            refusal(place, "the server has no free connection", "raise max_connections or close other programs")
        }
        _ => refusal(place, &error.to_string(), "check the address and the server's log"),
    }
}
