//! The results of a run, written in bulk and read back exactly as they were.

use std::collections::{BTreeSet, HashMap};

use entity::day::Day;
use entity::{improvement_objective, improvement_plan, payout, payout_step, scorecard, scorecard_gate, scorecard_line};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::runs::begin::hold;
use super::super::{Store, StoreError, bulk};
use super::cards::{Working, gate_row, line_row, micros};
use super::codes::{code, json};
use super::pay::{Steps, step_row};
use super::suggestions::{Objectives, objective_row};
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

/// The rows of all tables for a chunk of results.
#[derive(Default)]
struct Tables {
    scorecards: Vec<scorecard::Model>,
    lines: Vec<scorecard_line::Model>,
    gates: Vec<scorecard_gate::Model>,
    payouts: Vec<payout::Model>,
    steps: Vec<payout_step::Model>,
    plans: Vec<improvement_plan::Model>,
    objectives: Vec<improvement_objective::Model>,
}

impl Tables {
    fn add_card(&mut self, metrics: &Dictionary, run_id: i64, id: i64, row: &ResultRow) -> Result<(), StoreError> {
        self.scorecards.push(scorecard::Model {
            id,
            public_id: row.public_id,
            run_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number.clone(),
            unit_id: row.unit_id,
            post: row.post.clone(),
            card: row.card.card.clone(),
            state: code(&row.card.state)?,
            subtotal: row.card.subtotal.map(micros),
            total: row.card.total.map(micros),
            printed: row.card.printed.map(micros),
            rating: row.card.rating.clone(),
            judged: row.card.judged.as_ref().map(json).transpose()?,
        });
        for (seq, line) in (0..).zip(&row.card.lines) {
            self.lines.push(line_row(metrics, id, seq, line)?);
        }
        for (seq, gate) in (0..).zip(&row.card.gates) {
            self.gates.push(gate_row(metrics, id, seq, gate)?);
        }
        Ok(())
    }

    fn add_payout(&mut self, run_id: i64, id: i64, row: &ResultRow, pay: &PayoutRow) -> Result<(), StoreError> {
        self.payouts.push(payout::Model {
            id,
            public_id: pay.public_id,
            run_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number.clone(),
            unit_id: row.unit_id,
            plan: pay.result.plan.clone(),
            withheld: pay.result.withheld.as_ref().map(code).transpose()?,
            amount_minor: pay.result.amount_minor,
            currency: pay.result.currency.code().to_owned(),
        });
        for (seq, step) in (0..).zip(&pay.result.steps) {
            self.steps.push(step_row(id, seq, step)?);
        }
        Ok(())
    }

    fn add_plan(
        &mut self,
        metrics: &Dictionary,
        (run_id, id): (i64, i64),
        row: &ResultRow,
        plan: &PlanRow,
    ) -> Result<(), StoreError> {
        self.plans.push(improvement_plan::Model {
            id,
            public_id: plan.public_id,
            run_id,
            agent_id: row.agent_id,
            employee_number: row.employee_number.clone(),
            unit_id: row.unit_id,
            state: "suggested".to_owned(),
            starts: Day(plan.suggestion.starts),
            due: Day(plan.suggestion.due),
            check_ins: i64::from(plan.suggestion.check_ins),
        });
        for (seq, objective) in (0..).zip(&plan.suggestion.objectives) {
            self.objectives.push(objective_row(metrics, id, seq, objective)?);
        }
        Ok(())
    }

    async fn write(self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        let step = "writing results";
        bulk::insert::<scorecard::Entity>(tx, step, self.scorecards).await?;
        bulk::insert::<scorecard_line::Entity>(tx, step, self.lines).await?;
        bulk::insert::<scorecard_gate::Entity>(tx, step, self.gates).await?;
        bulk::insert::<payout::Entity>(tx, step, self.payouts).await?;
        bulk::insert::<payout_step::Entity>(tx, step, self.steps).await?;
        bulk::insert::<improvement_plan::Entity>(tx, step, self.plans).await?;
        bulk::insert::<improvement_objective::Entity>(tx, step, self.objectives).await
    }
}

