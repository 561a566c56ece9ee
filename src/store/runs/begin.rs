//! The life of a run: begun, then completed by one small update that makes it current, or failed and left behind.

use chrono::{DateTime, Utc};
use entity::run::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, NotSet,
    QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::super::cycle::{Cycle, cycle_state};
use super::super::cycle_events::{Doer, NewCycleEvent, enter};
use super::super::error::Step;
use super::super::rules::problem::VersionProblem;
use super::super::write::{Lock, execute, instant, sql};
use super::super::{Engine, Store, StoreError};
use crate::domain::cycle::{CycleAct, CycleState};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    pub public_id: Uuid,
    /// `Freeze`, `Score` or `Appraise`.
    pub act: CycleAct,
    pub cycle_id: i64,
    pub ruleset_hash: String,
    pub engine_version: String,
    /// Runs of earlier cycles that plans look at, oldest first (see [`Store::earlier_runs`]).
    pub history_run_ids: Vec<i64>,
    pub started_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Running,
    /// Its snapshot is whole, and it has no results.
    Frozen,
    Complete,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    /// 1 for a cycle's first run; a killed run keeps its number.
    pub revision: i64,
    pub state: RunState,
    pub ruleset_hash: String,
    pub engine_version: String,
    pub snapshot_hash: Option<String>,
    pub result_hash: Option<String>,
    pub history_run_ids: Vec<i64>,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub agents: i64,
    /// The cycle's when it read what people judged and decided.
    pub inputs_version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteRun {
    pub run_id: i64,
    /// What the run was begun for.
    pub act: CycleAct,
    pub snapshot_hash: String,
    /// `None` where the facts are only frozen.
    pub result_hash: Option<String>,
    pub agents: i64,
    pub by: Doer,
    pub finished_at: DateTime<Utc>,
}

impl RunState {
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Frozen => "frozen",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }

    fn read(code: String) -> Result<Self, StoreError> {
        [Self::Running, Self::Frozen, Self::Complete, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or(StoreError::Unreadable { what: "the state of a run", value: code })
    }
}

impl TryFrom<Model> for Run {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: model.id,
            public_id: model.public_id,
            cycle_id: model.cycle_id,
            revision: model.revision,
            state: RunState::read(model.state)?,
            ruleset_hash: model.ruleset_hash,
            engine_version: model.engine_version,
            snapshot_hash: model.snapshot_hash,
            result_hash: model.result_hash,
            history_run_ids: read_ids(&model.history_run_ids)?,
            started_at: model.started_at,
            finished_at: model.finished_at,
            agents: model.agents,
            inputs_version: model.inputs_version,
        })
    }
}

fn write_ids(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")
}

fn read_ids(text: &str) -> Result<Vec<i64>, StoreError> {
    text.split_whitespace()
        .map(|id| id.parse().map_err(|_| StoreError::Unreadable { what: "the earlier runs", value: text.to_owned() }))
        .collect()
}

/// The run whose results a cycle shows, and how far that cycle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRun {
    pub run: Run,
    pub state: CycleState,
    /// Whether a revision took the place of somebody's result.
    pub revised: bool,
}

impl Store {
    /// Begins a run. A run of the same cycle that still says it is running was killed, or is told so at its next step: it is
    /// marked failed here and its half results are deleted.
    pub async fn begin_run(&self, run: &NewRun) -> Result<Run, StoreError> {
        let step = "beginning a run";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        self.hold_job(&tx).await?;
        let cycle = refuse_outdated(&tx, run).await?;
        let earlier = fail_running(&tx, run.cycle_id, run.started_at).await?;
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(run.public_id),
            cycle_id: Set(run.cycle_id),
            revision: Set(earlier.first().map_or(1, |last| last.revision + 1)),
            state: Set(RunState::Running.code().to_owned()),
            ruleset_hash: Set(run.ruleset_hash.clone()),
            engine_version: Set(run.engine_version.clone()),
            snapshot_hash: Set(None),
            result_hash: Set(None),
            history_run_ids: Set(write_ids(&run.history_run_ids)),
            started_at: Set(instant(run.started_at)),
            finished_at: Set(None),
            agents: Set(0),
            inputs_version: Set(cycle.inputs_version),
        };
        let model = row.insert(&tx).await.step(step)?;
        tx.commit().await.step(step)?;
        Run::try_from(model)
    }

    /// Makes a running run complete and its cycle's current one, in one small transaction. One that only froze the facts takes away the results
    /// that stood before, which are of other facts.
    ///
    /// Errors: `RunNotRunning`; `CycleState` when the cycle went on meanwhile.
    pub async fn complete_run(&self, run: &CompleteRun) -> Result<(), StoreError> {
        let step = "completing a run";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let text = "UPDATE run SET state = $6, snapshot_hash = $2, result_hash = $3, agents = $4, finished_at = $5
            WHERE id = $1 AND state = 'running'";
        let only_frozen = run.act == CycleAct::Freeze;
        let state = if only_frozen { RunState::Frozen } else { RunState::Complete };
        let values = [
            run.run_id.into(),
            run.snapshot_hash.as_str().into(),
            run.result_hash.clone().into(),
            run.agents.into(),
            instant(run.finished_at).into(),
            state.code().into(),
        ];
        if execute(&tx, step, text, values).await? != 1 {
            return Err(StoreError::RunNotRunning(run.run_id));
        }
        let found = Entity::find_by_id(run.run_id).one(&tx).await.step(step)?;
        let cycle_id = found.ok_or(StoreError::RunNotRunning(run.run_id))?.cycle_id;
        let event = NewCycleEvent {
            act: run.act,
            by: run.by.clone(),
            at: run.finished_at,
            reason: None,
            sheet: None,
            units: Vec::new(),
        };
        let shown = (!only_frozen).then_some(run.run_id);
        enter(&tx, &cycle_of(&tx, cycle_id).await?, shown, &event).await?;
        if run.act != CycleAct::Score {
            let text = "UPDATE cycle SET frozen_run_id = $2 WHERE id = $1";
            execute(&tx, step, text, [cycle_id.into(), run.run_id.into()]).await?;
        }
        self.finish(tx, step).await
    }

    /// Marks a running run failed and deletes its half results; the cycle's current run stays.
    pub async fn fail_run(&self, run_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        fail(&tx, run_id, now).await?;
        tx.commit().await.step("recording that a run failed")
    }

    pub async fn run(&self, run_id: i64) -> Result<Option<Run>, StoreError> {
        let found = Entity::find_by_id(run_id).one(&self.readers).await.step("looking up a run")?;
        found.map(Run::try_from).transpose()
    }

    /// The run whose results the cycle of this code shows.
    pub async fn shown_run(&self, cycle: &str) -> Result<Option<ShownRun>, StoreError> {
        let step = "looking up the run of a cycle";
        let text = "SELECT r.*, c.state AS cycle_state, CAST(CASE WHEN EXISTS (
                SELECT 1 FROM agent_result x WHERE x.cycle_id = c.id AND x.revised_run_id IS NOT NULL
            ) THEN 1 ELSE 0 END AS BIGINT) AS revised
            FROM cycle c JOIN run r ON r.id = c.current_run_id WHERE c.code = $1";
        let statement = sql(&self.readers, text, [cycle.into()]);
        let Some(row) = self.readers.query_one_raw(statement).await.step(step)? else { return Ok(None) };
        let state: String = row.try_get("", "cycle_state").step(step)?;
        let run = Model::from_query_result(&row, "").step(step)?.try_into()?;
        let revised: i64 = row.try_get("", "revised").step(step)?;
        Ok(Some(ShownRun { run, state: cycle_state(state)?, revised: revised != 0 }))
    }

    /// A cycle's runs, newest first.
    pub async fn runs(&self, cycle_id: i64) -> Result<Vec<Run>, StoreError> {
        let runs = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .order_by_desc(Column::Revision)
            .all(&self.readers)
            .await
            .step("listing runs")?;
        runs.into_iter().map(Run::try_from).collect()
    }
}

