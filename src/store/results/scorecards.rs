//! Reading scorecards.

use uuid::Uuid;

use super::super::{Page, Store, StoreError};
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{CardResult, CardState};

/// Which results a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultFilter {
    /// This unit or one below it, in the run's own tree of units.
    pub unit: Option<i64>,
    /// Only scorecards with this rating (payouts and plans are not filtered by it).
    pub rating: Option<String>,
    /// Only scorecards in this state (payouts and plans are not filtered by it).
    pub state: Option<CardState>,
}

/// A scorecard without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardSummary {
    pub public_id: Uuid,
    pub agent_id: i64,
    pub employee_number: String,
    pub agent_name: String,
    pub unit_id: i64,
    pub unit_code: String,
    pub post: String,
    pub card: String,
    pub state: CardState,
    pub subtotal: Option<Fixed>,
    pub total: Option<Fixed>,
    pub printed: Option<Fixed>,
    pub rating: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScorecardDetail {
    pub summary: ScorecardSummary,
    pub result: CardResult,
}

impl Store {
    /// Scorecards of a run after the employee number `after`, in its order.
    pub async fn scorecards_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardSummary>, StoreError> {
        todo!()
    }

    /// As [`Store::scorecards_page`], with lines and gates.
    pub async fn scorecard_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<ScorecardDetail>, StoreError> {
        todo!()
    }

    /// One agent's scorecard of a run, with lines and gates.
    pub async fn scorecard(&self, run_id: i64, employee_number: &str) -> Result<Option<ScorecardDetail>, StoreError> {
        todo!()
    }

    /// How many scorecards of a run have each state and rating, in that order.
    pub async fn scorecard_counts(&self, run_id: i64) -> Result<Vec<(CardState, Option<String>, u64)>, StoreError> {
        todo!()
    }
}
