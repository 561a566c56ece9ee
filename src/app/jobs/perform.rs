//! The work of a job: the use cases that the command line runs, and what they tell as JSON.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::super::{
    App, AppError, AppraisalReport, FreezeReport, PublishOrder, PullOrder, PullProgress, PullReport, SimulationOrder,
};
use crate::domain::job::{Counts, JobOrder};

/// How far the work is; shared by who does it and who tells it.
#[derive(Clone, Default)]
pub(super) struct Tally(Arc<Mutex<Counts>>);

impl Tally {
    fn set(&self, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }

    pub(super) fn counts(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn agents(&self, done: u64, total: i64) {
        self.set(Counts { counted: "agents", done: signed(done), total: Some(total) });
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl App {
    /// Does the work as whoever acts, and tells what came of it.
    pub(super) async fn perform(&self, order: &JobOrder, rules: &Path, tally: &Tally) -> Result<Value, AppError> {
        match order {
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
                Ok(pulled(&self.pull(order).await?))
            }
            JobOrder::Freeze { cycle } => {
                let total = self.store.assigned_in(&self.cycle(cycle).await?).await?;
                let FreezeReport { revision, agents, snapshot_hash } =
                    self.freeze(cycle, &|done| tally.agents(done, total)).await?;
                Ok(json!({ "revision": revision, "agents": agents, "snapshot_hash": snapshot_hash }))
            }
            JobOrder::Score { cycle } => {
                let total = self.store.assigned_in(&self.cycle(cycle).await?).await?;
                Ok(appraised(&self.score(cycle, &|done| tally.agents(done, total)).await?))
            }
            JobOrder::Appraise { cycle } => {
                let total = self.store.assigned_in(&self.cycle(cycle).await?).await?;
                Ok(appraised(&self.appraise(cycle, &|done| tally.agents(done, total)).await?))
            }
            JobOrder::Publish { cycle, units, approved } => {
                let before = self.deadlines(cycle).await?.open.unpublished;
                let order = PublishOrder { cycle, units, approved: Some(approved) };
                let state = self.publish(order).await?.state;
                let left = self.deadlines(cycle).await?.open.unpublished;
                Ok(json!({ "state": state.as_str(), "published": before.saturating_sub(left), "left": left }))
            }
            JobOrder::Simulate { cycle, rules, all } => {
                let run = self.current_run(&self.cycle(cycle).await?).await?;
                let order = SimulationOrder { cycle, rules, all: *all };
                let simulation = self.simulate(&order, &|done| tally.agents(done, run.agents)).await?;
                Ok(simulation.to_json())
            }
        }
    }
}

fn pulled(report: &PullReport) -> Value {
    let pull = &report.pull;
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
        "new_agents": report.new_agents,
    })
}

/// Without amounts: whoever may see a job may not always see pay.
fn appraised(report: &AppraisalReport) -> Value {
    json!({
        "revision": report.revision,
        "agents": report.agents,
        "scored": report.scored,
        "on_hold": report.on_hold,
        "insufficient_data": report.insufficient,
        "exempt": report.exempt,
        "without_card": report.without_card,
        "ratings": report.ratings,
        "plans": report.plans,
        "snapshot_hash": report.snapshot_hash,
        "result_hash": report.result_hash,
    })
}
