//! The record of pulls: what was read, used, set aside and why.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{FactChanges, Page, Store, StoreError, Window};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPull {
    pub public_id: Uuid,
    /// The source's name.
    pub source: String,
    pub window: Window,
    pub started_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullState {
    Running,
    Complete,
    Failed,
}

impl PullState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }
}

/// Rows of the export by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullCounts {
    pub read: i64,
    pub used: i64,
    /// Replaced by a later row with the same key.
    pub superseded: i64,
    /// Taken back by an action column.
    pub deleted: i64,
    pub set_aside: i64,
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    pub file: String,
    pub line: Option<i64>,
    /// A stable code, such as `unknown_agent`.
    pub reason: String,
    pub detail: String,
    /// The row as a JSON object.
    pub row: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullReason {
    pub reason: String,
    pub rows: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    pub id: i64,
    pub public_id: Uuid,
    pub source: String,
    pub state: PullState,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub window: Window,
    pub counts: PullCounts,
    pub changes: FactChanges,
    pub error: Option<String>,
}

impl Store {
    /// Records that a pull has begun and returns its id. A pull of the same source that still says it is running was killed, or
    /// is told so when it commits: it is marked failed here.
    pub async fn begin_pull(&self, pull: &NewPull) -> Result<i64, StoreError> {
        todo!()
    }

    /// Records that a running pull failed; any other is left as it is.
    pub async fn fail_pull(&self, pull_id: i64, error: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        todo!()
    }

    /// Pulls before the id `before`, newest first; of one source when named.
    pub async fn pulls_page(
        &self,
        source: Option<&str>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Page<Pull>, StoreError> {
        todo!()
    }

    pub async fn pull_by_public_id(&self, public_id: Uuid) -> Result<Option<Pull>, StoreError> {
        todo!()
    }

    pub async fn pull_by_id(&self, pull_id: i64) -> Result<Option<Pull>, StoreError> {
        todo!()
    }

    /// Why rows were set aside, most rows first.
    pub async fn pull_reasons(&self, pull_id: i64) -> Result<Vec<PullReason>, StoreError> {
        todo!()
    }

    /// Rejected rows after the number `after`, with their numbers, in the order they were set aside.
    pub async fn pull_rejected_page(
        &self,
        pull_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Page<(i64, RejectedRow)>, StoreError> {
        todo!()
    }
}
