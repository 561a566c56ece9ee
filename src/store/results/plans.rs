//! Reading improvement plans.

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{Page, ResultFilter, Store, StoreError};
use crate::domain::improvement::Suggestion;

/// A plan without its objectives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    pub public_id: Uuid,
    pub agent_id: i64,
    pub employee_number: String,
    pub agent_name: String,
    pub unit_id: i64,
    pub unit_code: String,
    /// `suggested` until somebody takes it up.
    pub state: String,
    pub starts: NaiveDate,
    pub due: NaiveDate,
    pub check_ins: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDetail {
    pub summary: PlanSummary,
    pub suggestion: Suggestion,
}

impl Store {
    /// Plans of a run after the employee number `after`, in its order.
    pub async fn plans_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PlanSummary>, StoreError> {
        todo!()
    }

    /// As [`Store::plans_page`], with objectives.
    pub async fn plan_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PlanDetail>, StoreError> {
        todo!()
    }

    /// One agent's plan of a run, with objectives.
    pub async fn plan(&self, run_id: i64, employee_number: &str) -> Result<Option<PlanDetail>, StoreError> {
        todo!()
    }
}
