//! Jobs: long work that is asked for here and done by workers, as whoever asked, with what they may do when it is done.

mod asker;
mod perform;
mod schedule;
mod stop;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::Notify;
use uuid::Uuid;

pub(super) use perform::Tally;
pub(super) use perform::published;
pub use schedule::Schedules;
pub(super) use stop::Stop;
pub use work::WorkOrder;

use super::{App, AppError, Change, Slice};
use crate::app::refusal::Why;
use crate::domain::job::{JobKind, JobOrder, JobState, Pace};
use crate::domain::period::Period;
use crate::store::{Held, Job, JobFilter, JobProblem, NewJob, StoreError};

/// Wakes workers of this process when something is asked for.
pub(super) type Bell = Arc<Notify>;

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    pub id: Uuid,
    pub order: JobOrder,
    pub scope: String,
    pub state: JobState,
    pub asked_by: String,
    pub asked_at: DateTime<Utc>,
    /// It is not begun before.
    pub not_before: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub attempts: i64,
    pub cancel_asked_at: Option<DateTime<Utc>>,
    /// `bytes`, `rows` or `agents`.
    pub counted: Option<String>,
    pub done: i64,
    pub total: Option<i64>,
    pub pace: Option<Pace>,
    /// Only where one job is shown, to whoever may do such work today.
    pub result: Option<Value>,
    pub problem: Option<JobProblem>,
}

/// A page of a list of jobs, and the key of the next page.
type JobPage = (Vec<JobView>, Option<String>);

impl App {
    /// Queues a job. Whatever can be known now is checked now.
    pub async fn ask_job(&self, order: JobOrder) -> Result<JobView, AppError> {
        self.ask_job_at(order, None).await
    }

    /// Queues a job that is not begun before a moment; one that has passed is no matter.
    pub async fn ask_job_at(&self, order: JobOrder, not_before: Option<DateTime<Utc>>) -> Result<JobView, AppError> {
        self.require_all(order.kind())?;
        let order = self.checked_order(order).await?;
        let new = NewJob {
            public_id: self.clock.new_id(),
            asked_by: self.actor.doer(),
            only: self.actor.only_acts().cloned(),
            asked_at: self.clock.now(),
            not_before,
            due: None,
            order,
        };
        let at = not_before.map(|at| format!(" not_before={at}")).unwrap_or_default();
        let change =
            Change::new("job.ask", "job", new.public_id).detail(format_args!("scope={}{at}", new.order.scope()));
        let job = self.recorded(change).ask_job(&new).await?;
        let job = job.ok_or_else(|| AppError::conflict(format!("there already is a job '{}'", new.public_id)))?;
        self.bell.notify_one();
        self.view(job).await
    }

    /// The same, while the job in these hands is done: what it is about is kept once, whichever attempt does it.
    #[must_use]
    fn doing(mut self, held: &Held) -> Self {
        self.store = self.store.held_by(held.clone());
        self
    }

    /// Jobs that whoever asks may see, newest first.
    pub async fn jobs(&self, slice: &Slice, state: Option<JobState>) -> Result<JobPage, AppError> {
        let filter = JobFilter {
            account: self.actor.own_account().map(|account| account.id),
            kinds: JobKind::ALL.into_iter().filter(|kind| self.may_all(*kind)).collect(),
            state,
        };
        if filter.account.is_none() && filter.kinds.is_empty() {
            self.require_all(JobKind::Pull)?;
        }
        let before = slice.after.as_deref().map(Uuid::parse_str).transpose();
        let before = before.map_err(|_| AppError::invalid("cursor: not one that Merit gave for this list"))?;
        let page = self.store.jobs_page(&filter, before, slice.limit.into()).await?;
        let next = page.rows.last().filter(|_| page.more).map(|job| job.public_id.to_string());
        let logins = self.store.logins(page.rows.iter().filter_map(|job| job.asked_by.account_id())).await?;
        Ok((page.rows.into_iter().map(|job| self.view_with(job, &logins)).collect(), next))
    }

    /// A job with its result. That of a simulation is pay, and its reading is recorded.
    pub async fn job(&self, id: Uuid) -> Result<JobView, AppError> {
        let mut job = self.seen_job(id).await?;
        let own = job.asked_by == self.actor.doer() && job.order.kind() == JobKind::Export;
        let result = job.result.take().filter(|_| own || self.may_all(job.order.kind()));
        let result = result.map(|result| serde_json::from_str(&result)).transpose()?;
        if result.is_some() && job.order.kind() == JobKind::Simulate {
            let read = Change::new("job.read_result", "job", id).detail(format_args!("scope={}", job.scope));
            self.recorded_read(read).await?;
        }
        Ok(JobView { result, ..self.view(job).await? })
    }

    /// How far a job is, without its result.
    pub async fn job_progress(&self, id: Uuid) -> Result<JobView, AppError> {
        let job = self.seen_job(id).await?;
        self.view(job).await
    }

