//! One agent's results from a run's snapshot and rules: scorecards of the stretches put together, payout, suggested plan. Pure, so
//! that a replay gives the same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::figures::{Common, Figures, Pooling};
use crate::domain::appraisal::{
    AppraisalResult, Calibrated, CombineError, Exemption, ExemptionReason, PeerLine, StretchCard, combine,
    days_present, merge_stretches, samples_of,
};
use crate::domain::fact::SegmentFact;
use crate::domain::fixed::Fixed;
use crate::domain::improvement::{self, History, Suggestion};
use crate::domain::judgement::Ratings;
use crate::domain::metric::MetricId;
use crate::domain::money::Currency;
use crate::domain::payout::{self, PayableStretch, PayoutError, PayoutInput, PayoutResult};
use crate::domain::peers::{GroupKey, PeerKey, PeerOverflow, PeerStanding, Traits, group_key, main_queue};
use crate::domain::period::Period;
use crate::domain::scorecard::{self, Card, Carried, LineResult, LineState, Measure, Scope, ScoreError};
use crate::rules::Ruleset;

/// An assignment inside the cycle, with what was measured in its days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Code of the unit.
    pub unit: String,
    pub post: String,
    pub period: Period,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
    /// In order of metric and segment, each once.
    pub facts: Vec<SegmentFact>,
}

/// The points of a line in the cycle before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedLine {
    pub line: Arc<str>,
    pub carried: Carried,
}

/// What a run knows of one agent: all that scoring and replay read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentSnapshot {
    pub employee_number: String,
    /// In order of date.
    pub stretches: Vec<Stretch>,
    /// Days of leave in the cycle.
    pub leave: Vec<Period>,
    /// A person's decision that the agent is not appraised.
    pub exempt: Option<ExemptionReason>,
    /// Further columns of the roster, by name.
    pub attributes: BTreeMap<String, String>,
    /// The rating people agreed on.
    pub calibrated: Option<Calibrated>,
    /// By form.
    pub ratings: BTreeMap<Arc<str>, Ratings>,
    /// Values of earlier cycles, oldest first, for the rules of improvement plans.
    pub history: Vec<History>,
    /// Of the cycle before.
    pub carried: Vec<CarriedLine>,
    /// Ids of lines that decisions on appeals left out, in order.
    pub left_out: Vec<Arc<str>>,
}

/// One agent's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    pub employee_number: String,
    /// Those of the last stretch that a card measures.
    pub unit: String,
    pub post: String,
    pub result: AppraisalResult,
    pub payout: Option<PayoutResult>,
    pub plan: Option<Suggestion>,
}

/// Why an agent could not be assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    #[error("agent {agent}: {source}")]
    Score { agent: String, source: ScoreError },
    #[error("agent {agent}: {source}")]
    Combine { agent: String, source: CombineError },
    #[error("agent {agent}: {source}")]
    Pay { agent: String, source: PayoutError },
    #[error("unit {unit}: {source}")]
    Unit { unit: String, source: ScoreError },
    #[error("{whose}: the sums of metric {metric} are too large to be exact")]
    Overflow { whose: String, metric: MetricId },
    #[error(transparent)]
    Peers(#[from] PeerOverflow),
}

/// What every agent of a run is assessed with.
#[derive(Clone, Copy)]
pub struct Assessor<'a> {
    pub rules: &'a Ruleset,
    pub cycle: Period,
    pub common: &'a Common,
}

/// Assignments in one unit and post that one card measures together.
pub(super) struct MeasuredStretch<'a> {
    pub(super) card: &'a Card,
    pub(super) assignments: &'a [Stretch],
}

impl MeasuredStretch<'_> {
    fn place(&self) -> (&str, &str) {
        self.assignments.last().map(|last| (last.unit.as_str(), last.post.as_str())).unwrap_or_default()
    }

    fn period(&self) -> Option<Period> {
        let (first, last) = self.assignments.first().zip(self.assignments.last())?;
        Some(Period { first: first.period.first, last: last.period.last })
    }
}

