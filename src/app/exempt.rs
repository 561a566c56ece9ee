//! Exempting an agent from a cycle, and lifting that.

use super::{App, AppError, Change};
use crate::app::refusal::Why;
use crate::domain::appraisal::ExemptionReason;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::store::{Doer, NewExemption, StandingExemption, StoreError};

/// A decision about one agent in one cycle.
#[derive(Debug, Clone, Copy)]
pub struct ExemptionOrder<'a> {
    pub cycle: &'a str,
    pub employee_number: &'a str,
    /// The login of whoever decides; whoever does this when absent.
    pub by: Option<&'a str>,
}

impl App {
    /// Exempts an agent from a cycle; the next appraisal of the cycle heeds it. A reason of `other` needs a note.
    pub async fn exempt(&self, order: ExemptionOrder<'_>, reason: ExemptionReason, note: &str) -> Result<(), AppError> {
        self.require(Act::ManageCycles)?;
        let (cycle_id, agent_id) = self.cycle_and_agent(order).await?;
        let by = self.decider(order.by).await?;
        let note = note.trim();
        if reason == ExemptionReason::Other && note.is_empty() {
            return Err(AppError::invalid("the reason 'other' says nothing by itself: add a note")
                .because(Why::OtherNeedsNote {}));
        }
        let exemption = NewExemption {
            cycle_id,
            agent_id,
            reason,
            note: note.to_owned(),
            granted_by: by.doer,
            granted_at: self.clock.now(),
        };
        // The note may tell of somebody's health: it stays where it can be forgotten.
        let change = Change::new("exemption.grant", "agent", order.employee_number);
        let change = change.detail(format_args!("cycle={} reason={} by={}", order.cycle, reason.as_str(), by.name));
        let change = change.after(Some(told(reason, &by.name)));
        Ok(self.recorded(change).exempt(&exemption).await?)
    }

    /// Lifts an agent's exemption; the next appraisal of the cycle heeds it.
    pub async fn lift_exemption(&self, order: ExemptionOrder<'_>) -> Result<(), AppError> {
        self.require(Act::ManageCycles)?;
        let (cycle_id, agent_id) = self.cycle_and_agent(order).await?;
        let by = self.decider(order.by).await?;
        let standing = self.store.exemptions_of(cycle_id, agent_id, agent_id).await?.pop();
        let before = match standing {
            Some(standing) => Some(told(standing.reason, &self.entry_name_of(&standing.granted_by).await?)),
            None => None,
        };
        let change = Change::new("exemption.lift", "agent", order.employee_number).before(before);
        let change = change.detail(format_args!("cycle={} by={}", order.cycle, by.name));
        match self.recorded(change).lift_exemption(cycle_id, agent_id, &by.doer, self.clock.now()).await {
            Err(StoreError::NotFound { .. }) => Err(AppError::NotFound(format!(
                "agent '{}' has no exemption from cycle {} to lift",
                order.employee_number, order.cycle
            ))),
            outcome => Ok(outcome?),
        }
    }

    /// The agent's exemption from a cycle; `None` when none stands.
    pub async fn exemption(&self, cycle: &str, employee_number: &str) -> Result<Option<StandingExemption>, AppError> {
        let agent_id = self.agent_within(&self.reach(Act::ReadResults)?, employee_number).await?.id;
        let cycle_id = self.cycle(cycle).await?.id;
        let standing = self.store.exemptions_of(cycle_id, agent_id, agent_id).await?.pop();
        let read = Change::new("exemption.read", "agent", employee_number).detail(format_args!("cycle={cycle}"));
        self.recorded_read_of(agent_id, read).await?;
        Ok(standing)
    }

    async fn decider(&self, login: Option<&str>) -> Result<Decider, AppError> {
        let Some(login) = login else {
            return Ok(Decider { doer: self.actor.doer(), name: self.actor.entry_name() });
        };
        let account = self.store.account_by_login(&login.trim().to_lowercase()).await?;
        let account = account.ok_or_else(|| {
            AppError::NotFound(format!(
                "there is no account '{login}' that could have decided; 'merit user list' shows them, and without it the decision is yours"
            ))
        })?;
        Ok(Decider { doer: Doer::Account(account.id), name: account.public_id.to_string() })
    }

    /// What the log calls somebody.
    async fn entry_name_of(&self, doer: &Doer) -> Result<String, AppError> {
        Ok(match doer {
            Doer::Operator(name) => name.clone(),
            Doer::Account(id) => {
                self.store.account(*id).await?.map(|account| account.public_id.to_string()).unwrap_or_default()
            }
        })
    }

    async fn cycle_and_agent(&self, order: ExemptionOrder<'_>) -> Result<(i64, i64), AppError> {
        let cycle = self.cycle(order.cycle).await?;
        Ok((cycle.id, self.find_agent(order.employee_number).await?.id))
    }
}

/// Whoever decides, and what the log calls them.
struct Decider {
    doer: Doer,
    name: String,
}

/// A decision as the log tells it.
fn told(reason: ExemptionReason, by: &str) -> Digest {
    Digest::of_fields(&[("reason", reason.as_str()), ("granted_by", by)])
}
