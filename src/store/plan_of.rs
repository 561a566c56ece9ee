//! For tests: how SQLite goes about a query in a database without figures, as every database of ours is; in its own words.

use sea_orm::{ConnectionTrait, Value};

use super::Store;
use super::write::sql;

pub(super) async fn plan_of(text: &str, values: Vec<Value>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("merit.db").display().to_string()).await.unwrap();
    store.migrate().await.unwrap();
    let explain = sql(&store.readers, format!("EXPLAIN QUERY PLAN {text}"), values);
    let rows = store.readers.query_all_raw(explain).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(3).unwrap()).collect()
}
