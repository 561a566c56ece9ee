//! A query on another database: wrapped so that each column comes as text, streamed row by row, in a read-only transaction.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use futures::TryStreamExt;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, Statement};
use tokio::sync::mpsc::Sender;

use super::builder::{BatchBuilder, Mapping};
use super::delimited::map_columns;
use super::{Counters, RawBatch};
use crate::domain::period::Period;
use crate::pull::PullError;
use crate::pull::columns::{InputColumn, spec_error};
use crate::pull::convert::problem::What;
use crate::rules::source::SqlInput;

/// A query whose address and parameters are known.
pub(crate) struct Query {
    label: String,
    engine: Engine,
    sql: String,
    dates: Vec<NaiveDate>,
    columns: Vec<InputColumn>,
    /// What must not appear in a message: the address and the password in it.
    secrets: Vec<String>,
}

enum Engine {
    Postgres(PgConnectOptions),
    MySql(MySqlConnectOptions),
    Sqlite(SqliteConnectOptions),
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Streams one connection's rows; the three engines share the text and differ in types only.
macro_rules! stream_rows {
    ($query:expr, $connection:expr, $sink:expr) => {{
        let connection = $connection;
        let mut transaction = connection.begin_with(AssertSqlSafe($query.begin())).await?;
        let probe = AssertSqlSafe(format!("SELECT * FROM (\n{}\n) AS q LIMIT 0", $query.sql));
        let names: Vec<String> = transaction
            .prepare(sqlx::SqlSafeStr::into_sql_str(probe))
            .await?
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        let mapping = map_columns(&names, &$query.columns).map_err(Stopped::Columns)?;
        let mut statement = sqlx::query(AssertSqlSafe($query.as_texts(&names, &mapping)));
        for date in &$query.dates {
            statement = statement.bind(*date);
        }
        $sink.begin(mapping);
        let mut rows = statement.fetch(&mut *transaction);
        while let Some(row) = rows.try_next().await? {
            let values = (0..row.len()).map(|field| row.try_get_unchecked::<Option<String>, usize>(field));
            if !$sink.row(values).await {
                return Ok(());
            }
        }
        Ok(())
    }};
}

/// Why the rows stopped.
enum Stopped {
    Columns(String),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Query {
    pub(super) fn prepare(
        input: &SqlInput,
        nth: usize,
        columns: &[InputColumn],
        window: Option<Period>,
        environment: &(dyn Fn(&str) -> Option<String> + Sync),
        spec_file: &str,
    ) -> Result<Self, PullError> {
        let address = environment(&input.url_env).ok_or_else(|| {
            spec_error(
                spec_file,
                format!("inputs[{nth}].url_env"),
                format!("the environment variable {} is not set; set it to the database's address", input.url_env),
            )
        })?;
        let (engine, kind) = Engine::of(&address).map_err(|what| {
            spec_error(spec_file, format!("inputs[{nth}].url_env"), format!("the address in {}: {what}", input.url_env))
        })?;
        let (sql, dates) = bound(&input.query, window, matches!(engine, Engine::Postgres(_)))
            .map_err(|what| spec_error(spec_file, format!("inputs[{nth}].query"), what))?;
        let secrets = secrets_of(&address);
        let label = format!("inputs[{nth}] ({kind} at ${{{}}})", input.url_env);
        Ok(Self { label, engine, sql, dates, columns: columns.to_vec(), secrets })
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Runs the query and sends its rows.
    pub(super) async fn read(
        &self,
        input: usize,
        number: u32,
        counters: &Counters,
        sender: Sender<Result<RawBatch, PullError>>,
    ) {
        let mut sink = RowSink::new(input, number, counters, sender);
        let end = self.stream(&mut sink).await;
        let end = end.map_err(|stopped| PullError::Database {
            input: self.label.clone(),
            what: match stopped {
                Stopped::Columns(what) => format!("the query's result: {what}"),
                Stopped::Database(error) => self.without_secrets(&explained(&error)),
            },
        });
        sink.finish(end).await;
    }

    async fn stream(&self, sink: &mut RowSink<'_>) -> Result<(), Stopped> {
        match &self.engine {
            Engine::Postgres(options) => {
                let mut connection: PgConnection = options.connect().await?;
                stream_rows!(self, &mut connection, sink)
            }
            Engine::MySql(options) => {
                let mut connection: MySqlConnection = options.connect().await?;
                stream_rows!(self, &mut connection, sink)
            }
            Engine::Sqlite(options) => {
                let mut connection: SqliteConnection = options.connect().await?;
                stream_rows!(self, &mut connection, sink)
            }
        }
    }

    fn begin(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "BEGIN",
            Engine::Postgres(_) | Engine::MySql(_) => "START TRANSACTION READ ONLY",
        }
    }

    /// The query with every wanted column cast to text, in the order of the mapping.
    fn as_texts(&self, names: &[String], mapping: &Mapping<usize>) -> String {
        let (quote, text) = match self.engine {
            Engine::MySql(_) => ('`', "CHAR"),
            Engine::Postgres(_) | Engine::Sqlite(_) => ('"', "TEXT"),
        };
        let quoted = |name: &str| format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")));
        let casts: Vec<String> = mapping
            .fields
            .iter()
            .filter_map(|at| names.get(*at))
            .map(|name| format!("CAST(q.{} AS {text})", quoted(name)))
            .collect();
        format!("SELECT {} FROM (\n{}\n) AS q", casts.join(", "), self.sql)
    }

    fn without_secrets(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

impl Engine {
    fn of(address: &str) -> Result<(Self, &'static str), &'static str> {
        const MALFORMED: &str = "is malformed; write it as scheme://user:password@host/database";
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            PgConnectOptions::from_str(address)
                .map(|options| (Self::Postgres(options), "PostgreSQL"))
                .map_err(|_| MALFORMED)
        } else if address.starts_with("mysql://") || address.starts_with("mariadb://") {
            MySqlConnectOptions::from_str(address).map(|options| (Self::MySql(options), "MySQL")).map_err(|_| MALFORMED)
        } else if address.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(address)
                .map(|options| (Self::Sqlite(options.read_only(true).create_if_missing(false)), "SQLite"))
                .map_err(|_| MALFORMED)
        } else {
            Err("begins with none of postgres://, mysql:// and sqlite://")
        }
    }
}

fn secrets_of(address: &str) -> Vec<String> {
    let mut secrets = vec![address.to_owned()];
    if let Ok(url) = reqwest::Url::parse(address) {
        secrets.extend(url.password().filter(|password| !password.is_empty()).map(str::to_owned));
    }
    secrets
}

/// The query with the window's days as bound parameters.
fn bound(query: &str, window: Option<Period>, numbered: bool) -> Result<(String, Vec<NaiveDate>), String> {
    let mut sql = String::with_capacity(query.len());
    let mut dates = Vec::new();
    let mut rest = query.trim().trim_end_matches(';');
    while let Some((before, after)) = rest.split_once('{') {
        sql.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let day = match name {
            "from" => |window: Period| Some(window.first),
            "to" => |window: Period| Some(window.last),
            "to_exclusive" => |window: Period| window.last.succ_opt(),
            _ => {
                return Err(format!("{{{name}}} is not known; write {{from}}, {{to}} or {{to_exclusive}}"));
            }
        };
        if before.ends_with('\'') {
            return Err(format!("{{{name}}} stands in quotes; it is bound as a date, write it without them"));
        }
        let day =
            window.and_then(day).ok_or_else(|| format!("{{{name}}} needs a window; pull with --from and --to"))?;
        dates.push(day);
        sql.push_str(&if numbered { format!("${}", dates.len()) } else { "?".to_owned() });
        rest = after;
    }
    sql.push_str(rest);
    Ok((sql, dates))
}

fn explained(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => format!("the database refused: {}", error.message()),
        sqlx::Error::Io(error) => format!("the database cannot be reached: {error}"),
        other => other.to_string(),
    }
}

/// Builds batches of the rows and sends them on.
struct RowSink<'a> {
    input: usize,
    number: u32,
    line: u64,
    counters: &'a Counters,
    sender: Sender<Result<RawBatch, PullError>>,
    mapping: Mapping<usize>,
    rows: Vec<Vec<Result<Option<String>, String>>>,
}

impl<'a> RowSink<'a> {
    fn new(input: usize, number: u32, counters: &'a Counters, sender: Sender<Result<RawBatch, PullError>>) -> Self {
        Self { input, number, line: 0, counters, sender, mapping: Mapping::default(), rows: Vec::new() }
    }