impl AgentSnapshot {
    /// The stretches that a card measures, in order of date.
    pub(super) fn measured<'a>(&'a self, rules: &'a Ruleset) -> Vec<MeasuredStretch<'a>> {
        merge_stretches(&self.stretches, |stretch| (&stretch.unit, &stretch.post))
            .into_iter()
            .filter_map(|assignments| {
                let card = rules.card_for_post(&assignments.first()?.post)?;
                Some(MeasuredStretch { card, assignments })
            })
            .collect()
    }

    /// The peer group of the agent by the card of the last stretch; `None` where that card compares with nobody.
    pub(super) fn peer_group(
        &self,
        measured: &[MeasuredStretch<'_>],
        common: &Common,
    ) -> Option<Result<GroupKey, PeerKey>> {
        let last = measured.last()?;
        let rule = last.card.peers.as_ref()?;
        let (unit, post) = last.place();
        let facts = measured.iter().flat_map(|stretch| stretch.assignments).flat_map(|stretch| &stretch.facts);
        let queue = main_queue(facts.map(|fact| (&*fact.segment, fact.pooled.samples)));
        let traits = Traits { post, unit, queue, attributes: &self.attributes };
        Some(group_key(rule, &last.card.id, &traits, &common.tree))
    }
}

impl Assessor<'_> {
    /// The agent's results; `None` when no card of the rules measures any post the agent held.
    pub fn assess(&self, agent: &AgentSnapshot) -> Result<Option<Assessment>, AssessError> {
        let measured = agent.measured(self.rules);
        let Some(last) = measured.last() else { return Ok(None) };
        let group = agent.peer_group(&measured, self.common);
        let mut cards = Vec::with_capacity(measured.len());
        for stretch in &measured {
            let group =
                group.as_ref().and_then(|group| group.as_ref().ok()).filter(|_| stretch.card.id == last.card.id);
            cards.push(self.score(agent, stretch, group)?);
        }
        let exempted = agent.exempt.map(|reason| Exemption::Granted { reason });
        let mut result = combine(|id| self.rules.card(id), cards, exempted)
            .map_err(|source| AssessError::Combine { agent: agent.employee_number.clone(), source })?;
        if let Some(agreed) = &agent.calibrated {
            let refused = |source| AssessError::Combine { agent: agent.employee_number.clone(), source };
            result.calibrate(agreed, last.card).map_err(refused)?;
        }
        if let (Some(rule), Some(group)) = (&last.card.peers, group) {
            result.peers = self.peer_lines(agent, &measured, last.card, group, rule.min_members)?;
        }
        let payout = pay_of(self.rules, self.cycle, agent, &measured, &result)?;
        let plan = self.suggest(agent, &result);
        let (unit, post) = last.place();
        Ok(Some(Assessment {
            employee_number: agent.employee_number.clone(),
            unit: unit.to_owned(),
            post: post.to_owned(),
            result,
            payout,
            plan,
        }))
    }

    fn score(
        &self,
        agent: &AgentSnapshot,
        stretch: &MeasuredStretch<'_>,
        group: Option<&GroupKey>,
    ) -> Result<StretchCard, AssessError> {
        let (unit, post) = stretch.place();
        let figures = Figures {
            rules: self.rules,
            common: self.common,
            own: Pooling::of(&agent.employee_number, stretch.assignments.iter().flat_map(|one| &one.facts))?,
            unit: self.common.units.get(unit),
            group: group.zip(stretch.card.peers.as_ref()).map(|(group, rule)| (group, rule.min_members)),
            agent,
        };
        let card = scorecard::score(stretch.card, &figures)
            .map_err(|source| AssessError::Score { agent: agent.employee_number.clone(), source })?;
        let samples = samples_of(&card);
        Ok(StretchCard {
            unit: unit.to_owned(),
            post: post.to_owned(),
            period: stretch.period().unwrap_or(self.cycle),
            days: days_present(stretch.assignments.iter().map(|one| one.period), &agent.leave),
            samples,
            card,
        })
    }