/// Refuses a run of a cycle that is no longer appraised, or by rules that it has exchanged meanwhile.
async fn refuse_outdated(tx: &DatabaseTransaction, run: &NewRun) -> Result<Cycle, StoreError> {
    let cycle = cycle_of(tx, run.cycle_id).await?;
    if cycle.state.after(run.act).is_none() {
        return Err(StoreError::CycleState { code: cycle.code, state: cycle.state, act: run.act });
    }
    if cycle.ruleset_hash != run.ruleset_hash {
        return Err(VersionProblem::Exchanged(cycle.code).into());
    }
    Ok(cycle)
}

pub(in super::super) async fn cycle_of(tx: &DatabaseTransaction, id: i64) -> Result<Cycle, StoreError> {
    let found = entity::cycle::Entity::find_by_id(id).one(tx).await.step("looking up the cycle of a run")?;
    Cycle::from_model(found.ok_or_else(|| StoreError::NotFound { what: "cycle", name: id.to_string() })?)
}

/// Ends the cycle's runs that still say they are running; gives all its runs as they were, newest first.
pub(in super::super) async fn fail_running(
    tx: &DatabaseTransaction,
    cycle_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, StoreError> {
    let runs = Entity::find()
        .filter(Column::CycleId.eq(cycle_id))
        .order_by_desc(Column::Revision)
        .all(tx)
        .await
        .step("looking up earlier runs")?;
    for half in runs.iter().filter(|run| run.state == RunState::Running.code()) {
        fail(tx, half.id, now).await?;
    }
    Ok(runs)
}

async fn fail(tx: &DatabaseTransaction, run_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let step = "clearing a half run";
    let text = "UPDATE run SET state = 'failed', finished_at = $2 WHERE id = $1 AND state = 'running'";
    if execute(tx, step, text, [run_id.into(), instant(now).into()]).await? == 0 {
        return Ok(());
    }
    for table in ["scorecard", "unit_scorecard", "payout", "improvement_plan", "run_agent", "run_unit"] {
        execute(tx, step, format!("DELETE FROM {table} WHERE run_id = $1"), [run_id.into()]).await?;
    }
    Ok(())
}

impl Store {
    /// Begins a transaction that writes a part of a running run. PostgreSQL need not have it on disk when it answers: nobody sees a
    /// run before the transaction that completes it, and when that one is on disk, so is everything before it.
    pub(in super::super) async fn begin_part(&self, run_id: i64) -> Result<DatabaseTransaction, StoreError> {
        let tx = self.begin_write(&[]).await?;
        if self.engine == Engine::Postgres {
            execute(&tx, "beginning to write", "SET LOCAL synchronous_commit = off", []).await?;
        }
        hold(&tx, run_id).await?;
        Ok(tx)
    }
}

/// Refuses a step of a run that is not running, and keeps others from ending it before the transaction does.
pub(in super::super) async fn hold(tx: &DatabaseTransaction, run_id: i64) -> Result<(), StoreError> {
    let text = "UPDATE run SET state = state WHERE id = $1 AND state = 'running'";
    match execute(tx, "holding a run", text, [run_id.into()]).await? {
        1 => Ok(()),
        _ => Err(StoreError::RunNotRunning(run_id)),
    }
}
