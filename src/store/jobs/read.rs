//! Jobs as they stand.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::job::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::access::token::parsed;
use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::write::{fetch_one, instant};
use super::super::{Page, Store, StoreError};
use crate::domain::authority::Act;
use crate::domain::job::{JobKind, JobOrder, JobState};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: i64,
    pub public_id: Uuid,
    pub order: JobOrder,
    pub scope: String,
    pub state: JobState,
    /// Schedules are named like operators.
    pub asked_by: Doer,
    /// The acts that the token in use was for; all when absent.
    pub only: Option<BTreeSet<Act>>,
    pub asked_at: DateTime<Utc>,
    /// It is not begun before.
    pub not_before: Option<DateTime<Utc>>,
    /// Of the last attempt.
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub worker: Option<String>,
    pub heartbeat_at: Option<DateTime<Utc>>,
    pub attempts: i64,
    pub cancel_asked_at: Option<DateTime<Utc>>,
    /// `bytes`, `rows` or `agents`.
    pub counted: Option<String>,
    pub done: i64,
    pub total: Option<i64>,
    /// JSON: what it did, when that is done already.
    pub effect: Option<String>,
    /// JSON.
    pub result: Option<String>,
    pub problem: Option<JobProblem>,
    /// The moment for which a schedule asked.
    pub due_at: Option<DateTime<Utc>>,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobProblem {
    /// As the API's problems.
    pub code: String,
    pub text: String,
}

/// Whose jobs a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Those this account asked for.
    pub account: Option<i64>,
    /// And all of these kinds.
    pub kinds: Vec<JobKind>,
    /// Only those in this state.
    pub state: Option<JobState>,
}

impl TryFrom<Model> for Job {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            public_id,
            kind: _,
            arguments,
            scope,
            state,
            account_id,
            asked_by,
            acts,
            asked_at,
            not_before,
            started_at,
            finished_at,
            worker,
            heartbeat_at,
            attempts,
            cancel_asked_at,
            counted,
            done,
            total,
            effect,
            result,
            problem_code,
            problem,
            source: _,
            due_at,
        } = model;
        let order = serde_json::from_str(&arguments);
        let order = order.map_err(|_| StoreError::Unreadable { what: "what a job is to do", value: arguments })?;
        let state = JobState::of(&state).ok_or(StoreError::Unreadable { what: "the state of a job", value: state })?;
        Ok(Self {
            id,
            public_id,
            order,
            scope,
            state,
            asked_by: Doer::of(asked_by, account_id),
            only: acts.map(|text| parsed(&text)).transpose()?,
            asked_at,
            not_before,
            started_at,
            finished_at,
            worker,
            heartbeat_at,
            attempts,
            cancel_asked_at,
            counted,
            done,
            total,
            effect,
            result,
            problem: problem_code.map(|code| JobProblem { code, text: problem.unwrap_or_default() }),
            due_at,
        })
    }
}

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
}

/// What a schedule asked for last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDue {
    pub due_at: DateTime<Utc>,
    /// Whether it still waits for a worker.
    pub queued: bool,
}

#[derive(FromQueryResult)]
struct LastRow {
    due_at: DateTime<Utc>,
    state: String,
}

#[derive(FromQueryResult)]
struct CompleteRow {
    finished_at: Option<DateTime<Utc>>,
}

impl Store {
    pub async fn job_by_public_id(&self, public_id: Uuid) -> Result<Option<Job>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        found.step("looking up a job")?.map(Job::try_from).transpose()
    }

    /// Jobs before the id `before`, newest first.
    pub async fn jobs_page(
        &self,
        filter: &JobFilter,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Page<Job>, StoreError> {
        let step = "listing jobs";
        let JobFilter { account, kinds, state } = filter;
        let mut seen = Condition::any().add(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
        if let Some(account) = account {
            seen = seen.add(Column::AccountId.eq(*account));
        }
        let mut found = Entity::find().filter(seen);
        if let Some(before) = before {
            let last = Entity::find().filter(Column::PublicId.eq(before)).one(&self.readers).await.step(step)?;
            found = found.filter(Column::Id.lt(last.map_or(i64::MIN, |job| job.id)));
        }
        if let Some(state) = state {
            found = found.filter(Column::State.eq(state.as_str()));
        }
        let found = found.order_by_desc(Column::Id).limit(limit.saturating_add(1)).all(&self.readers).await;
        let jobs: Vec<Job> = found.step(step)?.into_iter().map(Job::try_from).collect::<Result<_, _>>()?;
        Ok(Page::cut(jobs, limit))
    }

    /// Running jobs whose worker has not been heard of since `before`.
    pub async fn lost_jobs(&self, before: DateTime<Utc>) -> Result<Vec<Job>, StoreError> {
        let found = Entity::find()
            .filter(Column::State.eq(JobState::Running.as_str()))
            .filter(Column::HeartbeatAt.lt(instant(before)))
            .all(&self.readers)
            .await
            .step("looking for jobs whose worker is lost")?;
        found.into_iter().map(Job::try_from).collect()
    }

    /// The last moment for which the source's schedule asked a pull.
    pub async fn last_due(&self, source: &str) -> Result<Option<LastDue>, StoreError> {
        let text =
            "SELECT due_at, state FROM job WHERE source = $1 AND due_at IS NOT NULL ORDER BY due_at DESC LIMIT 1";
        let row: Option<LastRow> = fetch_one(&self.readers, "reading a schedule", text, [source.into()]).await?;
        Ok(row.map(|row| LastDue { due_at: row.due_at, queued: row.state == JobState::Queued.as_str() }))
    }

    /// When a pull of the source last ended well.
    pub async fn last_complete_pull(&self, source: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let text = "SELECT finished_at FROM pull WHERE state = 'complete'
            AND source_id = (SELECT id FROM source WHERE name = $1) ORDER BY id DESC LIMIT 1";
        let row: Option<CompleteRow> =
            fetch_one(&self.readers, "reading a source's pulls", text, [source.into()]).await?;
        Ok(row.and_then(|row| row.finished_at))
    }

    /// Agents assigned on some day of a cycle.
    pub async fn assigned_in(&self, cycle: &super::super::Cycle) -> Result<i64, StoreError> {
        let text = "SELECT COUNT(DISTINCT agent_id) AS count FROM assignment
            WHERE first_day <= $2 AND (last_day IS NULL OR last_day >= $1)";
        let days = [cycle.period.first, cycle.period.last].map(|day| entity::day::Day(day).into());
        let row: Option<CountRow> = fetch_one(&self.readers, "counting a cycle's agents", text, days).await?;
        Ok(row.map_or(0, |row| row.count))
    }
}
