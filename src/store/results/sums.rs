//! Sums over the results of a run, made once: a complete run never changes, so they stay true as long as the process lives. With revisions among
//! the results they are made each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::Value;

use super::cost::PayoutGroup;
use super::list::Take;
use super::payouts::PayoutTotal;
use crate::domain::appraisal::AppraisalState;

/// More than this is forgotten, and made again when it is asked for.
const MOST: usize = 200;

/// The sums that pages ask for again and again.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Sums {
    /// Card, rating and how many.
    pub(super) ratings: Kept<(String, String, i64)>,
    /// State, rating and how many.
    pub(super) states: Kept<(AppraisalState, Option<String>, u64)>,
    pub(super) payouts: Kept<PayoutTotal>,
    pub(super) groups: Kept<PayoutGroup>,
}

/// Rows by the query and its values that they answer.
#[derive(Debug)]
pub(super) struct Kept<T>(Arc<Mutex<HashMap<String, Arc<[T]>>>>);

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

/// The query with its values; none where its answer may change.
pub(super) fn key(run_id: i64, take: Take, text: &str, values: &[Value]) -> Option<String> {
    (take == Take::Run).then(|| format!("{run_id} {text} {values:?}"))
}

impl<T: Clone> Kept<T> {
    pub(super) fn known(&self, key: Option<&str>) -> Option<Vec<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key?).map(|rows| rows.to_vec())
    }

    /// What was just read; it comes back.
    pub(super) fn keep(&self, key: Option<String>, rows: Vec<T>) -> Vec<T> {
        if let Some(key) = key {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(key, rows.as_slice().into());
        }
        rows
    }
}
