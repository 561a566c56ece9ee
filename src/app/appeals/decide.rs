//! Who decides an appeal, and what a decision changes.

use std::sync::Arc;

use uuid::Uuid;

use super::super::assess::{AssessError, Assessor};
use super::super::revisions::{Made, Standing, hashes, renew};
use super::super::snapshot::Snapshot;
use super::super::{App, AppError, Change, ENGINE_VERSION};
use super::{AppealView, needed};
use crate::app::refusal::Why;
use crate::domain::appeal::AppealState;
use crate::domain::appraisal::{Calibrated, CalibrationReason};
use crate::domain::authority::{Act, Reach};
use crate::domain::cycle::CycleAct;
use crate::domain::judgement::RaterGroup;
use crate::rules::Ruleset;
use crate::store::{Appeal, Cycle, Decision, Doer, NewRevision, RevisedAgent, RevisionKind, Run};

/// A rating in the place of the calculated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRating {
    /// The id of a band of the agent's card.
    pub rating: String,
    pub reason: CalibrationReason,
}

/// What a decision changes for the agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Variation {
    /// Ids of lines whose weight goes to the others.
    pub leave_out: Vec<String>,
    pub rating: Option<OtherRating>,
    /// Roster, leave and facts are taken as they are now, after they were mended.
    pub facts_anew: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The result stays.
    Uphold,
    Vary(Variation),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionOrder<'a> {
    pub appeal: Uuid,
    pub verdict: Verdict,
    pub reason: &'a str,
}

impl App {
    /// Gives an open appeal to an account, by its login, or to whoever asks.
    ///
    /// Errors: `Refused` for somebody who may not decide it: without the act, the agent, or who reviewed or scored them.
    pub async fn assign_appeal(&self, id: Uuid, to: Option<&str>) -> Result<AppealView, AppError> {
        self.reach(Act::DecideAppeals)?;
        let (appeal, cycle) = self.seen_to_decide(id).await?;
        let (doer, name, reach, agent) = match to {
            None => {
                let own = self.actor.own_account();
                (
                    self.actor.doer(),
                    self.actor.name(),
                    self.actor.reach(Act::DecideAppeals),
                    own.and_then(|own| own.agent_id),
                )
            }
            Some(login) => {
                let unknown = || {
                    AppError::invalid(format!("to: there is no account '{login}' that may decide it"))
                        .because(Why::NoDecider { login: login.to_owned() })
                };
                let account = self.store.account_by_login(&login.trim().to_lowercase()).await?.ok_or_else(unknown)?;
                let (account_id, name, agent) = (account.id, account.login.clone(), account.agent_id);
                let actor = self.actor_of(account, None).await?.ok_or_else(unknown)?;
                (Doer::Account(account_id), name, actor.reach(Act::DecideAppeals), agent)
            }
        };
        self.impartial(&appeal, &cycle, (&doer, &name), &reach, agent).await?;
        let change = Change::new("appeal.assign", "appeal", id);
        let change = change.detail(format_args!("agent={} to={name}", appeal.employee_number));
        self.recorded(change).assign_appeal(&appeal, &doer).await.map_err(AppError::as_things_stand)?;
        self.appeal(id).await
    }

