//! Publication: agents see their results, unit by unit or all at once, now or at a set time; and what they will see, before.

use std::collections::BTreeSet;

use super::jobs::published;
use super::{App, AppError, Change, ExplainedPayout, FoundScorecard};
use crate::app::refusal::Why;
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::notice::NoticeKind;
use crate::store::{AgentResult, Audience, Cycle, CycleEvent, NewCycleEvent, PlanDetail};

/// What is to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishOrder<'a> {
    pub cycle: &'a str,
    /// Codes of units, each with everything below; none for all that is left.
    pub units: &'a [String],
    /// Digest of the approved sheet, where only that shall be published.
    pub approved: Option<&'a str>,
}

/// What an agent sees once it is published, or sees already.
#[derive(Debug)]
pub struct Preview {
    pub result: AgentResult,
    /// Whether the agent sees it by now.
    pub published: bool,
    pub scorecard: FoundScorecard,
    /// Absent where the agent has none, and for who may not see pay.
    pub payout: Option<ExplainedPayout>,
    /// Absent where none is suggested.
    pub plan: Option<PlanDetail>,
}

impl App {
    /// Publishes approved results: of these units, or all that are left. Agents are told. Done again by who did it last, it changes nothing.
    ///
    /// Errors: `Refused` where the cycle is not approved, or nothing of these units waits; `Changed` when something else was approved meanwhile.
    pub async fn publish(&self, order: PublishOrder<'_>) -> Result<Cycle, AppError> {
        self.require(Act::ManageCycles)?;
        let PublishOrder { cycle: code, units, approved } = order;
        let cycle = self.cycle(code).await?;
        let events = self.store.cycle_events(cycle.id).await?;
        let codes: BTreeSet<&str> = units.iter().map(String::as_str).collect();
        if let Some(last) = events.last().filter(|last| last.act == CycleAct::Publish && last.to == cycle.state)
            && last.by == self.actor.doer()
            && last.units.iter().map(String::as_str).eq(codes.iter().copied())
        {
            return Ok(cycle);
        }
        if let Some(digest) = approved {
            still_approved(&events, digest, code)?;
        }
        let mut ids = Vec::new();
        for unit in &codes {
            ids.push(self.unit(unit).await?.id);
        }
        let told =
            if codes.is_empty() { "all".to_owned() } else { codes.iter().copied().collect::<Vec<_>>().join(" ") };
        let change = Change::new("cycle.publish", "cycle", code).detail(format_args!("units={told}"));
        let after = cycle.state.after(CycleAct::Publish);
        let change = change.before(super::cycle_acts::told(cycle.state)).after(after.and_then(super::cycle_acts::told));
        let event = NewCycleEvent {
            act: CycleAct::Publish,
            by: self.actor.doer(),
            at: self.clock.now(),
            reason: None,
            sheet: None,
            units: ids.into_iter().zip(codes.into_iter().map(str::to_owned)).collect(),
        };
        let to = Audience::PublishedLast { cycle: code.to_owned() };
        let effect = published(units);
        let store =
            self.recorded_effect(change, &effect).telling([self.notice(NoticeKind::ResultsPublished, code, to)]);
        store.act_on_cycle(code, cycle.current_run_id, &event).await.map_err(AppError::as_things_stand)
    }

    /// The digest of what was approved last, for a publication at a set time. Errors: `Refused` where the cycle is not approved.
    pub(super) async fn approved_digest(&self, code: &str) -> Result<String, AppError> {
        let cycle = self.cycle(code).await?;
        let events = self.store.cycle_events(cycle.id).await?;
        let approved = events.iter().rev().find(|event| event.act == CycleAct::Approve);
        let waits = matches!(cycle.state, CycleState::Approved | CycleState::Published);
        let digest = approved.filter(|_| waits).and_then(|event| event.digest.clone());
        digest.ok_or_else(|| {
            AppError::refused(format!("cycle {code} is {}: it is published once approved", cycle.state))
                .because(Why::NotApproved { state: cycle.state })
        })
    }

    /// What an agent of the cycle will see, for whoever publishes.
    pub async fn preview_for(&self, code: &str, employee_number: &str) -> Result<Preview, AppError> {
        self.require(Act::ManageCycles)?;
        let result = self.agent_result(code, employee_number).await?;
        let published = result.published_at.is_some();
        let scorecard = self.found_scorecard_in(code, employee_number, None).await?;
        let payout = match self.may(Act::ReadPay) {
            true => found(self.explained_payout_in(code, employee_number, None).await)?,
            false => None,
        };
        let plan = found(self.plan_in(code, employee_number, None).await)?;
        Ok(Preview { result, published, scorecard, payout, plan })
    }
}

/// What there is, where nothing is no error.
fn found<T>(outcome: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(AppError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn still_approved(events: &[CycleEvent], digest: &str, code: &str) -> Result<(), AppError> {
    let approved = events.iter().rev().find(|event| event.act == CycleAct::Approve);
    if approved.is_some_and(|event| event.digest.as_deref() == Some(digest)) {
        return Ok(());
    }
    Err(AppError::changed(format!(
        "since this was asked for, other results of cycle {code} were approved: ask for it again"
    ))
    .because(Why::OtherApproved {}))
}