    fn begin(&mut self, mapping: Mapping<usize>) {
        self.mapping = mapping;
    }

    /// Takes a row. Returns whether more are wanted.
    async fn row(&mut self, values: impl Iterator<Item = Result<Option<String>, sqlx::Error>>) -> bool {
        self.rows.push(values.map(|value| value.map_err(|error| error.to_string())).collect());
        self.rows.len() < super::BATCH_ROWS || self.flush().await
    }

    async fn finish(mut self, end: Result<(), PullError>) {
        let wanted = self.flush().await;
        if let (true, Err(error)) = (wanted, end) {
            // Nobody listens any more when this fails.
            self.sender.send(Err(error)).await.ok();
        }
    }

    async fn flush(&mut self) -> bool {
        let built = Mutex::new(Vec::new());
        {
            let mut keep = |batch| {
                built.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
                true
            };
            let columns = self.mapping.columns.clone();
            let fields = self.mapping.fields.len();
            let mut builder = BatchBuilder::new(self.input, self.number, columns, fields, self.counters, &mut keep);
            for row in self.rows.drain(..) {
                for (field, value) in row.into_iter().enumerate() {
                    match value {
                        Ok(value) => builder.set(field, value.as_deref()),
                        Err(error) => builder.set_fault(field, &What::NotUtf8(error)),
                    }
                }
                self.line += 1;
                builder.end_row(self.line);
            }
            builder.finish(Ok(()));
        }
        for batch in built.into_inner().unwrap_or_else(PoisonError::into_inner) {
            if self.sender.send(batch).await.is_err() {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_bound_and_never_pasted() {
        let day = |day| NaiveDate::from_ymd_opt(2025, 1, day).unwrap();
        let window = Some(Period { first: day(1), last: day(31) });
        let query = "SELECT * FROM t WHERE d >= {from} AND d < {to_exclusive};";
        let (sql, dates) = bound(query, window, true).unwrap();
        assert_eq!(sql, "SELECT * FROM t WHERE d >= $1 AND d < $2");
        assert_eq!(dates, [day(1), NaiveDate::from_ymd_opt(2025, 2, 1).unwrap()]);
        assert_eq!(bound(query, window, false).unwrap().0, "SELECT * FROM t WHERE d >= ? AND d < ?");
        assert!(bound(query, None, true).unwrap_err().contains("--from and --to"));
        assert!(bound("SELECT '{from}'", window, true).unwrap_err().contains("quotes"));
        assert!(bound("SELECT {form}", window, true).unwrap_err().contains("not known"));
    }
}
