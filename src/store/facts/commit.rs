//! Bringing a source's facts up to date in one transaction that touches only what differs.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{pull_reason, pull_rejected};
use sea_orm::DatabaseTransaction;

use super::super::dictionary::{Dictionary, Names};
use super::super::error::Step;
use super::super::roster::upload::claim_figures;
use super::super::write::{Lock, execute, fetch_one, instant, plain, take};
use super::super::{Ids, PullCounts, PullReason, RejectedRow, Store, StoreError, Upload, bulk};
use super::update::{Source, Update};
use crate::domain::fact::Fact;
use crate::domain::metric::MetricId;

const STEP: &str = "completing a pull";

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

/// All facts of a source in the window, each key once; in any order, fastest in that of [`Fact::key`].
#[derive(Debug, Clone, Copy)]
pub struct FactSet<'a> {
    pub agents: &'a [AgentRef],
    pub metrics: &'a [MetricId],
    /// The empty name when there is no segment.
    pub segments: &'a [Arc<str>],
    pub facts: &'a [Fact],
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

/// A sheet of figures that somebody uploaded.
#[derive(Debug, Clone, Copy)]
pub struct UploadedFacts<'a> {
    pub upload: &'a Upload,
    /// Facts of the window that it does not name stay.
    pub adds: bool,
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
    /// transaction, and only facts that differ are touched. Two commits of one source take turns; of two pulls that began
    /// before either committed, the later one is kept and the earlier gets `PullNotRunning`.
    ///
    /// Errors: `OutsideWindow`, `DuplicateFact`, `UnknownFactIndex`, `TooManyRemoved`, `PullNotRunning`, `Busy`, `DiskFull`.
    pub async fn commit_pull<R>(&self, pull: CommitPull<'_, R>, ids: Ids<'_>) -> Result<FactChanges, StoreError>
    where
        R: Iterator<Item = RejectedRow> + Send,
    {
        let (tx, changes) = self.apply_pull(pull, None, ids).await?;
        self.finish(tx, STEP).await?;
        Ok(changes)
    }

    /// As [`Store::commit_pull`], of an uploaded sheet: once, and only while roster and facts are what its preview was made from.
    ///
    /// Errors: as there, and `FiguresChanged`.
    pub async fn commit_upload<R>(
        &self,
        pull: CommitPull<'_, R>,
        upload: UploadedFacts<'_>,
        ids: Ids<'_>,
    ) -> Result<FactChanges, StoreError>
    where
        R: Iterator<Item = RejectedRow> + Send,
    {
        let (tx, changes) = self.apply_pull(pull, Some(upload), ids).await?;
        self.finish(tx, STEP).await?;
        Ok(changes)
    }

    async fn apply_pull<R>(
        &self,
        pull: CommitPull<'_, R>,
        upload: Option<UploadedFacts<'_>>,
        ids: Ids<'_>,
    ) -> Result<(DatabaseTransaction, FactChanges), StoreError>
    where
        R: Iterator<Item = RejectedRow> + Send,
    {
        let step = STEP;
        let source = self.source_of(pull.pull_id).await?;
        let tx = self.begin_write(&[Lock::Source(source.id)]).await?;
        if let Some(UploadedFacts { upload, .. }) = upload {
            take(&tx, Lock::Roster).await?;
            // Before this pull counts among the source's complete ones.
            claim_figures(&tx, upload, &source.name, pull.finished_at).await?;
        }
        // First, so that a later pull that begins meanwhile waits for this one instead of taking its place.
        let claim = "UPDATE pull SET state = 'complete' WHERE id = $1 AND state = 'running'";
        if execute(&tx, step, claim, [pull.pull_id.into()]).await? != 1 {
            return Err(StoreError::PullNotRunning(pull.pull_id));
        }
        let update = Update {
            source: &source,
            window: pull.window,
            facts: pull.facts,
            max_removed_percent: pull.max_removed_percent,
            adds: upload.is_some_and(|upload| upload.adds),
        };
        let changes = update.apply(&tx, ids).await?;
        write_reasons(&tx, pull.pull_id, pull.reasons).await?;
        write_rejected(&tx, pull.pull_id, pull.rejected).await?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let text = "UPDATE pull SET finished_at = $2, rows_read = $3, rows_used = $4, rows_superseded = $5, rows_deleted = $6, \
            rows_set_aside = $7, facts_added = $8, facts_changed = $9, facts_removed = $10 WHERE id = $1";
        let values = [
            pull.pull_id.into(),
            instant(pull.finished_at).into(),
            pull.counts.read.into(),
            pull.counts.used.into(),
            pull.counts.superseded.into(),
            pull.counts.deleted.into(),
            pull.counts.set_aside.into(),
            count(changes.added).into(),
            count(changes.changed).into(),
            count(changes.removed).into(),
        ];
        execute(&tx, step, text, values).await?;
        Ok((tx, changes))
    }

    /// What [`Store::commit_pull`] would do; nothing is kept.
    pub async fn preview_pull(&self, pull: PreviewPull<'_>, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        self.preview(pull, false, ids).await
    }

    /// The same of a sheet whose facts are added to those there are.
    pub async fn preview_adding(&self, pull: PreviewPull<'_>, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        self.preview(pull, true, ids).await
    }

    async fn preview(&self, pull: PreviewPull<'_>, adds: bool, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        let tx = self.begin_write(&[]).await?;
        let id = Dictionary::ensure(&tx, Names::Sources, [pull.source]).await?.known_id(pull.source)?;
        take(&tx, Lock::Source(id)).await?;
        let source = Source { id, name: pull.source.to_owned() };
        let update = Update {
            source: &source,
            window: pull.window,
            facts: pull.facts,
            max_removed_percent: pull.max_removed_percent,
            adds,
        };
        let changes = update.apply(&tx, ids).await?;
        tx.rollback().await.step("leaving the facts as they were")?;
        Ok(changes)
    }

    async fn source_of(&self, pull_id: i64) -> Result<Source, StoreError> {
        let text = "SELECT s.id, s.name FROM pull p JOIN source s ON s.id = p.source_id WHERE p.id = $1";
        let found = fetch_one(&self.readers, "looking up a pull", text, [pull_id.into()]).await?;
        found.ok_or(StoreError::NotFound { what: "pull", name: pull_id.to_string() })
    }
}

async fn write_reasons(tx: &DatabaseTransaction, pull_id: i64, reasons: Vec<PullReason>) -> Result<(), StoreError> {
    let rows =
        reasons.into_iter().map(|reason| pull_reason::Model { pull_id, reason: reason.reason, row_count: reason.rows });
    bulk::insert::<pull_reason::Entity>(tx, "writing why rows were set aside", rows).await
}

async fn write_rejected(
    tx: &DatabaseTransaction,
    pull_id: i64,
    rejected: impl Iterator<Item = RejectedRow> + Send,
) -> Result<(), StoreError> {
    let rows = (0..).zip(rejected).map(|(seq, row)| pull_rejected::Model {
        pull_id,
        seq,
        file: plain(&row.file),
        line: row.line,
        reason: plain(&row.reason),
        detail: plain(&row.detail),
        content: plain(&row.row),
    });
    bulk::insert::<pull_rejected::Entity>(tx, "writing the rows set aside", rows).await
}