    /// Cancels a queued job; a running one is told to stop, and leaves nothing half done.
    pub async fn cancel_job(&self, id: Uuid) -> Result<JobView, AppError> {
        let job = self.seen_job(id).await?;
        let change = Change::new("job.cancel", "job", id).detail(format_args!("scope={}", job.scope));
        let job = self.recorded(change).cancel_job(id, self.clock.now()).await.map_err(|error| match error {
            StoreError::Ended { .. } => AppError::refused(error.to_string()).because(Why::JobEnded {}),
            other => other.into(),
        })?;
        self.view(job).await
    }

    /// A job of one's own, or of a kind one may do oneself; any other looks like one that does not exist.
    pub(super) async fn seen_job(&self, id: Uuid) -> Result<Job, AppError> {
        let job = self.store.job_by_public_id(id).await?;
        let own = self.actor.own_account().map(|account| account.id);
        let seen = |job: &Job| (own.is_some() && job.asked_by.account_id() == own) || self.may_all(job.order.kind());
        job.filter(seen)
            .ok_or_else(|| AppError::NotFound(format!("there is no job '{id}'; 'merit job list' shows them")))
    }

    /// What depends on the order is asked for by [`App::checked_order`].
    fn require_all(&self, kind: JobKind) -> Result<(), AppError> {
        kind.acts().unwrap_or_default().iter().try_for_each(|act| self.require(*act))
    }

    fn may_all(&self, kind: JobKind) -> bool {
        kind.acts().map_or_else(|| self.actor.is_operator(), |acts| acts.iter().all(|act| self.may(*act)))
    }

    /// The order with what it names found.
    async fn checked_order(&self, order: JobOrder) -> Result<JobOrder, AppError> {
        match order {
            JobOrder::Pull { ref source, from, to, .. } => {
                let (first, last) = (from.unwrap_or_default(), to.unwrap_or_else(|| self.clock.today()));
                Period::new(first, last).map_err(|error| AppError::invalid(format!("from and to: {error}")))?;
                if self.rules_folder.is_some() {
                    self.source_known(source)?;
                }
                Ok(order)
            }
            JobOrder::Freeze { ref cycle } | JobOrder::Score { ref cycle } | JobOrder::Appraise { ref cycle } => {
                self.cycle(cycle).await?;
                Ok(order)
            }
            JobOrder::Publish { cycle, units, approved: shown } => {
                for unit in &units {
                    self.unit(unit).await?;
                }
                let approved = self.approved_digest(&cycle).await?;
                if !shown.is_empty() && shown != approved {
                    return Err(AppError::changed(format!(
                        "since this was shown, other results of cycle {cycle} were approved: look at it again"
                    ))
                    .because(Why::OtherApproved {}));
                }
                Ok(JobOrder::Publish { cycle, units, approved })
            }
            JobOrder::Simulate { cycle, rules, all } => {
                self.cycle(&cycle).await?;
                // Never a folder: whoever asks over the API has none on this machine.
                let version = self.rule_version(&rules).await?;
                Ok(JobOrder::Simulate { cycle, rules: version.hash, all })
            }
            JobOrder::Export(export) => {
                self.checked_export(&export).await?;
                Ok(JobOrder::Export(export))
            }
        }
    }

    fn source_known(&self, source: &str) -> Result<(), AppError> {
        let Some(loaded) = self.own_rules()? else { return Ok(()) };
        if loaded.sources.contains_key(source) {
            return Ok(());
        }
        let known: Vec<&str> = loaded.sources.keys().map(String::as_str).collect();
        Err(AppError::NotFound(format!("the rules have no source '{source}'; they have {}", known.join(", "))))
    }

    async fn view(&self, job: Job) -> Result<JobView, AppError> {
        let logins = self.store.logins(job.asked_by.account_id()).await?;
        Ok(self.view_with(job, &logins))
    }

    /// With the logins of accounts that asked.
    fn view_with(&self, job: Job, logins: &BTreeMap<i64, String>) -> JobView {
        let until = job.finished_at.unwrap_or_else(|| self.clock.now());
        let taken = job.started_at.map(|started| (until - started).num_milliseconds());
        let running = matches!(job.state, JobState::Running | JobState::Done);
        let pace = taken.filter(|_| running).and_then(|taken| Pace::of(job.done, job.total, taken));
        JobView {
            id: job.public_id,
            order: job.order,
            scope: job.scope,
            state: job.state,
            asked_by: job.asked_by.name(logins).to_owned(),
            asked_at: job.asked_at,
            not_before: job.not_before,
            started_at: job.started_at,
            finished_at: job.finished_at,
            due_at: job.due_at,
            attempts: job.attempts,
            cancel_asked_at: job.cancel_asked_at,
            counted: job.counted,
            done: job.done,
            total: job.total,
            pace,
            result: None,
            problem: job.problem,
        }
    }
}
