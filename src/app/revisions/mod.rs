//! Results that took the place of earlier ones after publication: by the decision on an appeal, or as corrections of final results.

mod difference;
mod make;

pub(super) use difference::difference;
pub use difference::{Difference, LineDifference, PayDifference};
pub(super) use make::{Made, Standing, hashes, renew};

use chrono::{DateTime, Utc};

use super::read::no_result;
use super::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::store::{PayoutDetail, Run, ScorecardDetail, ScorecardSummary, ShownRun, StoredRevision, Take};

/// One of the results that an agent had in a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionView {
    pub revision: i64,
    /// `varied` or `corrected`; `None` for the result the cycle was published with.
    pub kind: Option<&'static str>,
    /// Why it was made.
    pub reason: Option<String>,
    pub made_at: Option<DateTime<Utc>>,
    /// `None` where no card measured what the agent did.
    pub scorecard: Option<ScorecardSummary>,
    /// From the result before; `None` for the first.
    pub difference: Option<Difference>,
}

impl App {
    /// The run that holds an agent's result: the revision of this number, or without one what is meant of those that stand.
    pub(super) async fn run_of(
        &self,
        shown: &ShownRun,
        employee_number: &str,
        take: Take,
        revision: Option<i64>,
    ) -> Result<Run, AppError> {
        let base = &shown.run;
        let found = match revision {
            Some(number) if number == base.revision => Some(base.id),
            Some(number) => self.store.revision_numbered(base.id, number).await?,
            None if !shown.revised => Some(base.id),
            None => {
                let standing = self.store.standing_runs(base.cycle_id, employee_number).await?;
                match take {
                    Take::Run => Some(base.id),
                    Take::Standing => Some(standing.revised.unwrap_or(base.id)),
                    Take::Paid => Some(standing.paid.unwrap_or(base.id)),
                }
            }
        };
        let run = match found {
            Some(id) if id == base.id => Some(base.clone()),
            Some(id) => self.store.run(id).await?,
            None => None,
        };
        run.ok_or_else(|| {
            let number = revision.unwrap_or_default();
            AppError::NotFound(format!("agent '{employee_number}' has no revision {number} of this cycle's result"))
        })
    }

    /// The results that an agent had in a cycle, the first one first, each with what it changed; pay where whoever asks may see it.
    pub async fn revisions(&self, cycle: &str, employee_number: &str) -> Result<Vec<RevisionView>, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let base = &shown.run;
        let none = || no_result("scorecard", cycle, employee_number);
        let result = self.store.scorecard(base.id, employee_number).await?.ok_or_else(none)?;
        let (agent_id, unit_id) = (result.summary.agent_id, result.summary.unit_id);
        if !self.within(base.id, &reach, Some((Some(agent_id), unit_id))).await? {
            return Err(none());
        }
        let pay = self.actor.reach_results(Act::ReadPay, shown.state);
        let with_pay = self.within(base.id, &pay, Some((Some(agent_id), unit_id))).await?;
        let mut views = Vec::new();
        let mut before: Option<Found> = None;
        for stored in self.store.revisions_of(base.id, agent_id).await? {
            let found = self.found(stored.run_id, employee_number, with_pay).await?;
            let difference = before.as_ref().map(|before| {
                difference(before.scorecard(), found.scorecard(), before.payout.as_ref(), found.payout.as_ref())
            });
            views.push(view(stored, &found, difference));
            before = Some(found);
        }
        let read = Change::new("result.read_revisions", "agent", employee_number).detail(format_args!("cycle={cycle}"));
        self.recorded_read_of(agent_id, read).await?;
        Ok(views)
    }

    async fn found(&self, run_id: i64, employee_number: &str, with_pay: bool) -> Result<Found, AppError> {
        let payout = match with_pay {
            true => self.store.payout(run_id, employee_number).await?,
            false => None,
        };
        Ok(Found { card: self.store.scorecard(run_id, employee_number).await?, payout })
    }
}

/// What a run holds of an agent.
struct Found {
    card: Option<ScorecardDetail>,
    payout: Option<PayoutDetail>,
}

impl Found {
    fn scorecard(&self) -> Option<&crate::domain::appraisal::AppraisalResult> {
        self.card.as_ref().map(|card| &card.result)
    }
}

fn view(stored: StoredRevision, found: &Found, difference: Option<Difference>) -> RevisionView {
    RevisionView {
        revision: stored.revision,
        kind: stored.kind.map(crate::store::RevisionKind::as_str),
        reason: stored.reason,
        made_at: stored.made_at,
        scorecard: found.card.as_ref().map(|card| card.summary.clone()),
        difference,
    }
}
