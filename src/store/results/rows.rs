//! The results of a run, written in bulk and read back exactly as they were.

use std::collections::HashMap;

use entity::{improvement_plan, payout, scorecard};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::super::error::Step;
use super::super::{Store, StoreError, bulk};
use super::list::Whole;
use super::packed::PackedResult;
use super::payouts::PayoutColumns;
use super::plans::PlanColumns;
use super::scorecards::ScorecardColumns;
use crate::domain::appraisal::AppraisalResult;
use crate::domain::improvement::Suggestion;
use crate::domain::payout::PayoutResult;

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
    pub result: AppraisalResult,
    pub payout: Option<PayoutRow>,
    pub plan: Option<PlanRow>,
}

/// The rows of all tables for a chunk of results.
#[derive(Default)]
struct Tables {
    scorecards: Vec<scorecard::Model>,
    payouts: Vec<payout::Model>,
    plans: Vec<improvement_plan::Model>,
}

impl Tables {
    fn of(results: Vec<PackedResult>) -> Self {
        let mut tables = Self::default();
        for PackedResult { scorecard, payout, plan } in results {
            tables.scorecards.push(scorecard);
            tables.payouts.extend(payout);
            tables.plans.extend(plan);
        }
        tables
    }

    async fn write(self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        let step = "writing results";
        bulk::insert::<scorecard::Entity>(tx, step, self.scorecards).await?;
        bulk::insert::<payout::Entity>(tx, step, self.payouts).await?;
        bulk::insert::<improvement_plan::Entity>(tx, step, self.plans).await
    }
}

/// Writes results under a run, whatever run they were packed for.
pub(in super::super) async fn write_under(
    tx: &DatabaseTransaction,
    run_id: i64,
    results: Vec<PackedResult>,
) -> Result<(), StoreError> {
    Tables::of(results.into_iter().map(|result| result.under(run_id)).collect()).write(tx).await
}

impl Store {
    /// Writes results of a running run in one transaction; call it once a chunk (a few thousand agents), in order of agent id, so
    /// that each table grows at its end. All were packed for this run.
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_results(&self, run_id: i64, results: Vec<PackedResult>) -> Result<(), StoreError> {
        let tables = Tables::of(results);
        let tx = self.begin_part(run_id).await?;
        tables.write(&tx).await?;
        tx.commit().await.step("keeping results")
    }

    /// Results of at most `limit` agents after the agent id `after`, in order of id. Empty at the end.
    pub async fn results_chunk(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let cards: Vec<Whole<ScorecardColumns>> = self.whole_results(run_id, after, i64::MAX, limit).await?;
        let Some(last) = cards.last().map(|card| card.row.agent_id) else { return Ok(Vec::new()) };
        let mut payouts = HashMap::new();
        for Whole { row, working } in self.whole_results::<PayoutColumns>(run_id, after, last, limit).await? {
            payouts.insert(row.agent_id, PayoutRow { public_id: row.public_id, result: row.result(&working)? });
        }
        let mut plans = HashMap::new();
        for Whole { row, working } in self.whole_results::<PlanColumns>(run_id, after, last, limit).await? {
            plans.insert(row.agent_id, PlanRow { public_id: row.public_id, suggestion: row.suggestion(&working)? });
        }
        cards
            .into_iter()
            .map(|Whole { row, working }| {
                Ok(ResultRow {
                    result: row.result(&working)?,
                    payout: payouts.remove(&row.agent_id),
                    plan: plans.remove(&row.agent_id),
                    agent_id: row.agent_id,
                    employee_number: row.employee_number,
                    unit_id: row.unit_id,
                    post: row.post,
                    public_id: row.public_id,
                })
            })
            .collect()
    }
}
