//! A job in the hands of a worker. Whoever holds it is known by the worker's name and the number of the attempt, so that one that was
//! taken for lost changes nothing any more.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{Lock, execute, fetch_one, instant, plain, sql};
use super::super::{Store, StoreError};
use super::ask::job;
use super::read::{Job, JobProblem};
use crate::domain::job::{Counts, JobState};

/// Queued jobs whose time has come and whose scope nobody works on, the oldest first; now is the parameter of this number.
fn free(now: &str) -> String {
    format!(
        "SELECT waiting.id FROM job waiting WHERE waiting.state = 'queued'
            AND (waiting.not_before IS NULL OR waiting.not_before <= {now}) AND NOT EXISTS
            (SELECT 1 FROM job busy WHERE busy.scope = waiting.scope AND busy.state = 'running')
        ORDER BY waiting.id LIMIT 1"
    )
}

/// One attempt at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub job_id: i64,
    pub worker: String,
    pub attempt: i64,
}

/// What a worker hears when it says that it is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    GoOn,
    /// Somebody wishes the job to stop.
    Cancel,
    /// The job is not this worker's any more.
    Lost,
}

/// How a job in a worker's hands ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// With its result as JSON.
    Done(String),
    Failed(JobProblem),
    Cancelled,
    /// To be taken by another worker; whether the attempt counts.
    Returned {
        counts: bool,
    },
}

impl JobEnd {
    pub fn state(&self) -> JobState {
        match self {
            Self::Done(_) => JobState::Done,
            Self::Failed(_) => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
            Self::Returned { .. } => JobState::Queued,
        }
    }
}

#[derive(FromQueryResult)]
struct PublicIdRow {
    public_id: Uuid,
}

#[derive(FromQueryResult)]
struct AskedRow {
    cancel_asked_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The oldest queued job of a scope nobody works on, now this worker's. Of several workers, in one process or in many, one gets it.
    pub async fn claim_job(&self, worker: &str, now: DateTime<Utc>) -> Result<Option<Job>, StoreError> {
        let step = "claiming a job";
        // Looking costs nobody a turn at writing.
        let any = self.readers.query_one_raw(sql(&self.readers, free("$1"), [instant(now).into()])).await.step(step)?;
        if any.is_none() {
            return Ok(None);
        }
        let tx = self.begin_write(&[Lock::Jobs]).await?;
        let skip = if tx.get_database_backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let text = format!(
            "UPDATE job SET state = 'running', worker = $1, heartbeat_at = $2, started_at = $2, attempts = attempts + 1,
                counted = NULL, done = 0, total = NULL
            WHERE id = ({free}{skip}) RETURNING public_id",
            free = free("$2"),
        );
        let row: Option<PublicIdRow> = fetch_one(&tx, step, text, [worker.into(), instant(now).into()]).await?;
        let Some(PublicIdRow { public_id }) = row else { return Ok(None) };
        let job = job(&tx, public_id).await?;
        tx.commit().await.step(step)?;
        Ok(Some(job))
    }

    /// Says that the worker is still there, and how far it is.
    pub async fn beat_job(&self, held: &Held, counts: &Counts, now: DateTime<Utc>) -> Result<Beat, StoreError> {
        let step = "saying how far a job is";
        let Counts { counted, done, total } = *counts;
        let counted = Some(counted).filter(|counted| !counted.is_empty());
        let tx = self.begin_write(&[]).await?;
        let text = "UPDATE job SET heartbeat_at = $4, counted = $5, done = $6, total = $7
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running' RETURNING cancel_asked_at";
        let values = [
            held.job_id.into(),
            held.worker.as_str().into(),
            held.attempt.into(),
            instant(now).into(),
            counted.into(),
            done.into(),
            total.into(),
        ];
        let row: Option<AskedRow> = fetch_one(&tx, step, text, values).await?;
        tx.commit().await.step(step)?;
        Ok(match row {
            None => Beat::Lost,
            Some(AskedRow { cancel_asked_at: Some(_) }) => Beat::Cancel,
            Some(AskedRow { cancel_asked_at: None }) => Beat::GoOn,
        })
    }

    /// Ends an attempt; false when the job is not the worker's any more. With `unheard_since`, only if the worker was last heard of then.
    pub async fn end_job(
        &self,
        held: &Held,
        end: &JobEnd,
        unheard_since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let step = "ending a job";
        let state = end.state();
        let (result, problem) = match end {
            JobEnd::Done(result) => (Some(result.clone()), None),
            JobEnd::Failed(problem) => (None, Some(problem)),
            JobEnd::Cancelled | JobEnd::Returned { .. } => (None, None),
        };
        let given_back = i64::from(matches!(end, JobEnd::Returned { counts: false }));
        let tx = self.begin_write(&[Lock::Jobs]).await?;
        let text = "UPDATE job SET state = $4, finished_at = $5, worker = NULL, heartbeat_at = NULL, result = $6, problem_code = $7,
                problem = $8, attempts = attempts - $9
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running' AND ($10 IS NULL OR heartbeat_at = $10)";
        let text = if self.engine == super::super::Engine::Postgres {
            // It cannot tell the type of a parameter that may be null.
            text.replace("$10 IS NULL", "CAST($10 AS TIMESTAMPTZ) IS NULL")
        } else {
            text.to_owned()
        };
        let values = [
            held.job_id.into(),
            held.worker.as_str().into(),
            held.attempt.into(),
            state.as_str().into(),
            state.is_final().then(|| instant(now)).into(),
            result.into(),
            problem.map(|problem| problem.code.clone()).into(),
            problem.map(|problem| plain(&problem.text)).into(),
            given_back.into(),
            unheard_since.map(instant).into(),
        ];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(false);
        }
        self.finish(tx, step).await?;
        Ok(true)
    }
}

impl Job {
    /// The attempt under way.
    pub fn held(&self) -> Option<Held> {
        let worker = self.worker.clone()?;
        Some(Held { job_id: self.id, worker, attempt: self.attempts })
    }
}
