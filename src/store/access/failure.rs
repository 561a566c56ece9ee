//! Failed tries to sign in.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::sign_in_failure::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::super::error::Step;
use super::super::write::{Lock, execute, instant};
use super::super::{Store, StoreError};
use crate::domain::back_off::{BackOff, Failures};

/// Longer than any failure counts.
const KEPT: TimeDelta = TimeDelta::days(1);

/// Whose failures are counted, and how patiently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrySubject {
    /// A hash.
    pub subject: String,
    pub back_off: BackOff,
}

impl From<Model> for Failures {
    fn from(model: Model) -> Self {
        let Model { subject: _, failures, last_at, blocked_until } = model;
        Self { count: failures, last_at, blocked_until }
    }
}

impl Store {
    /// Counts a try as failed for each subject before it is made, so that many at once cannot pass together; what turns out
    /// well is taken back. When one subject has to wait nothing is counted, and the time it has to wait for comes back.
    pub async fn count_try(
        &self,
        subjects: &[TrySubject],
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let step = "counting a try to sign in";
        let now = instant(now);
        let tx = self.begin_write(&[Lock::SignIn]).await?;
        let mut counted = Vec::with_capacity(subjects.len());
        let mut blocked_until = None;
        for TrySubject { subject, back_off } in subjects {
            match back_off.fail(failures(&tx, subject).await?, now) {
                Ok(failures) => counted.push((subject, failures)),
                Err(until) => blocked_until = blocked_until.max(Some(until)),
            }
        }
        if blocked_until.is_some() {
            return Ok(blocked_until);
        }
        execute(&tx, step, "DELETE FROM sign_in_failure WHERE last_at < $1", [(now - KEPT).into()]).await?;
        for (subject, failures) in counted {
            write(&tx, subject, &failures).await?;
        }
        tx.commit().await.step(step)?;
        Ok(None)
    }

    /// Of these subjects, the ones that have to wait at `now`, and until when.
    pub async fn blocked(
        &self,
        subjects: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, Failures>, StoreError> {
        let found =
            Entity::find().filter(Column::Subject.is_in(subjects)).filter(Column::BlockedUntil.gt(instant(now)));
        let found = found.all(&self.readers).await.step("reading failed tries to sign in")?;
        Ok(found.into_iter().map(|model| (model.subject.clone(), model.into())).collect())
    }

    /// Forgets a login's failures, and takes back the one try counted for the client's address.
    pub async fn forget_failures(&self, login: &TrySubject, address: Option<&TrySubject>) -> Result<(), StoreError> {
        let step = "forgetting failed tries to sign in";
        let tx = self.begin_write(&[Lock::SignIn]).await?;
        execute(&tx, step, "DELETE FROM sign_in_failure WHERE subject = $1", [login.subject.clone().into()]).await?;
        if let Some(TrySubject { subject, back_off }) = address
            && let Some(before) = failures(&tx, subject).await?
        {
            write(&tx, subject, &back_off.take_back(before)).await?;
        }
        tx.commit().await.step(step)
    }
}

async fn failures(tx: &impl ConnectionTrait, subject: &str) -> Result<Option<Failures>, StoreError> {
    let found = Entity::find_by_id(subject.to_owned()).one(tx).await.step("reading failed tries to sign in")?;
    Ok(found.map(Failures::from))
}

async fn write(tx: &impl ConnectionTrait, subject: &str, failures: &Failures) -> Result<(), StoreError> {
    let text = "INSERT INTO sign_in_failure (subject, failures, last_at, blocked_until) VALUES ($1, $2, $3, $4)
        ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
        blocked_until = excluded.blocked_until";
    let Failures { count, last_at, blocked_until } = *failures;
    let values = [subject.into(), count.into(), last_at.into(), blocked_until.into()];
    execute(tx, "counting a try to sign in", text, values).await.map(|_| ())
}
