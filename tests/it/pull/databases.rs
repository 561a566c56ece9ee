//! Queries on other databases.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};

use super::bench::{Bench, Fact, csat, facts, set_aside};
use crate::support::mariadb::MariaDb;
use crate::support::postgres::empty_database;

const ROWS: &str = "INSERT INTO ratings VALUES
    ('a1', '2025-01-02 09:00:00', 5.00, 'web'), ('a1', '2025-01-02 23:59:59', 4.00, NULL),
    ('a2', '2025-01-03 00:00:00', 3.00, 'phone'), ('nobody', '2025-01-03 10:00:00', 1.00, 'phone'),
    ('a3', '2025-02-01 10:00:00', 1.00, 'phone')";

fn bench(url: &str) -> Bench {
    Bench::contacts(json!([{
        "kind": "sql",
        "url_env": "CALLS",
        "query": "SELECT who, at AS \"Rated at\", rating FROM ratings WHERE at >= {from} AND at < {to_exclusive};",
        "columns": {
            "agent": { "type": "agent", "from": "who" },
            "rated_at": { "type": "timestamp", "from": "Rated at", "formats": ["%d.%m.%Y"] },
        },
    }]))
    .env("CALLS", url)
    .between("2025-01-01", "2025-01-31")
}

fn expected() -> Vec<Fact> {
    vec![csat("a1", "2025-01-02", "9", 2), csat("a2", "2025-01-03", "3", 1)]
}

/// What every engine must give, and what its failures must say.
async fn check(bench: Bench) {
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), expected());
    let aside = set_aside(&pulled);
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].detail, "unknown agent \"nobody\" (column \"agent\"): not on the roster");

    let unknown = bench.with("/inputs/0/columns/agent/from", json!("whom"));
    let message = unknown.error().await;
    assert!(
        message.contains("the query's result: there is no column \"whom\" for \"agent\"; the columns are \"who\", \"Rated at\", \"rating\"")
            && message.ends_with("did you mean `from: \"who\"`?"),
        "{message}"
    );
    let broken = unknown.with("/inputs/0/query", json!("SELECT who FROM rating"));
    let message = broken.error().await;
    assert!(message.contains("the database refused: ") && message.contains("rating"), "{message}");
    assert!(!message.contains("pa55word"), "{message}");
    for writes in ["DELETE FROM ratings RETURNING who, 1 AS \"Rated at\", 2 AS rating", "DROP TABLE ratings"] {
        let message = bench_error(&broken, writes).await;
        assert!(message.contains("the database refused: "), "{message}");
    }
}

async fn bench_error(bench: &Bench, query: &str) -> String {
    let mut copy = Bench::contacts(bench.spec["inputs"].clone()).with("/inputs/0/query", json!(query));
    copy.environment.clone_from(&bench.environment);
    copy.error().await
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("calls.db").display());
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    connection.execute("CREATE TABLE ratings (who TEXT, at TEXT, rating INTEGER, channel TEXT)").await.unwrap();
    connection.execute(ROWS).await.unwrap();
    connection.close().await.unwrap();
    check(bench(&url)).await;
    let message = bench("sqlite:///nowhere/calls.db").error().await;
    assert!(message.starts_with("inputs[0] (SQLite at ${CALLS}): the database refused: unable to open"), "{message}");
}

#[tokio::test]
async fn postgresql() {
    let database = empty_database().await;
    let url = database.url.clone();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let table = "CREATE TABLE ratings (who TEXT, at TIMESTAMPTZ, rating NUMERIC(5, 2), channel VARCHAR(9))";
    connection.execute(table).await.unwrap();
    connection.execute(AssertSqlSafe(ROWS.replace(":00'", ":00+00'").replace(":59'", ":59+00'"))).await.unwrap();
    check(bench(&url)).await;
}

#[tokio::test]
async fn mariadb() {
    let Some(server) = MariaDb::start() else { return };
    let mut connection = MySqlConnection::connect(&server.url).await.unwrap();
    connection
        .execute("CREATE TABLE ratings (who VARCHAR(20), at DATETIME, rating DECIMAL(5, 2), channel TEXT) ENGINE=InnoDB CHARACTER SET utf8mb4")
        .await
        .unwrap();
    connection.execute(ROWS).await.unwrap();
    check(bench(&server.url).with(
        "/inputs/0/query",
        json!("SELECT who, at AS `Rated at`, rating FROM ratings WHERE at >= {from} AND at < {to_exclusive}"),
    ))
    .await;
    let wrong = bench(&server.url.replace("pa55word", "s3cretword"));
    let message = wrong.error().await;
    assert!(message.contains("Access denied") && !message.contains("s3cretword"), "{message}");
}

#[tokio::test]
async fn addresses_are_checked_and_never_shown() {
    for (url, expected) in [
        (
            "oracle://merit:pa55word@host/db",
            "the address in CALLS: begins with none of postgres://, mysql:// and sqlite://",
        ),
        (
            "postgres://merit:pa55word@host:port/db",
            "the address in CALLS: is malformed; write it as scheme://user:password@host/database",
        ),
    ] {
        assert_eq!(bench(url).error().await, format!("sources/contacts.yaml: inputs[0].url_env: {expected}"));
    }
    let mut unset = bench("");
    unset.environment.clear();
    assert_eq!(
        unset.error().await,
        "sources/contacts.yaml: inputs[0].url_env: the environment variable CALLS is not set; set it to the database's address"
    );
    let mut open = bench("sqlite::memory:");
    open.window = None;
    assert_eq!(
        open.error().await,
        "sources/contacts.yaml: inputs[0].query: {from} needs a window; pull with --from and --to"
    );
    let message = bench("postgres://merit:pa55word@127.0.0.1:1/db").error().await;
    assert!(message.starts_with("inputs[0] (PostgreSQL at ${CALLS}): the database cannot be reached: "), "{message}");
    assert!(!message.contains("pa55word"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("calls.db").display());
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    connection.execute("CREATE TABLE ratings (who TEXT, at TEXT, rating INTEGER)").await.unwrap();
    let fill = "INSERT INTO ratings WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29999) \
        SELECT 'a' || (1 + i % 2), '2025-01-02', 1 + i % 5 FROM n";
    connection.execute(fill).await.unwrap();
    connection.close().await.unwrap();
    let pulled = bench(&url).pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "45000", 15_000), csat("a2", "2025-01-02", "45000", 15_000)]);
}
