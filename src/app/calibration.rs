//! Calibration: ratings that people agree on in place of calculated ones, always two of them.

use uuid::Uuid;

use super::{App, AppError, Change, Slice};
use crate::app::refusal::{Why, too_long};
use crate::domain::appraisal::{AppraisalState, CalibrationReason};
use crate::domain::audit::Digest;
use crate::domain::authority::{Act, Reach};
use crate::domain::cycle::CycleState;
use crate::store::{AgentResult, Calibration, CalibrationState, Cycle, Doer, NewCalibration, Page, StoreError};

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 4_000;

/// A proposal with the names of who made it and who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationView {
    pub calibration: Calibration,
    pub proposed_by: Option<String>,
    pub decided_by: Option<String>,
}

/// A rating to be proposed.
#[derive(Debug, Clone, Copy)]
pub struct RatingProposal<'a> {
    pub cycle: &'a str,
    pub employee_number: &'a str,
    pub rating: &'a str,
    pub reason: CalibrationReason,
    /// Why in words; never empty.
    pub comment: &'a str,
}

/// What is decided about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatingDecision {
    /// A second person agrees.
    Confirm,
    Decline,
    /// Whoever proposed it takes it back, or who may decide takes back what was confirmed.
    Withdraw,
}

impl App {
    /// Proposes another rating than the calculated one, which stays beside it. It counts once a second person has confirmed it and the cycle is
    /// scored again.
    ///
    /// Errors: `Refused` unless the cycle is in review, for one's own rating, and where nothing is rated; `Conflict` while another proposal stands;
    /// `Invalid` for a rating the card does not have, and without a comment.
    pub async fn propose_rating(&self, proposal: RatingProposal<'_>) -> Result<CalibrationView, AppError> {
        let RatingProposal { cycle: code, employee_number, rating, reason, comment } = proposal;
        let (cycle, result) = self.rated(Act::ProposeRating, code, employee_number).await?;
        let comment = needed(comment)?;
        let run = cycle.current_run_id.ok_or_else(|| none(code, employee_number))?;
        let card = self.store.scorecard(run, employee_number).await?.ok_or_else(|| none(code, employee_number))?;
        if card.result.state != AppraisalState::Scored {
            return Err(AppError::refused(format!(
                "{employee_number} has no score in cycle {code}: there is no rating to calibrate"
            ))
            .because(Why::NoScore { number: employee_number.to_owned() }));
        }
        let rules = self.pinned_rules(&cycle.ruleset_hash).await?;
        let bands = rules.card(&card.summary.card).map(|card| card.bands.as_slice()).unwrap_or_default();
        if !bands.iter().any(|band| &*band.id == rating) {
            let bands: Vec<&str> = bands.iter().map(|band| band.id.as_ref()).collect();
            return Err(AppError::invalid(format!(
                "rating: '{rating}' is not one of the card's: {}",
                bands.join(", ")
            ))
            .because(Why::NotABand { rating: rating.to_owned(), bands: bands.join(", ") }));
        }
        let calculated = match &card.result.calibrated {
            Some(calibrated) => calibrated.calculated.as_deref().map(str::to_owned),
            None => card.summary.rating.clone(),
        };
        if calculated.as_deref() == Some(rating) {
            return Err(AppError::invalid(format!(
                "rating: {rating} is what the card gives; there is nothing to calibrate"
            ))
            .because(Why::SameRating { rating: rating.to_owned() }));
        }
        let new = NewCalibration {
            public_id: self.clock.new_id(),
            cycle_id: cycle.id,
            agent_id: result.agent_id,
            calculated,
            rating: rating.to_owned(),
            reason,
            comment: comment.clone(),
            by: self.actor.doer(),
            at: self.clock.now(),
        };
        let change = Change::new("rating.propose", "agent", employee_number).reason(Some(&comment));
        let change =
            change.detail(format_args!("cycle={code} rating={rating} reason={reason} proposal={}", new.public_id));
        let change = change.before(told(new.calculated.as_deref())).after(told(Some(rating)));
        match self.recorded(change).propose_rating(&new).await {
            Err(StoreError::CalibratedAlready) => Err(AppError::conflict(format!(
                "another rating of {employee_number} is proposed or confirmed already: decide about it or withdraw it first"
            )).because(Why::OtherProposal { number: employee_number.to_owned() })),
            outcome => outcome.map_err(AppError::as_things_stand),
        }?;
        self.calibration(code, new.public_id).await
    }

