//! The life of a run: begun, then completed by one small update that makes it current, or failed and left behind.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    pub public_id: Uuid,
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
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteRun {
    pub run_id: i64,
    pub snapshot_hash: String,
    pub result_hash: String,
    pub agents: i64,
    pub finished_at: DateTime<Utc>,
}

impl Store {
    /// Begins a run. A run of the same cycle that still says it is running was killed, or is told so at its next step: it is
    /// marked failed here and its half results are deleted.
    pub async fn begin_run(&self, run: &NewRun) -> Result<Run, StoreError> {
        todo!()
    }

    /// Makes a running run complete and its cycle's current one, in one small transaction.
    ///
    /// Errors: `RunNotRunning`.
    pub async fn complete_run(&self, run: &CompleteRun) -> Result<(), StoreError> {
        todo!()
    }

    /// Marks a running run failed and deletes its half results; the cycle's current run stays.
    pub async fn fail_run(&self, run_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        todo!()
    }

    pub async fn run(&self, run_id: i64) -> Result<Option<Run>, StoreError> {
        todo!()
    }

    /// A cycle's runs, newest first.
    pub async fn runs(&self, cycle_id: i64) -> Result<Vec<Run>, StoreError> {
        todo!()
    }
}
