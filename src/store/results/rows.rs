//! The results of a run, written in bulk and read back exactly as they were.

use uuid::Uuid;

use super::super::{Store, StoreError};
use crate::domain::improvement::Suggestion;
use crate::domain::payout::PayoutResult;
use crate::domain::scorecard::CardResult;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRow {
    pub public_id: Uuid,
    pub result: PayoutResult,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub public_id: Uuid,
    pub suggestion: Suggestion,
}

/// Everything a run found for one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    pub agent_id: i64,
    pub employee_number: String,
    pub unit_id: i64,
    pub post: String,
    /// The scorecard's.
    pub public_id: Uuid,
    pub card: CardResult,
    pub payout: Option<PayoutRow>,
    pub plan: Option<PlanRow>,
}

impl Store {
    /// Writes results of a running run in one transaction; call it once a chunk (a few thousand agents).
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_results(&self, run_id: i64, rows: &[ResultRow]) -> Result<(), StoreError> {
        todo!()
    }

    /// Results of at most `limit` agents after the agent id `after`, in order of id. Empty at the end.
    pub async fn results_chunk(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<ResultRow>, StoreError> {
        todo!()
    }
}
