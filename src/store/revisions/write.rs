//! Making results of single agents stand in the place of their earlier ones: one transaction, before which nothing of them is seen.

use chrono::{DateTime, Utc};
use entity::{revision, run, run_agent};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::super::agent_results::change::take_on;
use super::super::cycle::Cycle;
use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::results::rows::write_under;
use super::super::runs::begin::{Run, RunState, cycle_of};
use super::super::write::{Lock, execute, instant, plain};
use super::super::{PackedResult, SnapshotRow, Store, StoreError, bulk};
use super::adjustments::{NewAdjustment, post};
use crate::domain::agent_result::ResultAct;
use crate::domain::cycle::CycleState;

const STEP: &str = "keeping a revision";

/// Why a revision was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionKind {
    /// An appeal was decided so.
    Varied,
    /// A final result was mended.
    Corrected,
}

/// One agent's part in a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisedAgent {
    pub snapshot: SnapshotRow,
    /// `None` where no card measures what the agent did. Packed for any run.
    pub result: Option<PackedResult>,
    /// The revision that stood before; `None` for the cycle's own result.
    pub stood: Option<i64>,
    pub adjustments: Vec<NewAdjustment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    pub public_id: Uuid,
    /// The run whose common figures it was computed with.
    pub base: Run,
    pub kind: RevisionKind,
    pub reason: String,
    pub by: Doer,
    pub at: DateTime<Utc>,
    pub snapshot_hash: String,
    pub result_hash: String,
    /// In order of agent id.
    pub agents: Vec<RevisedAgent>,
    /// The cycle that adjustments are posted in.
    pub post_in: Option<i64>,
}

impl RevisionKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Varied => "varied",
            Self::Corrected => "corrected",
        }
    }

    pub(super) fn of(text: String) -> Result<Self, StoreError> {
        [Self::Varied, Self::Corrected]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(StoreError::Unreadable { what: "the kind of a revision", value: text })
    }

    const fn act(self) -> ResultAct {
        match self {
            Self::Varied => ResultAct::Vary,
            Self::Corrected => ResultAct::Correct,
        }
    }

    const fn states(self) -> &'static [CycleState] {
        match self {
            Self::Varied => &[CycleState::Published, CycleState::Appeal],
            Self::Corrected => &[CycleState::Final, CycleState::Closed],
        }
    }
}

impl Store {
    /// Makes corrected results stand, and posts what they change in pay. Errors: as for [`keep`].
    pub async fn correct_results(&self, new: &NewRevision) -> Result<Run, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let run = keep(&tx, new).await?;
        self.finish(tx, STEP).await?;
        Ok(run)
    }
}

/// Keeps the revision and makes its results stand; the transaction holds the lock of cycles.
///
/// Errors: `NotRevisable` for a cycle in another state; `Changed` when another run or revision stands meanwhile; `ResultState` for a
/// result that is not where the act begins; `NotPostable` when the cycle to post in is not open.
pub(in super::super) async fn keep(tx: &DatabaseTransaction, new: &NewRevision) -> Result<Run, StoreError> {
    let cycle = cycle_of(tx, new.base.cycle_id).await?;
    if !new.kind.states().contains(&cycle.state) {
        return Err(StoreError::NotRevisable { code: cycle.code, state: cycle.state });
    }
    if cycle.current_run_id != Some(new.base.id) {
        return Err(StoreError::Changed { what: "cycle", name: cycle.code });
    }
    let run = begin(tx, &cycle, new).await?;
    let (snapshots, results) = rows(run.id, &new.agents);
    bulk::insert::<run_agent::Entity>(tx, STEP, snapshots).await?;
    write_under(tx, run.id, results).await?;
    for agent in &new.agents {
        stand(tx, &cycle, new.kind, run.id, agent).await?;
    }
    post(tx, &cycle, run.id, new).await?;
    Ok(run)
}

/// What is kept of the agents under the run.
fn rows(run_id: i64, agents: &[RevisedAgent]) -> (Vec<run_agent::Model>, Vec<PackedResult>) {
    let snapshot = |agent: &RevisedAgent| {
        let SnapshotRow { agent_id, employee_number, unit_id, snapshot } = agent.snapshot.clone();
        run_agent::Model { run_id, agent_id, employee_number, unit_id, snapshot }
    };
    (agents.iter().map(snapshot).collect(), agents.iter().filter_map(|agent| agent.result.clone()).collect())
}

async fn begin(tx: &DatabaseTransaction, cycle: &Cycle, new: &NewRevision) -> Result<Run, StoreError> {
    let newest = run::Entity::find().filter(run::Column::CycleId.eq(cycle.id)).order_by_desc(run::Column::Revision);
    let newest = newest.one(tx).await.step(STEP)?;
    let row = run::ActiveModel {
        id: NotSet,
        public_id: Set(new.public_id),
        cycle_id: Set(cycle.id),
        revision: Set(newest.map_or(1, |run| run.revision + 1)),
        state: Set(RunState::Complete.code().to_owned()),
        ruleset_hash: Set(new.base.ruleset_hash.clone()),
        engine_version: Set(new.base.engine_version.clone()),
        snapshot_hash: Set(Some(new.snapshot_hash.clone())),
        result_hash: Set(Some(new.result_hash.clone())),
        // What was looked back at is in the snapshots, which are taken over from the base.
        history_run_ids: Set(String::new()),
        started_at: Set(instant(new.at)),
        finished_at: Set(Some(instant(new.at))),
        agents: Set(i64::try_from(new.agents.len()).unwrap_or(i64::MAX)),
        inputs_version: Set(new.base.inputs_version),
    };
    let model = row.insert(tx).await.step(STEP)?;
    let (actor, account_id) = new.by.columns();
    let row = revision::ActiveModel {
        run_id: Set(model.id),
        base_run_id: Set(new.base.id),
        kind: Set(new.kind.as_str().to_owned()),
        reason: Set(plain(&new.reason)),
        actor: Set(actor),
        account_id: Set(account_id),
    };
    row.insert(tx).await.step(STEP)?;
    Run::try_from(model)
}

/// Makes the agent's result of the revision the one that stands.
async fn stand(
    tx: &DatabaseTransaction,
    cycle: &Cycle,
    kind: RevisionKind,
    run_id: i64,
    agent: &RevisedAgent,
) -> Result<(), StoreError> {
    let agent_id = agent.snapshot.agent_id;
    take_on(tx, (cycle.id, agent_id), kind.act()).await?;
    let paid = match kind {
        RevisionKind::Varied => ", paid_run_id = $3",
        RevisionKind::Corrected => "",
    };
    let text = format!(
        "UPDATE agent_result SET revised_run_id = $3, unit_id = $4{paid}
        WHERE cycle_id = $1 AND agent_id = $2 AND revised_run_id IS NOT DISTINCT FROM $5"
    );
    let values = [cycle.id.into(), agent_id.into(), run_id.into(), agent.snapshot.unit_id.into(), agent.stood.into()];
    match execute(tx, STEP, text, values).await? {
        1 => Ok(()),
        _ => Err(StoreError::Changed { what: "the result of", name: agent.snapshot.employee_number.clone() }),
    }
}
