//! Jobs are asked for, and asked to stop.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::job::{Column, Entity};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::super::access::token::words;
use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::write::{Lock, execute, instant};
use super::super::{Store, StoreError};
use super::read::Job;
use crate::domain::authority::Act;
use crate::domain::job::{JobOrder, JobState};

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    pub public_id: Uuid,
    pub order: JobOrder,
    pub asked_by: Doer,
    pub only: Option<BTreeSet<Act>>,
    pub asked_at: DateTime<Utc>,
    /// It is not begun before.
    pub not_before: Option<DateTime<Utc>>,
    /// The source whose schedule asks, and for which moment.
    pub due: Option<(String, DateTime<Utc>)>,
}

impl Store {
    /// Queues a job. `None`: the schedule's moment was asked for already.
    pub async fn ask_job(&self, new: &NewJob) -> Result<Option<Job>, StoreError> {
        let step = "queueing a job";
        let arguments = serde_json::to_string(&new.order);
        let arguments =
            arguments.map_err(|error| StoreError::Working { of: "a job".to_owned(), problem: error.to_string() })?;
        let (asked_by, account_id) = new.asked_by.columns();
        let (source, due_at) = new.due.clone().unzip();
        let tx = self.begin_write(&[]).await?;
        let text = "INSERT INTO job
            (public_id, kind, arguments, scope, state, account_id, asked_by, acts, asked_at, attempts, done, source, due_at, not_before)
            VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, 0, 0, $9, $10, $11) ON CONFLICT DO NOTHING";
        let values = [
            new.public_id.into(),
            new.order.kind().as_str().into(),
            arguments.into(),
            new.order.scope().into(),
            account_id.into(),
            asked_by.into(),
            new.only.as_ref().map(words).into(),
            instant(new.asked_at).into(),
            source.into(),
            due_at.map(instant).into(),
            new.not_before.map(instant).into(),
        ];
        if execute(&tx, step, text, values).await? == 0 {
            return Ok(None);
        }
        let job = job(&tx, new.public_id).await?;
        self.finish(tx, step).await?;
        Ok(Some(job))
    }

    /// Cancels a queued job, and asks the worker of a running one to stop. One that was cancelled or asked before stays as it is.
    ///
    /// Errors: `NotFound`; `Ended` for one that has ended otherwise.
    pub async fn cancel_job(&self, public_id: Uuid, now: DateTime<Utc>) -> Result<Job, StoreError> {
        let step = "cancelling a job";
        let tx = self.begin_write(&[Lock::Jobs]).await?;
        let found = job(&tx, public_id).await?;
        match found.state {
            JobState::Queued => {
                let text = "UPDATE job SET state = 'cancelled', finished_at = $2, cancel_asked_at = $2 WHERE id = $1";
                execute(&tx, step, text, [found.id.into(), instant(now).into()]).await?;
            }
            JobState::Running if found.cancel_asked_at.is_none() => {
                let text = "UPDATE job SET cancel_asked_at = $2 WHERE id = $1";
                execute(&tx, step, text, [found.id.into(), instant(now).into()]).await?;
            }
            JobState::Running | JobState::Cancelled => return Ok(found),
            JobState::Done | JobState::Failed => {
                return Err(StoreError::Ended { job: public_id, state: found.state.as_str() });
            }
        }
        let job = job(&tx, public_id).await?;
        self.finish(tx, step).await?;
        Ok(job)
    }
}

pub(super) async fn job(tx: &DatabaseTransaction, public_id: Uuid) -> Result<Job, StoreError> {
    let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(tx).await.step("looking up a job")?;
    let missing = || StoreError::NotFound { what: "job", name: public_id.to_string() };
    Job::try_from(found.ok_or_else(missing)?)
}
