//! What earlier cycles said, for the rule that suggests improvement plans.

use super::super::{Store, StoreError};
use crate::domain::improvement::PastValue;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::Scope;

/// The current run of an earlier cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRun {
    pub run_id: i64,
    pub cycle_code: String,
}

/// A line's value in an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLine {
    pub agent_id: i64,
    pub run_id: i64,
    pub metric: MetricId,
    pub scope: Scope,
    pub past: PastValue,
}

impl Store {
    /// The current runs of the `count` cycles of the same kind that end before this one begins, oldest first; fewer when there
    /// are fewer scored ones.
    pub async fn earlier_runs(&self, cycle_id: i64, count: u64) -> Result<Vec<EarlierRun>, StoreError> {
        todo!()
    }

    /// The lines with a value of the agents `first..=last` in these runs, in order of agent id, run id and line.
    pub async fn value_history(&self, run_ids: &[i64], first: i64, last: i64) -> Result<Vec<PastLine>, StoreError> {
        todo!()
    }
}
