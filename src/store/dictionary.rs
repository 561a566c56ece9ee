//! Small tables of names: metrics, segments, sources.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

use super::StoreError;
use super::write::{execute, fetch};

#[derive(Debug, Clone, Copy)]
pub(super) enum Names {
    Metrics,
    Segments,
    Sources,
}

impl Names {
    fn table_and_column(self) -> (&'static str, &'static str) {
        match self {
            Self::Metrics => ("metric", "code"),
            Self::Segments => ("segment", "name"),
            Self::Sources => ("source", "name"),
        }
    }
}

/// Ids and names, both ways.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    what: &'static str,
    ids: HashMap<Arc<str>, i64>,
    names: HashMap<i64, Arc<str>>,
}

#[derive(FromQueryResult)]
struct NameRow {
    id: i64,
    name: String,
}

impl Dictionary {
    pub(super) async fn load(connection: &impl ConnectionTrait, names: Names) -> Result<Self, StoreError> {
        let (table, column) = names.table_and_column();
        let text = format!("SELECT id, {column} AS name FROM {table}");
        let rows: Vec<NameRow> = fetch(connection, "reading a list of names", text, []).await?;
        let mut dictionary = Self { what: table, ..Self::default() };
        for row in rows {
            let name: Arc<str> = row.name.into();
            dictionary.ids.insert(Arc::clone(&name), row.id);
            dictionary.names.insert(row.id, name);
        }
        Ok(dictionary)
    }

    /// As [`Dictionary::load`], after adding the names that are missing. Every writer adds in the same order, so that two never
    /// wait for each other.
    pub(super) async fn ensure<'n>(
        tx: &DatabaseTransaction,
        names: Names,
        wanted: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, StoreError> {
        let known = Self::load(tx, names).await?;
        let missing: BTreeSet<&str> = wanted.into_iter().filter(|name| known.id(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(known);
        }
        let (table, column) = names.table_and_column();
        for name in missing {
            let text = format!("INSERT INTO {table} ({column}) VALUES ($1) ON CONFLICT DO NOTHING");
            execute(tx, "adding a name", text, [name.into()]).await?;
        }
        Self::load(tx, names).await
    }

    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.ids.get(name).copied()
    }

    pub(super) fn name(&self, id: i64) -> Result<Arc<str>, StoreError> {
        self.names.get(&id).cloned().ok_or_else(|| StoreError::Unreadable { what: self.what, value: id.to_string() })
    }

    /// The id of a name that `ensure` was asked for.
    pub(super) fn known_id(&self, name: &str) -> Result<i64, StoreError> {
        self.id(name).ok_or_else(|| StoreError::Unreadable { what: self.what, value: name.to_owned() })
    }
}
