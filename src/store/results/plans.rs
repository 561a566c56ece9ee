//! Reading improvement plans.

use chrono::NaiveDate;
use entity::improvement_plan;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::dictionary::{Dictionary, Names};
use super::super::{Page, ResultFilter, Store, StoreError};
use super::list::Table;
use super::suggestions::{Objectives, small};
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
struct FoundPlan {
    #[sea_orm(nested)]
    row: improvement_plan::Model,
    agent_name: String,
    unit_code: String,
}

impl TryFrom<FoundPlan> for PlanSummary {
    type Error = StoreError;

    fn try_from(found: FoundPlan) -> Result<Self, StoreError> {
        let row = found.row;
        Ok(Self {
            public_id: row.public_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            agent_name: found.agent_name,
            unit_id: row.unit_id,
            unit_code: found.unit_code,
            state: row.state,
            starts: row.starts.0,
            due: row.due.0,
            check_ins: small("the check-ins of a plan", row.check_ins)?,
        })
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
        let page: Page<FoundPlan> = self.results_page(Table::Plans, run_id, after, limit, filter).await?;
        let rows = page.rows.into_iter().map(PlanSummary::try_from).collect::<Result<_, _>>()?;
        Ok(Page { rows, more: page.more })
    }

    /// As [`Store::plans_page`], with objectives.
    pub async fn plan_details_page(
        &self,
        run_id: i64,
        after: Option<&str>,
        limit: u64,
        filter: &ResultFilter,
    ) -> Result<Page<PlanDetail>, StoreError> {
        let page: Page<FoundPlan> = self.results_page(Table::Plans, run_id, after, limit, filter).await?;
        Ok(Page { rows: self.plan_details(page.rows).await?, more: page.more })
    }

    /// One agent's plan of a run, with objectives.
    pub async fn plan(&self, run_id: i64, employee_number: &str) -> Result<Option<PlanDetail>, StoreError> {
        let row: Option<FoundPlan> = self.result_of(Table::Plans, run_id, employee_number).await?;
        Ok(self.plan_details(row.into_iter().collect()).await?.pop())
    }

    async fn plan_details(&self, rows: Vec<FoundPlan>) -> Result<Vec<PlanDetail>, StoreError> {
        let metrics = Dictionary::load(&self.readers, Names::Metrics).await?;
        let ids: Vec<i64> = rows.iter().map(|found| found.row.id).collect();
        let mut objectives = Objectives::load(&self.readers, &metrics, &ids).await?;
        rows.into_iter()
            .map(|found| {
                let suggestion = objectives.suggestion(&found.row)?;
                Ok(PlanDetail { summary: found.try_into()?, suggestion })
            })
            .collect()
    }
}
