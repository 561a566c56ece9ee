//! Bringing a source's facts up to date in one transaction that touches only what differs.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::{Ids, PullCounts, PullReason, RejectedRow, Store, StoreError};
use crate::domain::fact::Pooled;
use crate::domain::metric::MetricId;

/// The days a pull covers; an open end covers all days on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Window {
    /// Every day.
    pub const ALL: Self = Self { from: None, to: None };

    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("(all)"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "to {to}"),
            (Some(from), Some(to)) => write!(f, "from {from} to {to}"),
        }
    }
}

/// Whose fact it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentRef {
    /// The id of an agent on the roster.
    Known(i64),
    /// An employee number not on the roster; the agent is made with the facts, named by the number.
    New(String),
}

/// One fact; the numbers are positions in the lists of its [`FactSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PulledFact {
    pub agent: u32,
    pub metric: u32,
    pub day: NaiveDate,
    pub segment: u32,
    pub pooled: Pooled,
}

/// All facts of a source in the window, in any order, each key once.
#[derive(Debug, Clone, Copy)]
pub struct FactSet<'a> {
    pub agents: &'a [AgentRef],
    pub metrics: &'a [MetricId],
    /// The empty name when there is no segment.
    pub segments: &'a [String],
    pub facts: &'a [PulledFact],
}

/// A pull that has been read and is to be kept. `R` gives the rejected rows; they are written in chunks as they come.
pub struct CommitPull<'a, R> {
    pub pull_id: i64,
    pub window: Window,
    pub facts: FactSet<'a>,
    pub counts: PullCounts,
    pub reasons: Vec<PullReason>,
    pub rejected: R,
    /// Refuse to remove more than this share of the source's facts in the window, once there are 100 of them.
    pub max_removed_percent: u8,
    pub finished_at: DateTime<Utc>,
}

/// A pull that has been read and is only to be looked at.
pub struct PreviewPull<'a> {
    pub source: &'a str,
    pub window: Window,
    pub facts: FactSet<'a>,
    pub max_removed_percent: u8,
}

/// Facts by what a pull did to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FactChanges {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
}

impl Store {
    /// Makes the source's facts in the window equal to `facts`, makes new agents, and completes the pull: all in one
    /// transaction, and only facts that differ are touched. Two commits of one source take turns.
    ///
    /// Errors: `OutsideWindow`, `DuplicateFact`, `UnknownFactIndex`, `TooManyRemoved`, `PullNotRunning`, `Busy`, `DiskFull`.
    pub async fn commit_pull<R>(&self, pull: CommitPull<'_, R>, ids: Ids<'_>) -> Result<FactChanges, StoreError>
    where
        R: Iterator<Item = RejectedRow> + Send,
    {
        todo!()
    }

    /// What [`Store::commit_pull`] would do; nothing is kept.
    pub async fn preview_pull(&self, pull: PreviewPull<'_>, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        todo!()
    }
}
