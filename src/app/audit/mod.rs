//! The audit log: what use cases enter in it, and what auditors read from it.

mod list;
mod reads;
mod verify;

use std::fmt::Display;
use std::sync::Arc;

use serde_json::Value;

pub use list::{AuditView, WantedEntries};
pub(super) use reads::ReadLog;
pub use verify::{Anchor, AnchoredLane, AuditProblem, AuditReport};

use super::{App, AppError, Slice};
use crate::domain::audit::{Digest, Record};
use crate::domain::authority::Reach;
use crate::store::Store;

/// Something that was done, as the log tells it. Each is for one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    act: &'static str,
    subject_kind: &'static str,
    subject: String,
    detail: String,
    before: Option<Digest>,
    after: Option<Digest>,
    reason: Option<String>,
}

impl Change {
    /// A stable code such as `grant.create`; what kind of thing it is about, and its stable name.
    pub fn new(act: &'static str, subject_kind: &'static str, subject: impl Display) -> Self {
        let subject = subject.to_string();
        Self { act, subject_kind, subject, detail: String::new(), before: None, after: None, reason: None }
    }

    /// Circumstances, such as the cycle.
    #[must_use]
    pub fn detail(mut self, detail: impl Display) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// What it was before.
    #[must_use]
    pub fn before(mut self, before: Option<Digest>) -> Self {
        self.before = before;
        self
    }

    /// What it is now.
    #[must_use]
    pub fn after(mut self, after: Option<Digest>) -> Self {
        self.after = after;
        self
    }

    /// What somebody gave as the reason; an empty one is none.
    #[must_use]
    pub fn reason(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
        self
    }
}

impl App {
    /// The store, whose next writing operation enters this change in the log: both are kept, or neither.
    pub(super) fn recorded(&self, change: Change) -> Store {
        self.store.recording(self.record(change))
    }

    /// As [`App::recorded`], for what a job is about: while one is being done, it keeps `effect` in the same transaction.
    pub(super) fn recorded_effect(&self, change: Change, effect: &Value) -> Store {
        self.recorded(change).taking_effect(&effect.to_string())
    }

    /// Enters something that changed no table, such as a sign-in, and waits until it is kept.
    pub async fn note(&self, change: Change) -> Result<(), AppError> {
        self.reads.keep(self.record(change)).await
    }

    /// Enters a reading in the log. What was read must not leave before this returns. Errors: `Unrecorded`.
    pub(super) async fn recorded_read(&self, read: Change) -> Result<(), AppError> {
        self.note(read).await
    }

    /// As [`App::recorded_read`], for what is about one agent; somebody's own is not recorded.
    pub(super) async fn recorded_read_of(&self, agent_id: i64, read: Change) -> Result<(), AppError> {
        if self.actor.own_account().is_some_and(|account| account.agent_id == Some(agent_id)) {
            return Ok(());
        }
        self.recorded_read(read).await
    }

    /// As [`App::recorded_read`], for a page of a list; one that can hold only somebody's own is not recorded.
    pub(super) async fn recorded_list(&self, reach: &Reach, read: Change) -> Result<(), AppError> {
        if !reach.everything && reach.units.is_empty() {
            return Ok(());
        }
        self.recorded_read(read).await
    }

    fn record(&self, change: Change) -> Record {
        let Change { act, subject_kind, subject, detail, before, after, reason } = change;
        Record {
            public_id: self.clock.new_id(),
            at: self.clock.now(),
            actor: self.actor.entry_name(),
            actor_account: self.actor.own_account().map(|account| account.id),
            act: act.to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject,
            detail,
            before,
            after,
            request_id: self.actor.request(),
            reason,
        }
    }
}

/// The log of readings that the copies of one `App` share.
pub(super) type SharedReadLog = Arc<ReadLog>;

/// What a page of a list showed: its filters, where it began, how many rows it had, and the first and last of them. Lists are in order of
/// their keys, so this says who was on the page.
pub(super) fn page_detail<'a>(
    filters: &[(&str, Option<&str>)],
    slice: &Slice,
    keys: impl ExactSizeIterator<Item = &'a str> + DoubleEndedIterator,
) -> String {
    let mut parts: Vec<String> =
        filters.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
    parts.extend(slice.after.as_ref().map(|after| format!("after={after}")));
    let mut keys = keys;
    parts.push(format!("rows={}", keys.len()));
    let (first, last) = (keys.next(), keys.next_back());
    if let Some(first) = first {
        parts.push(format!("{first}…{}", last.unwrap_or(first)));
    }
    parts.join(" ")
}
