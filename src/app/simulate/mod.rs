//! Simulate: what other rules would have made of a past cycle. Reads the cycle's snapshot and results, and writes nothing.

mod change;
mod json;
mod report;
mod tally;
mod unmeasured;

use super::assess::Assessor;
use super::parallel::on_all_cores;
use super::snapshot::{Member, Snapshot};
use super::{App, AppError, Change, ENGINE_VERSION};
use crate::domain::authority::Act;
use crate::store::{ResultRow, Run};
use report::Gathering;

pub use change::{AgentChange, Outcome, PayChange, Side};
pub use report::{Migration, Simulation};
pub use tally::{CostChange, Ranking, ScoreChanges, UnitChange, WithoutCard};
pub use unmeasured::{Missing, Unmeasured};

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct SimulationOrder<'a> {
    /// Code of an appraised cycle.
    pub cycle: &'a str,
    /// A version by its name or digits of its hash, or a folder.
    pub rules: &'a str,
    /// Whether everybody who moves is listed, and not only those who win or lose most.
    pub all: bool,
}

impl App {
    /// Assesses every agent of the cycle's current results again, by other rules and from the same snapshot, and compares.
    /// `progress` is told how many agents are done.
    pub async fn simulate(
        &self,
        order: &SimulationOrder<'_>,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Simulation, AppError> {
        self.require(Act::Simulate)?;
        // What a simulation tells is pay.
        self.require(Act::ReadPay)?;
        let cycle = self.cycle(order.cycle).await?;
        let run = self.current_run(&cycle).await?;
        same_engine(order.cycle, &run)?;
        let draft = self.draft(&run.ruleset_hash, order.rules).await?;
        let snapshot = Snapshot::open(&self.store, &run, &draft.after).await?;
        if run.snapshot_hash.as_ref() != Some(&snapshot.hash) {
            return Err(changed(order.cycle));
        }
        let units = self.store.run_units(run.id).await?;
        let mut gathering = Gathering::new(order, &draft, &units);
        let assessor = Assessor { rules: &draft.after, cycle: cycle.period, common: &snapshot.common };
        let mut after = None;
        loop {
            let members = snapshot.chunk(after).await?;
            let Some(last) = members.last() else { break };
            let stored = self.stored(&run, after, last.agent_id).await?;
            after = Some(last.agent_id);
            let pairs = paired(order.cycle, &members, stored)?;
            let changes =
                tokio::task::block_in_place(|| on_all_cores(&pairs, |pair| gathering.change(&assessor, pair)))?;
            for (member, change) in members.iter().zip(changes) {
                gathering.add(member, change)?;
            }
            progress(gathering.agents());
            self.go_on()?;
        }
        let detail = format!("revision={} rules={}", run.revision, draft.after.hash);
        self.recorded_read(Change::new("cycle.simulate", "cycle", order.cycle).detail(detail)).await?;
        Ok(gathering.finish(run.revision, draft, &snapshot.common))
    }
}

/// Another engine's results differ by more than the rules.
fn same_engine(cycle: &str, run: &Run) -> Result<(), AppError> {
    if run.engine_version == ENGINE_VERSION {
        return Ok(());
    }
    Err(AppError::refused(format!(
        "cycle {cycle} was appraised by engine {}, this is engine {ENGINE_VERSION}, and their results differ by more than the rules: \
         simulate it with the Merit that made it",
        run.engine_version
    )))
}

fn changed(cycle: &str) -> AppError {
    AppError::refused(format!(
        "the snapshot or the results of cycle {cycle} are not what its appraisal wrote: 'merit replay {cycle}' says where they differ; \
         restore them from a backup"
    ))
}

/// Each member with its stored result; both in order of agent id.
fn paired<'m>(
    cycle: &str,
    members: &'m [Member],
    stored: Vec<ResultRow>,
) -> Result<Vec<(&'m Member, Option<ResultRow>)>, AppError> {
    let mut stored = stored.into_iter().peekable();
    let pairs = members.iter().map(|member| (member, stored.next_if(|row| row.agent_id == member.agent_id))).collect();
    if stored.peek().is_some() { Err(changed(cycle)) } else { Ok(pairs) }
}