    /// Decides an appeal that is assigned to whoever asks.
    ///
    /// Errors: `Refused` for who it is not assigned to, and for a variation that changes nothing; `Invalid` for lines and ratings that
    /// the agent's card does not have.
    pub async fn decide_appeal(&self, order: DecisionOrder<'_>) -> Result<AppealView, AppError> {
        self.reach(Act::DecideAppeals)?;
        let DecisionOrder { appeal: id, verdict, reason } = order;
        let (appeal, cycle) = self.seen_to_decide(id).await?;
        if appeal.state != AppealState::Open {
            return Err(AppError::refused(format!("the appeal is {} already", appeal.state))
                .because(Why::AppealState { state: appeal.state }));
        }
        let doer = self.actor.doer();
        if appeal.assigned_to.as_ref() != Some(&doer) {
            return Err(AppError::refused(
                "an appeal is decided by whom it is assigned to: take it over first, by assigning it to yourself",
            )
            .because(Why::TakeOverFirst {}));
        }
        let agent = self.actor.own_account().and_then(|own| own.agent_id);
        // What kept nobody from taking it may have come since, such as a review.
        let reach = self.actor.reach(Act::DecideAppeals);
        self.impartial(&appeal, &cycle, (&doer, &self.actor.name()), &reach, agent).await?;
        let reason = needed(reason, "reason")?;
        let decision = Decision { appeal: &appeal, by: doer, at: self.clock.now(), reason: reason.clone() };
        let detail = format!("cycle={} agent={}", cycle.code, appeal.employee_number);
        match verdict {
            Verdict::Uphold => {
                let change = Change::new("appeal.uphold", "appeal", id).reason(Some(&reason)).detail(detail);
                self.recorded(change).uphold_appeal(&decision).await.map_err(AppError::as_things_stand)?;
            }
            Verdict::Vary(variation) => {
                let revision = self.varied(&appeal, &cycle, &variation, &decision).await?;
                let change = Change::new("appeal.vary", "appeal", id).reason(Some(&reason));
                let change = change.detail(format_args!("{detail} {}", told(&variation)));
                self.recorded(change).vary_appeal(&decision, &revision).await.map_err(AppError::as_things_stand)?;
            }
        }
        self.appeal(id).await
    }

    /// As for reading, but only as far as whoever asks may decide.
    async fn seen_to_decide(&self, id: Uuid) -> Result<(Appeal, Cycle), AppError> {
        let (appeal, cycle) = self.seen_appeal(id).await?;
        let reach = self.actor.reach(Act::DecideAppeals);
        let run = cycle.current_run_id.unwrap_or_default();
        match self.within(run, &reach, Some((None, appeal.unit_id))).await? {
            true => Ok((appeal, cycle)),
            false => Err(AppError::NotFound(format!("there is no appeal '{id}' for you to decide"))),
        }
    }

    /// Refuses who may not decide, or had a part in the result: the agent, who reviewed them, who scored the cycle.
    async fn impartial(
        &self,
        appeal: &Appeal,
        cycle: &Cycle,
        (doer, name): (&Doer, &str),
        reach: &Reach,
        agent: Option<i64>,
    ) -> Result<(), AppError> {
        let refused = |text: &str, why: Why| {
            Err(AppError::refused(format!("{name} does not decide this appeal: {text}")).because(why))
        };
        let name = name.to_owned();
        let run = cycle.current_run_id.unwrap_or_default();
        if reach.is_nothing() || !self.store.result_within(run, reach, None, appeal.unit_id).await? {
            return refused(
                "they may not decide appeals of this unit ('merit grant add' lets them)",
                Why::DeciderOutside { name: name.clone() },
            );
        }
        if agent == Some(appeal.agent_id) {
            return refused("it is their own", Why::DeciderIsAgent { name: name.clone() });
        }
        if let Some(agent) = agent {
            let review = self.store.review(cycle.id, appeal.agent_id, agent).await?;
            if review.is_some_and(|review| review.group == RaterGroup::Supervisor && review.submitted_at.is_some()) {
                return refused("they reviewed the agent", Why::DeciderReviewed { name: name.clone() });
            }
        }
        let events = self.store.cycle_events(cycle.id).await?;
        let scored = |act| matches!(act, CycleAct::Score | CycleAct::Appraise);
        if events.iter().any(|event| scored(event.act) && event.run_id == cycle.current_run_id && event.by == *doer) {
            return refused("they scored the cycle", Why::DeciderScored { name: name.clone() });
        }
        Ok(())
    }

