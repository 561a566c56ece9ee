//! The results of a run, written in bulk and read back exactly as they were.

use std::collections::HashMap;

use entity::day::Day;
use entity::micros::Micros;
use entity::{improvement_plan, payout, scorecard};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::super::error::Step;
use super::super::packed::pack;
use super::super::runs::begin::hold;
use super::super::{Store, StoreError, bulk};
use super::codes::code;
use super::list::Whole;
use super::payouts::PayoutColumns;
use super::plans::PlanColumns;
use super::scorecards::ScorecardColumns;
use crate::domain::appraisal::AppraisalResult;
use crate::domain::fixed::Fixed;
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

fn micros(value: Fixed) -> Micros {
    Micros(value.micros())
}

impl ResultRow {
    fn scorecard(&self, run_id: i64) -> Result<scorecard::Model, StoreError> {
        Ok(scorecard::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: self.public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            post: self.post.clone(),
            card: self.result.last_card().map(|card| card.card.to_string()).unwrap_or_default(),
            state: code(&self.result.state)?,
            total: self.result.total.map(micros),
            printed: self.result.printed.map(micros),
            rating: self.result.rating.as_deref().map(str::to_owned),
            working: pack(format_args!("the scorecard of {}", self.employee_number), &self.result)?,
        })
    }

    fn payout(&self, run_id: i64, PayoutRow { public_id, result }: &PayoutRow) -> Result<payout::Model, StoreError> {
        Ok(payout::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: *public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            plan: result.plan.clone(),
            withheld: result.withheld.as_ref().map(code).transpose()?,
            amount_minor: result.amount_minor,
            currency: result.currency.code().to_owned(),
            working: pack(format_args!("the payout of {}", self.employee_number), &result.steps)?,
        })
    }

    fn plan(
        &self,
        run_id: i64,
        PlanRow { public_id, suggestion }: &PlanRow,
    ) -> Result<improvement_plan::Model, StoreError> {
        Ok(improvement_plan::Model {
            run_id,
            agent_id: self.agent_id,
            public_id: *public_id,
            employee_number: self.employee_number.clone(),
            unit_id: self.unit_id,
            state: "suggested".to_owned(),
            starts: Day(suggestion.starts),
            due: Day(suggestion.due),
            check_ins: i64::from(suggestion.check_ins),
            working: pack(format_args!("the plan of {}", self.employee_number), suggestion)?,
        })
    }
}

/// The rows of all tables for a chunk of results.
#[derive(Default)]
struct Tables {
    scorecards: Vec<scorecard::Model>,
    payouts: Vec<payout::Model>,
    plans: Vec<improvement_plan::Model>,
}

impl Tables {
    fn of(run_id: i64, rows: &[ResultRow]) -> Result<Self, StoreError> {
        let mut tables = Self::default();
        for row in rows {
            tables.scorecards.push(row.scorecard(run_id)?);
            if let Some(payout) = &row.payout {
                tables.payouts.push(row.payout(run_id, payout)?);
            }
            if let Some(plan) = &row.plan {
                tables.plans.push(row.plan(run_id, plan)?);
            }
        }
        Ok(tables)
    }

    async fn write(self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        let step = "writing results";
        bulk::insert::<scorecard::Entity>(tx, step, self.scorecards).await?;
        bulk::insert::<payout::Entity>(tx, step, self.payouts).await?;
        bulk::insert::<improvement_plan::Entity>(tx, step, self.plans).await
    }
}

impl Store {
    /// Writes results of a running run in one transaction; call it once a chunk (a few thousand agents), in order of agent id, so
    /// that each table grows at its end.
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_results(&self, run_id: i64, rows: &[ResultRow]) -> Result<(), StoreError> {
        let tables = Tables::of(run_id, rows)?;
        let tx = self.begin_write(&[]).await?;
        hold(&tx, run_id).await?;
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
