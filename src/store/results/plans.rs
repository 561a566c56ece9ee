//! Reading improvement plans.

use chrono::NaiveDate;
use entity::day::Day;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::{Page, ResultFilter, Store, StoreError};
use super::list::{Found, Row, Whole};
use super::packed::unpack;
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

#[derive(FromQueryResult)]
pub(super) struct PlanColumns {
    pub(super) agent_id: i64,
    pub(super) public_id: Uuid,
    employee_number: String,
    unit_id: i64,
    state: String,
    starts: Day,
    due: Day,
    check_ins: i64,
}

impl Row for PlanColumns {
    const TABLE: &'static str = "improvement_plan";
    const COLUMNS: &'static str = "r.state, r.starts, r.due, r.check_ins";
    const RATED: bool = false;
}

impl PlanColumns {
    fn check_ins(&self) -> Result<u32, StoreError> {
        let unreadable =
            |_| StoreError::Unreadable { what: "the check-ins of a plan", value: self.check_ins.to_string() };
        u32::try_from(self.check_ins).map_err(unreadable)
    }

    /// The plan as it was suggested; as with scorecards, the columns count.
    pub(super) fn suggestion(&self, working: &[u8]) -> Result<Suggestion, StoreError> {
        let packed: Suggestion = unpack(format_args!("the plan of {}", self.employee_number), working)?;
        Ok(Suggestion { starts: self.starts.0, due: self.due.0, check_ins: self.check_ins()?, ..packed })
    }
}

impl TryFrom<Found<PlanColumns>> for PlanSummary {
    type Error = StoreError;

    fn try_from(found: Found<PlanColumns>) -> Result<Self, StoreError> {
        let row = found.row;
        Ok(Self {
            check_ins: row.check_ins()?,
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            state: row.state,
            starts: row.starts.0,
            due: row.due.0,
        })
    }
}

impl TryFrom<Whole<Found<PlanColumns>>> for PlanDetail {
    type Error = StoreError;

    fn try_from(whole: Whole<Found<PlanColumns>>) -> Result<Self, StoreError> {
        let suggestion = whole.row.row.suggestion(&whole.working)?;
        Ok(Self { summary: whole.row.try_into()?, suggestion })
    }
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
        self.results_page::<Found<PlanColumns>>(run_id, after, limit, filter).await?.convert()
    }

    /// As [`Store::plans_page`], with objectives.
    pub async fn plan_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PlanDetail>, StoreError> {
        self.results_page::<Whole<Found<PlanColumns>>>(run_id, after, limit, filter).await?.convert()
    }

    /// One agent's plan of a run, with objectives.
    pub async fn plan(&self, run_id: i64, employee_number: &str) -> Result<Option<PlanDetail>, StoreError> {
        let found: Option<Whole<Found<PlanColumns>>> = self.result_of(run_id, employee_number).await?;
        found.map(PlanDetail::try_from).transpose()
    }
}
