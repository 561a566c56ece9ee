//! Exempting an agent from a cycle, and lifting that.

use super::{App, AppError, Change};
use crate::domain::appraisal::ExemptionReason;
use crate::domain::audit::Digest;
use crate::domain::authority::Act;
use crate::store::{NewExemption, StandingExemption, StoreError};

/// A decision about one agent in one cycle.
#[derive(Debug, Clone, Copy)]
pub struct ExemptionOrder<'a> {
    pub cycle: &'a str,
    pub employee_number: &'a str,
    /// Who decides.
    pub by: &'a str,
}

impl App {
    /// Exempts an agent from a cycle; the next appraisal of the cycle heeds it. A reason of `other` needs a note.
    pub async fn exempt(&self, order: ExemptionOrder<'_>, reason: ExemptionReason, note: &str) -> Result<(), AppError> {
        self.require(Act::ManageCycles)?;
        let (cycle_id, agent_id) = self.cycle_and_agent(order).await?;
        let note = note.trim();
        if reason == ExemptionReason::Other && note.is_empty() {
            return Err(AppError::Invalid("the reason 'other' says nothing by itself: add a note".into()));
        }
        let exemption = NewExemption {
            cycle_id,
            agent_id,
            reason,
            note: note.to_owned(),
            granted_by: order.by.to_owned(),
            granted_at: self.clock.now(),
        };
        let change = Change::new("exemption.grant", "agent", order.employee_number).reason(Some(note));
        let change = change.detail(format_args!("cycle={} reason={} by={}", order.cycle, reason.as_str(), order.by));
        let change = change.after(Some(told(reason, note, order.by)));
        Ok(self.recorded(change).exempt(&exemption).await?)
    }

    /// Lifts an agent's exemption; the next appraisal of the cycle heeds it.
    pub async fn lift_exemption(&self, order: ExemptionOrder<'_>) -> Result<(), AppError> {
        self.require(Act::ManageCycles)?;
        let (cycle_id, agent_id) = self.cycle_and_agent(order).await?;
        let standing = self.store.exemptions_of(cycle_id, agent_id, agent_id).await?.pop();
        let before = standing.map(|standing| told(standing.reason, &standing.note, &standing.granted_by));
        let change = Change::new("exemption.lift", "agent", order.employee_number).before(before);
        let change = change.detail(format_args!("cycle={} by={}", order.cycle, order.by));
        match self.recorded(change).lift_exemption(cycle_id, agent_id, order.by, self.clock.now()).await {
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

    async fn cycle_and_agent(&self, order: ExemptionOrder<'_>) -> Result<(i64, i64), AppError> {
        let cycle = self.cycle(order.cycle).await?;
        Ok((cycle.id, self.find_agent(order.employee_number).await?.id))
    }
}

/// A decision as the log tells it.
fn told(reason: ExemptionReason, note: &str, by: &str) -> Digest {
    Digest::of_fields(&[("reason", reason.as_str()), ("note", note), ("granted_by", by)])
}
