//! The work of a job: the use cases that the command line runs, and what they tell as JSON.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{App, AppError, PublishOrder, PullOrder, PullProgress, PullView, SimulationOrder};
use crate::domain::cycle::CycleAct;
use crate::domain::job::{Counts, JobOrder};
use crate::store::Job;

/// How far the work is; shared by who does it and who tells it.
#[derive(Clone, Default)]
pub(in crate::app) struct Tally(Arc<Mutex<Counts>>);

impl Tally {
    fn set(&self, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }

    pub(super) fn counts(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::app) fn rows(&self, done: usize) {
        self.set(Counts { counted: "rows", done: i64::try_from(done).unwrap_or(i64::MAX), total: None });
    }

    fn agents(&self, done: u64, total: i64) {
        self.set(Counts { counted: "agents", done: signed(done), total: Some(total) });
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl App {
    /// Does the work as whoever acts, and tells what came of it. What an earlier attempt did already is only told.
    pub(super) async fn perform(&self, job: &Job, rules: &Path, tally: &Tally) -> Result<Value, AppError> {
        if let Some(effect) = &job.effect {
            return self.done_before(serde_json::from_str(effect)?, tally).await;
        }
        match &job.order {
            JobOrder::Pull { source, from, to, allow_removals } => {
                let days = (from.is_some() || to.is_some())
                    .then(|| (from.unwrap_or_default(), to.unwrap_or_else(|| self.clock.today())));
                let progress = |at: PullProgress| {
                    tally.set(match at.total_bytes {
                        Some(total) => Counts { counted: "bytes", done: signed(at.bytes), total: Some(signed(total)) },
                        None => Counts { counted: "rows", done: signed(at.rows), total: None },
                    });
                };
                let allow_removals = *allow_removals;
                let order = PullOrder { rules, source, days, dry_run: false, allow_removals, progress: &progress };
                let report = self.pull(order).await?;
                Ok(pulled(&report.pull, &report.new_agents.into()))
            }
            JobOrder::Publish { cycle, units, approved } => {
                self.publish(PublishOrder { cycle, units, approved: Some(approved) }).await?;
                Ok(published(units))
            }
            JobOrder::Freeze { cycle } => self.result_of_run(cycle, CycleAct::Freeze, tally).await,
            JobOrder::Score { cycle } => self.result_of_run(cycle, CycleAct::Score, tally).await,
            JobOrder::Appraise { cycle } => self.result_of_run(cycle, CycleAct::Appraise, tally).await,
            JobOrder::Simulate { cycle, rules, all } => {
                let run = self.current_run(&self.cycle(cycle).await?).await?;
                let order = SimulationOrder { cycle, rules, all: *all };
                let simulation = self.simulate(&order, &|done| tally.agents(done, run.agents)).await?;
                Ok(simulation.to_json())
            }
            JobOrder::Export(export) => self.make_export(job, export, tally).await,
        }
    }

    async fn result_of_run(&self, cycle: &str, act: CycleAct, tally: &Tally) -> Result<Value, AppError> {
        let total = self.store.assigned_in(&self.cycle(cycle).await?).await?;
        Ok(self.run(cycle, act, &|done| tally.agents(done, total)).await?.told(act))
    }

    /// What an attempt did whose worker could not tell it any more.
    async fn done_before(&self, effect: Value, tally: &Tally) -> Result<Value, AppError> {
        let pull = effect.get("pull").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
        let Some(pull) = pull else {
            if let Some(agents) = effect.get("agents").and_then(Value::as_u64) {
                tally.agents(agents, signed(agents));
            }
            return Ok(effect);
        };
        let found = self.store.pull_by_public_id(pull).await?;
        let found = found.ok_or_else(|| AppError::NotFound(format!("pull {pull} has gone")))?;
        Ok(pulled(&found.into(), effect.get("new_agents").unwrap_or(&Value::Null)))
    }
}

/// What came of a publication, and what it keeps in its job.
pub(in super::super) fn published(units: &[String]) -> Value {
    json!({ "state": "published", "units": units })
}

fn pulled(pull: &PullView, new_agents: &Value) -> Value {
    json!({
        "pull": pull.id,
        "rows_read": pull.rows_read,
        "rows_used": pull.rows_used,
        "rows_superseded": pull.rows_superseded,
        "rows_deleted": pull.rows_deleted,
        "rows_set_aside": pull.rows_set_aside,
        "facts_added": pull.facts_added,
        "facts_changed": pull.facts_changed,
        "facts_removed": pull.facts_removed,
        "new_agents": new_agents,
    })
}