    /// Decides about a proposal.
    ///
    /// Errors: `Refused` for who proposed it (to confirm or decline) and for who is rated; `Changed` when it was decided meanwhile.
    pub async fn decide_rating(
        &self,
        code: &str,
        id: Uuid,
        decision: RatingDecision,
        comment: &str,
    ) -> Result<CalibrationView, AppError> {
        let act = match decision {
            RatingDecision::Withdraw => Act::ProposeRating,
            RatingDecision::Confirm | RatingDecision::Decline => Act::Calibrate,
        };
        self.reach(act)?;
        let cycle = self.cycle(code).await?;
        let found = self.store.calibration(cycle.id, id).await?.ok_or_else(|| no_proposal(id))?;
        let number = found.employee_number.clone();
        self.rated(act, code, &number).await.map_err(|error| match error {
            AppError::NotFound(_) => no_proposal(id),
            error => error,
        })?;
        let own = found.proposed_by == self.actor.doer();
        let (from, to) = match decision {
            RatingDecision::Confirm => (&[CalibrationState::Proposed][..], CalibrationState::Confirmed),
            RatingDecision::Decline => (&[CalibrationState::Proposed][..], CalibrationState::Declined),
            RatingDecision::Withdraw => {
                (&[CalibrationState::Proposed, CalibrationState::Confirmed][..], CalibrationState::Withdrawn)
            }
        };
        match decision {
            RatingDecision::Confirm | RatingDecision::Decline if own => {
                return Err(AppError::refused("you proposed this rating: a second person decides about it")
                    .because(Why::OwnProposal {}));
            }
            RatingDecision::Withdraw if !own => {
                // What others proposed is taken back by who may decide about it.
                self.rated(Act::Calibrate, code, &number).await?;
            }
            _ => {}
        }
        if !from.contains(&found.state) {
            return Err(AppError::changed(format!(
                "the proposal is {} meanwhile: read it again, then decide",
                found.state.as_str()
            ))
            .because(Why::ProposalDecided {}));
        }
        let comment = match decision {
            RatingDecision::Confirm => comment.trim().to_owned(),
            RatingDecision::Decline | RatingDecision::Withdraw => needed(comment)?,
        };
        let change = Change::new("rating.decide", "agent", &number).reason(Some(&comment));
        let change = change.detail(format_args!("cycle={code} proposal={id} {}", to.as_str()));
        let store = self.recorded(change.before(told(found.calculated.as_deref())).after(told(Some(&found.rating))));
        let decided = (&self.actor.doer(), self.clock.now());
        store.decide_rating(&found, to, decided, &comment).await.map_err(AppError::as_things_stand)?;
        self.calibration(code, id).await
    }

    /// Proposals of a cycle, in the order they were made. The key of one is its internal number.
    pub async fn calibrations(
        &self,
        code: &str,
        slice: &Slice,
        state: Option<CalibrationState>,
    ) -> Result<Page<CalibrationView>, AppError> {
        let auditing = |_| self.require(Act::ReadAudit).map(|()| Reach::everything());
        let reach = self.reach(Act::Calibrate).or_else(|_| self.reach(Act::ProposeRating)).or_else(auditing)?;
        let cycle = self.cycle(code).await?;
        let run = self.current_run(&cycle).await?;
        let after = slice.after.as_deref().map(super::read::number).transpose()?;
        let page = self.store.calibrations_page(run.id, after, slice.limit.into(), (&reach, state)).await?;
        let detail = format!("rows={}", page.rows.len());
        self.recorded_list(&reach, Change::new("rating.list", "cycle", code).detail(detail)).await?;
        let rows = self.named(page.rows).await?;
        Ok(Page { rows, more: page.more })
    }

