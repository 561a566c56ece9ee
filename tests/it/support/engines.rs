//! Both engines, each with a fresh database.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, PgConnection, PgPool, Row as _, SqliteConnection,
    SqlitePool, TypeInfo as _,
};

use super::postgres;

/// Every row of every table, as a text.
pub(crate) type Dump = BTreeMap<String, Vec<String>>;

/// A fresh database of one engine.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub name: &'static str,
    pub url: String,
    /// Keeps the PostgreSQL database until the last copy of this is gone.
    _held: Option<Arc<postgres::Database>>,
}

/// A fresh SQLite database at `sqlite`, and a fresh PostgreSQL one.
pub(crate) async fn databases(sqlite: &Path) -> Vec<Database> {
    let server = postgres::empty_database().await;
    vec![Database::sqlite(sqlite), Database::of_postgres(server)]
}

/// A connection that looks at a database again and again.
pub(crate) enum Eye {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Eye {
    /// The one whole number that a query finds.
    pub(crate) async fn count(&mut self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await.unwrap(),
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_one(connection).await.unwrap(),
        }
    }
}

impl Database {
    pub(crate) fn sqlite(file: &Path) -> Self {
        Self { name: "SQLite", url: file.display().to_string(), _held: None }
    }

    pub(crate) fn of_postgres(held: postgres::Database) -> Self {
        Self { name: "PostgreSQL", url: held.url.clone(), _held: Some(Arc::new(held)) }
    }

    pub(crate) async fn eye(&self) -> Eye {
        if self.is_postgres() {
            return Eye::Postgres(PgConnection::connect(&self.url).await.unwrap());
        }
        Eye::Sqlite(SqliteConnection::connect(&format!("sqlite://{}", self.url)).await.unwrap())
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Changes the database behind Merit's back.
    pub(crate) async fn execute(&self, sql: &str) {
        self.try_execute(sql).await.unwrap();
    }

    /// As [`Database::execute`]; the database may refuse.
    pub(crate) async fn try_execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_postgres() {
            PgPool::connect(&self.url).await?.execute(sql).await.map(|_| ())
        } else {
            SqlitePool::connect(&format!("sqlite://{}", self.url)).await?.execute(sql).await.map(|_| ())
        }
    }

    /// The whole numbers of a query's one row, as texts.
    pub(crate) async fn figures(&self, sql: &'static str) -> Vec<String> {
        if self.is_postgres() {
            let pool = PgPool::connect(&self.url).await.unwrap();
            let row = pool.fetch_one(sql).await.unwrap();
            let texts = (0..row.len()).map(|column| match row.column(column).type_info().name() {
                "INT8" => row.get::<i64, _>(column).to_string(),
                kind => panic!("column {column} is {kind}: cast it to bigint"),
            });
            texts.collect()
        } else {
            let pool = SqlitePool::connect(&format!("sqlite://{}", self.url)).await.unwrap();
            let row = pool.fetch_one(sql).await.unwrap();
            (0..row.len()).map(|column| row.get::<i64, _>(column).to_string()).collect()
        }
    }

    /// A query's rows: a text, then whole numbers.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<(String, Vec<i64>)> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_postgres() {
            let rows = PgPool::connect(&self.url).await.unwrap().fetch_all(sql).await.unwrap();
            rows.iter().map(|row| (row.get(0), (1..row.len()).map(|column| row.get(column)).collect())).collect()
        } else {
            let pool = SqlitePool::connect(&format!("sqlite://{}", self.url)).await.unwrap();
            let rows = pool.fetch_all(sql).await.unwrap();
            rows.iter().map(|row| (row.get(0), (1..row.len()).map(|column| row.get(column)).collect())).collect()
        }
    }

    /// Holds what the database keeps of how many results are in which state against the results themselves.
    pub(crate) async fn assert_counted(&self) {
        let wrong = "SELECT CAST(COUNT(*) AS BIGINT) FROM (
            SELECT 1 FROM (
                SELECT cycle_id, unit_id, state, 1 AS times FROM agent_result
                UNION ALL SELECT cycle_id, unit_id, state, -results FROM agent_result_count
            ) both_ways GROUP BY cycle_id, unit_id, state HAVING SUM(times) <> 0
        ) wrong";
        assert_eq!(self.eye().await.count(wrong).await, 0, "{}: results counted wrong", self.name);
    }

    /// All there is, but for columns of these names.
    pub(crate) async fn dump(&self, without: &[&str]) -> Dump {
        let without = without.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        if self.is_postgres() {
            let pool = PgPool::connect(&self.url).await.unwrap();
            let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
            let mut dump = Dump::new();
            for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&pool).await.unwrap() {
                let rows = format!("SELECT (to_jsonb(row) - ARRAY[{without}]::text[])::text FROM \"{table}\" row");
                let rows = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&pool).await.unwrap();
                dump.insert(table, rows);
            }
            return dump;
        }
        let pool = SqlitePool::connect(&format!("sqlite://{}", self.url)).await.unwrap();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut dump = Dump::new();
        for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&pool).await.unwrap() {
            let columns = format!(
                "SELECT group_concat(format('quote(\"%w\")', name), ' || '','' || ') FROM pragma_table_info('{table}') \
                 WHERE name NOT IN ({without})"
            );
            let columns: String = sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(&pool).await.unwrap();
            let rows = format!("SELECT {columns} FROM \"{table}\"");
            let rows = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&pool).await.unwrap();
            dump.insert(table, rows);
        }
        dump
    }
}
