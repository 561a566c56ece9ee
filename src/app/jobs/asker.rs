//! Whoever asked for a job, with what they may do now.

use super::super::{Actor, App, AppError};
use crate::store::{Doer, Job};

impl App {
    /// Merit as far as whoever asked for the job may use it now. Errors: `Forbidden` when the account is disabled.
    pub(super) async fn as_asker(&self, job: &Job) -> Result<Self, AppError> {
        let id = match &job.asked_by {
            Doer::Account(id) => *id,
            Doer::Operator(name) if job.due_at.is_some() => return Ok(self.acting_as(Actor::schedule(name))),
            Doer::Operator(name) => return Ok(self.acting_as(Actor::operator_named(name))),
        };
        let actor = match self.store.account(id).await? {
            // What claims grant is for sessions begun with them, not for work that outlasts these.
            Some(account) => self.actor_of(account, None).await?,
            None => None,
        };
        let disabled = || AppError::Forbidden("the account that asked for this job is disabled".into());
        let actor = actor.ok_or_else(disabled)?;
        Ok(self.acting_as(actor.only(job.only.clone())))
    }

    /// The same actor with what it may do by now; for what goes on for a while. Errors: `Forbidden` when the account is disabled.
    pub async fn renewed(&self) -> Result<Self, AppError> {
        let Some(own) = self.actor.own_account() else { return Ok(self.clone()) };
        let actor = match self.store.account(own.id).await? {
            Some(account) => self.actor_of(account, self.actor.origin()).await?,
            None => None,
        };
        let actor = actor.ok_or_else(|| AppError::Forbidden(format!("the account of {} is disabled", own.login)))?;
        let actor = actor.only(self.actor.only_acts().cloned());
        Ok(self.acting_as(match self.actor.request() {
            Some(request) => actor.within(request),
            None => actor,
        }))
    }
}