    /// Proposals about these agents, by their internal numbers, in the order they were made.
    pub async fn calibrations_among(&self, code: &str, agents: &[i64]) -> Result<Vec<CalibrationView>, AppError> {
        let auditing = |_| self.require(Act::ReadAudit).map(|()| Reach::everything());
        let reach = self.reach(Act::Calibrate).or_else(|_| self.reach(Act::ProposeRating)).or_else(auditing)?;
        let cycle = self.cycle(code).await?;
        let run = self.current_run(&cycle).await?;
        let found = self.store.calibrations_among(run.id, agents, &reach).await?;
        let detail = format!("rows={}", found.len());
        self.recorded_list(&reach, Change::new("rating.list", "cycle", code).detail(detail)).await?;
        self.named(found).await
    }

    async fn calibration(&self, code: &str, id: Uuid) -> Result<CalibrationView, AppError> {
        let cycle = self.cycle(code).await?;
        let found = self.store.calibration(cycle.id, id).await?.ok_or_else(|| no_proposal(id))?;
        self.named(vec![found]).await?.pop().ok_or_else(|| no_proposal(id))
    }

    /// With the logins of who proposed and decided, by one query.
    async fn named(&self, calibrations: Vec<Calibration>) -> Result<Vec<CalibrationView>, AppError> {
        let mut accounts = Vec::new();
        for one in &calibrations {
            for doer in [Some(&one.proposed_by), one.decided_by.as_ref()].into_iter().flatten() {
                if let Doer::Account(id) = doer {
                    accounts.push(*id);
                }
            }
        }
        let logins = self.store.logins(accounts).await?;
        let name = |doer: &Doer| match doer {
            Doer::Operator(name) => Some(name.clone()),
            Doer::Account(id) => logins.get(id).cloned(),
        };
        let view = |calibration: Calibration| CalibrationView {
            proposed_by: name(&calibration.proposed_by),
            decided_by: calibration.decided_by.as_ref().and_then(name),
            calibration,
        };
        Ok(calibrations.into_iter().map(view).collect())
    }

    /// An agent's result in review that is within reach of the act, and not one's own.
    async fn rated(&self, act: Act, code: &str, employee_number: &str) -> Result<(Cycle, AgentResult), AppError> {
        let reach = self.reach(act)?;
        let cycle = self.cycle(code).await?;
        let found = self.store.agent_result_of(cycle.id, employee_number).await?;
        let (Some(result), Some(run)) = (found, cycle.current_run_id) else { return Err(none(code, employee_number)) };
        if !self.store.result_within(run, &reach, None, result.unit_id).await? {
            return Err(none(code, employee_number));
        }
        if self.actor.own_account().is_some_and(|account| account.agent_id == Some(result.agent_id)) {
            return Err(AppError::refused("nobody calibrates their own rating").because(Why::OwnRating {}));
        }
        if cycle.state != CycleState::InReview {
            return Err(AppError::refused(format!(
                "cycle {code} is {}: ratings are calibrated while it is in review",
                cycle.state.as_str().replace('_', " ")
            ))
            .because(Why::CalibratedInReview { state: cycle.state }));
        }
        Ok((cycle, result))
    }
}

fn none(cycle: &str, employee_number: &str) -> AppError {
    AppError::NotFound(format!("cycle {cycle} has no result of agent '{employee_number}' in review"))
}

fn no_proposal(id: Uuid) -> AppError {
    AppError::NotFound(format!("there is no proposed rating '{id}'"))
}

fn needed(comment: &str) -> Result<String, AppError> {
    let comment = comment.trim();
    match comment.chars().count() {
        0 => Err(AppError::invalid("comment: say why in words").because(Why::WordsNeeded {})),
        1..=LONGEST_COMMENT => Ok(comment.to_owned()),
        long => Err(AppError::invalid(format!("comment: it has {long} characters; keep it to {LONGEST_COMMENT}"))
            .because(too_long(LONGEST_COMMENT))),
    }
}

fn told(rating: Option<&str>) -> Option<Digest> {
    Some(Digest::of_fields(&[("rating", rating.unwrap_or_default())]))
}
