//! Migrations and opening.

use merit::store::{Engine, SchemaState, Store};

use crate::support::stores::on_both_engines;

on_both_engines! {
    async fn a_migrated_database_is_current_and_migrating_again_does_nothing(store: TestStore) {
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
        assert_eq!(store.migrate().await.unwrap(), 0);
        store.ping().await.unwrap();
    }

    async fn a_database_of_a_newer_merit_is_left_alone(store: TestStore) {
        execute(&store.url, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)").await;
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Newer("m29990101_000001_later".to_owned()));
        let refused = store.migrate().await.unwrap_err().to_string();
        assert!(refused.contains("m29990101_000001_later") && refused.contains("update Merit"), "{refused}");
    }
}

/// Runs SQL beside the store, as another program would.
pub(super) async fn execute(url: &str, sql: &str) {
    try_execute(url, sql).await.expect(sql);
}

pub(super) async fn try_execute(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    use sqlx::{Connection, Executor};
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if url.starts_with("postgres") {
        sqlx::PgConnection::connect(url).await?.execute(sql).await.map(|_| ())
    } else {
        sqlx::SqliteConnection::connect(url).await?.execute(sql).await.map(|_| ())
    }
}

/// Rows of a table, counted beside the store.
pub(super) async fn count(url: &str, table: &str) -> i64 {
    use sqlx::Connection;
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }
}

#[tokio::test]
async fn an_empty_file_is_behind_and_looking_does_not_touch_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("new.db").to_str().unwrap()).await.unwrap();
    assert_eq!(store.engine(), Engine::Sqlite);
    assert!(matches!(store.schema_state().await.unwrap(), SchemaState::Behind(count) if count > 0));
    assert!(matches!(store.schema_state().await.unwrap(), SchemaState::Behind(count) if count > 0));
    assert!(store.migrate().await.unwrap() > 0);
}

/// Many rounds, for the moment in which a new file turns to WAL is short.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn those_that_migrate_at_once_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..15 {
        let path = folder.path().join(format!("new{round}.db")).display().to_string();
        let all = futures::future::join_all((0..8).map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Store::open(&path).await.unwrap().migrate().await.unwrap() })
        }))
        .await;
        let ran: usize = all.into_iter().map(Result::unwrap).sum();
        assert_eq!(ran, 1);
    }
}

async fn refusal(url: &str) -> String {
    Store::open(url).await.unwrap_err().to_string()
}

#[tokio::test]
async fn what_cannot_be_opened_says_why_and_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("notes.txt"), "not a database at all, but long enough to have a header of its own").unwrap();
    for (url, problem, mend) in [
        (at("notes.txt"), "not an SQLite database", "give another path"),
        (at("missing/merit.db"), "does not exist", "make the folder first"),
        (at(""), "it is a folder", "merit.db"),
        (":memory:".to_owned(), "not the path of a file", "merit.db"),
        ("mysql://root:hush@localhost/x".to_owned(), "not supported", "postgres://"),
        ("postgres://u:hush@127.0.0.1:1/merit".to_owned(), "no PostgreSQL answers there", "start the server"),
        ("postgres://u:hush@host:port/merit".to_owned(), "cannot be read", "%-codes"),
    ] {
        let said = refusal(&url).await;
        assert!(said.contains(problem) && said.contains(mend), "{url}: {said}");
        assert!(!said.contains("hush"), "a password is shown: {said}");
    }
}

#[tokio::test]
async fn a_database_the_server_does_not_have_is_named() {
    let database = crate::support::postgres::database().await;
    let said = refusal(&format!("{}_not", database.url)).await;
    assert!(said.contains("no database of this name") && said.contains("createdb"), "{said}");
}
