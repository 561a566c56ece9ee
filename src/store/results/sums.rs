//! Sums over the results of a run, made once: a complete run never changes, so they stay true as long as the process lives. What revisions change
//! about them is few rows, and read each time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{FromQueryResult, Value};

use super::super::runs::snapshot::RunUnit;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use super::cost::GroupRow;
use super::list::{Row, Take, rows_changed, rows_of_run};
use super::payouts::TotalRow;
use super::scorecards::{CountRow, RatingRow};
use super::waits::Waiting;

/// More than this is forgotten, and made again when it is asked for.
const MOST: usize = 200;

/// What pages ask for again and again.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Sums {
    pub(super) ratings: Kept<RatingRow>,
    pub(super) states: Kept<CountRow>,
    pub(super) payouts: Kept<TotalRow>,
    pub(super) groups: Kept<GroupRow>,
    pub(super) waiting: Kept<Waiting>,
    pub(in crate::store) units: Kept<RunUnit>,
}

/// Rows by what they answer.
#[derive(Debug)]
pub(in crate::store) struct Kept<T>(Arc<Mutex<HashMap<String, Arc<[T]>>>>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Kept<T> {
    pub(in crate::store) fn known(&self, key: &str) -> Option<Arc<[T]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// What was just read; it comes back.
    pub(in crate::store) fn keep(&self, key: String, rows: Vec<T>) -> Arc<[T]> {
        let rows: Arc<[T]> = rows.into();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&rows));
        rows
    }
}

/// What results come to that have something in common.
pub(super) trait Sum: Clone {
    type Of: Ord;

    /// What they have in common.
    fn of(&self) -> Self::Of;

    fn add(&mut self, change: &Self);

    /// Whether no result is left in it.
    fn is_of_none(&self) -> bool;
}

/// The sums with these changes, in order of what they are of.
pub(super) fn changed<S: Sum>(sums: &[S], changes: impl IntoIterator<Item = S>) -> Vec<S> {
    let mut by: BTreeMap<S::Of, S> = sums.iter().map(|sum| (sum.of(), sum.clone())).collect();
    for change in changes {
        by.entry(change.of()).and_modify(|sum| sum.add(&change)).or_insert(change);
    }
    by.into_values().filter(|sum| !sum.is_of_none()).collect()
}

/// A query that adds up rows.
pub(super) struct Adding<'a> {
    pub(super) step: &'static str,
    /// Columns of the rows `r` that it goes by.
    pub(super) columns: &'a str,
    /// The query of what follows its `FROM`: there, each row says in `r.times` how often it counts.
    pub(super) text: &'a (dyn Fn(&str) -> String + Sync),
    /// The first is the run.
    pub(super) values: Vec<Value>,
}

impl Store {
    /// The sums over the results meant, in order of what they are of.
    pub(super) async fn summed<R: Row, S: Sum + FromQueryResult>(
        &self,
        kept: &Kept<S>,
        take: Take,
        adding: Adding<'_>,
    ) -> Result<Vec<S>, StoreError> {
        let Adding { step, columns, text, values } = adding;
        let of_run = text(&rows_of_run::<R>(columns));
        let key = format!("{of_run} {values:?}");
        let sums = match kept.known(&key) {
            Some(known) => known,
            None => kept.keep(key, fetch(&self.readers, step, of_run, values.clone()).await?),
        };
        let changes = match rows_changed::<R>(take, columns) {
            Some(source) => fetch(&self.readers, step, text(&source), values).await?,
            None => Vec::new(),
        };
        Ok(changed(&sums, changes))
    }
}