/// Every metric a result names.
fn metrics_of(rows: &[ResultRow]) -> BTreeSet<&str> {
    rows.iter()
        .flat_map(|row| {
            let lines = row.card.lines.iter().map(|line| line.metric.as_str());
            let gates = row.card.gates.iter().map(|gate| gate.metric.as_str());
            let objectives = row.plan.iter().flat_map(|plan| &plan.suggestion.objectives);
            lines.chain(gates).chain(objectives.map(|objective| objective.metric.as_str()))
        })
        .collect()
}

impl Store {
    /// Writes results of a running run in one transaction; call it once a chunk (a few thousand agents).
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_results(&self, run_id: i64, rows: &[ResultRow]) -> Result<(), StoreError> {
        let step = "reserving ids";
        let tx = self.begin_write(&[]).await?;
        hold(&tx, run_id).await?;
        let metrics = Dictionary::ensure(&tx, Names::Metrics, metrics_of(rows)).await?;
        let payouts = rows.iter().filter(|row| row.payout.is_some()).count();
        let plans = rows.iter().filter(|row| row.plan.is_some()).count();
        let mut payout_ids = bulk::reserve_ids(&tx, step, "payout", payouts).await?.into_iter();
        let mut plan_ids = bulk::reserve_ids(&tx, step, "improvement_plan", plans).await?.into_iter();
        let mut tables = Tables::default();
        for (row, id) in rows.iter().zip(bulk::reserve_ids(&tx, step, "scorecard", rows.len()).await?) {
            tables.add_card(&metrics, run_id, id, row)?;
            if let Some((pay, id)) = row.payout.as_ref().and_then(|pay| Some((pay, payout_ids.next()?))) {
                tables.add_payout(run_id, id, row, pay)?;
            }
            if let Some((plan, id)) = row.plan.as_ref().and_then(|plan| Some((plan, plan_ids.next()?))) {
                tables.add_plan(&metrics, (run_id, id), row, plan)?;
            }
        }
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
        let step = "reading results";
        let scorecards = scorecard::Entity::find()
            .filter(scorecard::Column::RunId.eq(run_id))
            .filter(scorecard::Column::AgentId.gt(after.unwrap_or(i64::MIN)))
            .order_by_asc(scorecard::Column::AgentId)
            .limit(limit)
            .all(&self.readers)
            .await
            .step(step)?;
        let (Some(first), Some(last)) = (scorecards.first(), scorecards.last()) else { return Ok(Vec::new()) };
        let (first, last) = (first.agent_id, last.agent_id);
        let metrics = Dictionary::load(&self.readers, Names::Metrics).await?;
        let ids: Vec<i64> = scorecards.iter().map(|row| row.id).collect();
        let mut working = Working::load(&self.readers, &metrics, &ids).await?;
        let mut payouts = self.payouts_of(run_id, first, last).await?;
        let mut plans = self.plans_of(&metrics, run_id, first, last).await?;
        scorecards
            .into_iter()
            .map(|row| {
                Ok(ResultRow {
                    card: working.card(&row)?,
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

    /// By agent id.
    async fn payouts_of(&self, run_id: i64, first: i64, last: i64) -> Result<HashMap<i64, PayoutRow>, StoreError> {
        let rows = payout::Entity::find()
            .filter(payout::Column::RunId.eq(run_id))
            .filter(payout::Column::AgentId.between(first, last))
            .all(&self.readers)
            .await
            .step("reading payouts")?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut steps = Steps::load(&self.readers, &ids).await?;
        rows.iter()
            .map(|row| Ok((row.agent_id, PayoutRow { public_id: row.public_id, result: steps.payout(row)? })))
            .collect()
    }

    /// By agent id.
    async fn plans_of(
        &self,
        metrics: &Dictionary,
        run_id: i64,
        first: i64,
        last: i64,
    ) -> Result<HashMap<i64, PlanRow>, StoreError> {
        let rows = improvement_plan::Entity::find()
            .filter(improvement_plan::Column::RunId.eq(run_id))
            .filter(improvement_plan::Column::AgentId.between(first, last))
            .all(&self.readers)
            .await
            .step("reading plans")?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut objectives = Objectives::load(&self.readers, metrics, &ids).await?;
        rows.iter()
            .map(|row| {
                let suggestion = objectives.suggestion(row)?;
                Ok((row.agent_id, PlanRow { public_id: row.public_id, suggestion }))
            })
            .collect()
    }
}
