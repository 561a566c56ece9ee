//! What a job does is done once. Its effect notes itself in the job's row within its own transaction, so that a worker that dies
//! afterwards leaves nothing to be done again, and one that was taken for lost has no effect any more.

use std::sync::Arc;

use sea_orm::DatabaseTransaction;

use super::super::write::execute;
use super::super::{Store, StoreError};
use super::hold::Held;

impl Store {
    /// The same database, in the hands of who holds this job: what such a store begins or makes current is refused when the job is
    /// another worker's by then.
    #[must_use]
    pub fn held_by(&self, held: Held) -> Self {
        Self { held: Some(Arc::new(held)), ..self.clone() }
    }

    /// The same database; the next writing operation is what the job in hand is about, and keeps `effect`, a JSON, in the job. Without a
    /// job in hand it changes nothing.
    #[must_use]
    pub fn taking_effect(&self, effect: &str) -> Self {
        Self { effect: self.held.as_ref().map(|_| Arc::from(effect)), ..self.clone() }
    }

    /// Keeps the job of this store, if there is one, in its worker's hands until the transaction ends. Errors: `JobLost`.
    pub(in super::super) async fn hold_job(&self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        self.note(tx, "effect = effect", None).await
    }

    /// Notes the effect of the job, if the operation is one. Errors: `JobLost`.
    pub(in super::super) async fn note_effect(&self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        match &self.effect {
            None => Ok(()),
            Some(effect) => self.note(tx, "effect = $4", Some(effect)).await,
        }
    }

    async fn note(&self, tx: &DatabaseTransaction, set: &str, effect: Option<&str>) -> Result<(), StoreError> {
        let Some(held) = self.held.as_deref() else { return Ok(()) };
        let Held { job_id, worker, attempt } = held;
        let text =
            format!("UPDATE job SET {set} WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'");
        let mut values = vec![(*job_id).into(), worker.as_str().into(), (*attempt).into()];
        values.extend(effect.map(sea_orm::Value::from));
        match execute(tx, "holding a job", text, values).await? {
            1 => Ok(()),
            _ => Err(StoreError::JobLost),
        }
    }
}