    /// The revision that a decision asks for.
    async fn varied(
        &self,
        appeal: &Appeal,
        cycle: &Cycle,
        variation: &Variation,
        decision: &Decision<'_>,
    ) -> Result<NewRevision, AppError> {
        let base = self.current_run(cycle).await?;
        same_engine(&base, cycle)?;
        let rules = self.pinned_rules(&base.ruleset_hash).await?;
        let opened = Snapshot::open(&self.store, &base, &rules).await?;
        let Standing { mut member, stood } = self.standing(&base, appeal.agent_id).await?;
        let assessor = Assessor { rules: &rules, cycle: cycle.period, common: &opened.common };
        let before = Made::of(&assessor, self.clock, &member)?;
        if variation.facts_anew {
            let id = appeal.agent_id;
            let live = self.store.live_view(cycle.period).await?.agents(Some(id - 1), 1).await?;
            let live = live.into_iter().find(|agent| agent.agent_id == id);
            let leave = self.store.absences_of(id, id, cycle.period).await?;
            let leave = leave.into_iter().map(|leave| leave.period).collect();
            renew(&mut member, live, leave, &opened.codes())?;
        }
        for line in &variation.leave_out {
            known_line(&rules, &member.snapshot.stretches, line)?;
            member.snapshot.left_out.push(Arc::from(line.as_str()));
        }
        member.snapshot.left_out.sort();
        member.snapshot.left_out.dedup();
        if let Some(OtherRating { rating, reason }) = &variation.rating {
            member.snapshot.calibrated = Some(Calibrated { rating: rating.as_str().into(), reason: *reason });
        }
        let made = Made::of(&assessor, self.clock, &member).map_err(as_asked)?;
        if made.digest == before.digest {
            return Err(AppError::refused(
                "with this the result would be the same: leave out a line that counts, name another rating or take facts anew after they were \
                 mended; or uphold the result",
            ).because(Why::SameResult {}));
        }
        let (snapshot_hash, result_hash) = hashes(&base, std::iter::once((&made.snapshot, made.digest)));
        let Made { snapshot, packed, .. } = made;
        Ok(NewRevision {
            public_id: self.clock.new_id(),
            base,
            kind: RevisionKind::Varied,
            reason: decision.reason.clone(),
            by: decision.by.clone(),
            at: decision.at,
            snapshot_hash,
            result_hash,
            agents: vec![RevisedAgent { snapshot, result: packed, stood, adjustments: Vec::new() }],
            post_in: None,
        })
    }
}

/// Results are revised by the engine that made them, for every other line would change with another.
pub(in crate::app) fn same_engine(base: &Run, cycle: &Cycle) -> Result<(), AppError> {
    match base.engine_version == ENGINE_VERSION {
        true => Ok(()),
        false => Err(AppError::refused(format!(
            "cycle {} was appraised by engine {}, this is engine {ENGINE_VERSION}: revise it with the Merit that made it",
            cycle.code, base.engine_version
        )).because(Why::OtherEngine {})),
    }
}

/// A rating that the card does not have was asked for; anything else stays what it is.
fn as_asked(error: AppError) -> AppError {
    match error {
        AppError::Assess(AssessError::Combine { source, .. }) => AppError::invalid(format!("rating: {source}")),
        error => error,
    }
}

fn known_line(rules: &Ruleset, stretches: &[super::super::Stretch], line: &str) -> Result<(), AppError> {
    let cards = || stretches.iter().filter_map(|stretch| rules.card_for_post(&stretch.post));
    if cards().flat_map(|card| &card.lines).any(|known| *known.id == *line) {
        return Ok(());
    }
    let known: Vec<&str> = cards().flat_map(|card| &card.lines).map(|line| &*line.id).collect();
    Err(AppError::invalid(format!(
        "leave_out: the agent's scorecard has no line '{line}'; it has {}",
        known.join(", ")
    ))
    .because(Why::NoLine { line: line.to_owned() }))
}

/// What a decision changes, for the log.
fn told(variation: &Variation) -> String {
    let Variation { leave_out, rating, facts_anew } = variation;
    let mut parts: Vec<String> = leave_out.iter().map(|line| format!("left_out={line}")).collect();
    parts.extend(rating.as_ref().map(|other| format!("rating={} because={}", other.rating, other.reason)));
    parts.extend(facts_anew.then(|| "facts_anew".to_owned()));
    parts.join(" ")
}