    /// Where the agent stands in each own line, over all stretches that the last one's card measures.
    fn peer_lines(
        &self,
        agent: &AgentSnapshot,
        measured: &[MeasuredStretch<'_>],
        card: &Card,
        group: Result<GroupKey, PeerKey>,
        min_members: i64,
    ) -> Result<Vec<PeerLine>, AssessError> {
        let own = peer_facts(&agent.employee_number, measured, card)?;
        let mut lines = Vec::new();
        for line in card.lines.iter().filter(|line| line.scope == Scope::Own) {
            let Some(metric) = self.rules.metric(&line.metric) else { continue };
            let standing = match &group {
                Ok(group) => {
                    let own = own.sum(&line.metric).and_then(|pooled| metric.value(&pooled));
                    self.common.peers.standing(group, metric, own, min_members)
                }
                Err(missing) => PeerStanding::NoGroup { missing: missing.clone() },
            };
            lines.push(PeerLine { line: Arc::clone(&line.id), standing });
        }
        Ok(lines)
    }

    /// Who is exempt is not measured well enough for a plan.
    fn suggest(&self, agent: &AgentSnapshot, result: &AppraisalResult) -> Option<Suggestion> {
        let card = result.last_card().filter(|_| result.exemption.is_none())?;
        let own = card.lines.iter().filter(|line| line.scope == Scope::Own && line.measure == Measure::Value);
        let histories: Vec<History> = own.map(|line| with_current(agent, line)).collect();
        improvement::suggest(&self.rules.improvement, |id| self.rules.metric(id), &histories, self.plans_start())
    }

    /// Plans start the day after the cycle, when its figures are known.
    fn plans_start(&self) -> NaiveDate {
        self.cycle.last.checked_add_days(Days::new(1)).unwrap_or(self.cycle.last)
    }
}

/// What the plan of the last post pays for a result; `None` where no plan pays that post.
pub(super) fn pay_of(
    rules: &Ruleset,
    cycle: Period,
    agent: &AgentSnapshot,
    measured: &[MeasuredStretch<'_>],
    result: &AppraisalResult,
) -> Result<Option<PayoutResult>, AssessError> {
    let assignments = || measured.iter().flat_map(|stretch| stretch.assignments);
    let Some(last) = assignments().next_back() else { return Ok(None) };
    let Some(plan) = rules.plan_for_post(&last.post) else { return Ok(None) };
    let payable = |stretch: &Stretch| PayableStretch {
        period: stretch.period,
        fte: stretch.fte,
        target_minor: stretch.target_minor,
    };
    let input = PayoutInput {
        cycle,
        score: result.printed,
        rating: result.rating.as_deref().map(str::to_owned),
        currency: last.currency,
        stretches: assignments().filter(|stretch| stretch.currency == last.currency).map(payable).collect(),
    };
    payout::pay(plan, &input)
        .map(Some)
        .map_err(|source| AssessError::Pay { agent: agent.employee_number.clone(), source })
}

/// The facts by which an agent is compared with peers: those of all stretches that `card` measures.
pub(super) fn peer_facts(
    employee_number: &str,
    measured: &[MeasuredStretch<'_>],
    card: &Card,
) -> Result<Pooling, AssessError> {
    let same = measured.iter().filter(|stretch| stretch.card.id == card.id);
    Pooling::of(employee_number, same.flat_map(|stretch| stretch.assignments).flat_map(|one| &one.facts))
}

/// The line's earlier values with the current one at the end.
fn with_current(agent: &AgentSnapshot, line: &LineResult) -> History {
    let earlier = agent.history.iter().find(|history| history.metric == line.metric);
    let mut periods = earlier.map(|history| history.periods.clone()).unwrap_or_default();
    // What an appeal left out says nothing about the agent.
    let value = line.value.filter(|_| line.state != LineState::LeftOut);
    periods.push(value.map(|value| improvement::PastValue {
        value,
        interval: line.interval,
        samples: line.pooled.samples,
    }));
    History { metric: line.metric.clone(), weight: line.weight, periods }
}
