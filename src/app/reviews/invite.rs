//! Asking colleagues for their rating, and asking no more.

use std::collections::BTreeSet;

use super::super::{App, AppError, Change};
use super::no_part;
use crate::app::refusal::Why;
use crate::domain::authority::Act;
use crate::domain::judgement::RaterGroup;
use crate::store::{AgentResult, Cycle, Invitation, StoreError};

/// People asked in one step at most.
const MOST: usize = 50;

impl App {
    /// Asks people for their rating of an agent. Who is asked already stays as they are. Gives how many were asked anew.
    ///
    /// Errors: `Invalid` for who cannot rate the agent so, all at once; `Refused` unless the cycle is in review.
    pub async fn invite_raters(
        &self,
        cycle: &str,
        employee_number: &str,
        group: RaterGroup,
        raters: &[String],
    ) -> Result<u64, AppError> {
        let (cycle, result) = self.result_to_invite_for(cycle, employee_number).await?;
        if !matches!(group, RaterGroup::Peer | RaterGroup::Subordinate) {
            return Err(AppError::invalid(
                "group: peers and subordinates are asked; supervisors and people themselves are not",
            ));
        }
        let wanted: BTreeSet<&str> =
            raters.iter().map(|rater| rater.trim()).filter(|rater| !rater.is_empty()).collect();
        if wanted.is_empty() || wanted.len() > MOST {
            return Err(AppError::invalid(format!("raters: name 1 to {MOST} people by employee number"))
                .because(Why::RatersCount { most: i64::try_from(MOST).unwrap_or(i64::MAX) }));
        }
        let rules = self.pinned_rules(&cycle.ruleset_hash).await?;
        let form = self.form_of(&rules, &cycle, employee_number).await?;
        let Some(form) = form.filter(|form| form.group(group).is_some()) else {
            return Err(AppError::refused(format!(
                "the card of {employee_number} is not judged by the group {group}: nobody can be asked for that"
            ))
            .because(Why::GroupNotJudged { number: employee_number.to_owned(), group }));
        };
        let (mut invitations, mut unknown) = (Vec::new(), Vec::new());
        for number in wanted {
            match self.store.agent_by_number(number).await? {
                Some(agent) if agent.id == result.agent_id => unknown.push(format!("{number} (the person themselves)")),
                Some(agent) => {
                    invitations.push(Invitation { public_id: self.clock.new_id(), rater_id: agent.id, group })
                }
                None => unknown.push(format!("{number} (not on the roster)")),
            }
        }
        if !unknown.is_empty() {
            let unnamed: Vec<&str> =
                unknown.iter().map(|who| who.split_once(' ').map_or(who.as_str(), |(number, _)| number)).collect();
            return Err(AppError::invalid(format!("raters: cannot be asked: {}", unknown.join(", ")))
                .because(Why::RatersUnknown { who: unnamed.join(", ") }));
        }
        let change = Change::new("review.invite", "agent", employee_number);
        let change = change.detail(format_args!("cycle={} group={group} raters={}", cycle.code, invitations.len()));
        let (pair, form) = ((cycle.id, result.agent_id), Some(form.id.as_ref()));
        let invited = self.recorded(change).invite_raters(pair, form, &invitations, self.clock.now()).await;
        invited.map_err(AppError::as_things_stand)
    }

    /// Asks somebody no more; what they handed in stays. Errors: `NotFound` for who was not asked; `Changed` for who has handed in.
    pub async fn withdraw_invitation(&self, cycle: &str, employee_number: &str, rater: &str) -> Result<(), AppError> {
        let (cycle, result) = self.result_to_invite_for(cycle, employee_number).await?;
        let none = || AppError::NotFound(format!("'{rater}' was not asked to rate {employee_number}"));
        let rater = self.store.agent_by_number(rater).await?.ok_or_else(none)?;
        let review = self.store.review(cycle.id, result.agent_id, rater.id).await?;
        let review = review.filter(|review| review.invited_at.is_some()).ok_or_else(none)?;
        let change = Change::new("review.uninvite", "agent", employee_number);
        let store = self.recorded(change.detail(format_args!("cycle={}", cycle.code)));
        match store.decline_review(&review, self.clock.now()).await {
            Err(StoreError::Changed { .. }) => {
                Err(AppError::changed("the rating was handed in or is being written: it stays")
                    .because(Why::RatingStays {}))
            }
            outcome => outcome.map_err(AppError::as_things_stand),
        }
    }

    async fn result_to_invite_for(&self, code: &str, employee_number: &str) -> Result<(Cycle, AgentResult), AppError> {
        let reach = self.reach(Act::InviteRaters)?;
        let cycle = self.cycle(code).await?;
        let found = self.store.agent_result_of(cycle.id, employee_number).await?;
        let (Some(result), Some(run)) = (found, cycle.current_run_id) else {
            return Err(no_part(code, employee_number));
        };
        match self.store.result_within(run, &reach, Some(result.agent_id), result.unit_id).await? {
            true => Ok((cycle, result)),
            false => Err(no_part(code, employee_number)),
        }
    }
}
