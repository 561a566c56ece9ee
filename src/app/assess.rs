//! One agent's results from a run's snapshot and rules: scorecard, payout, suggested plan. Pure, so that a replay gives the
//! same bytes.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::fact::{Pooled, SegmentFact};
use crate::domain::fixed::Fixed;
use crate::domain::improvement::{self, History, Suggestion};
use crate::domain::judgement::Form;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::money::Currency;
use crate::domain::payout::{self, PayableStretch, PayoutError, PayoutInput, PayoutResult};
use crate::domain::period::Period;
use crate::domain::scorecard::{self, CardResult, Measure, Measured, Scope, ScoreError};
use crate::rules::Ruleset;

/// Facts pooled by metric.
pub type Facts = BTreeMap<MetricId, Pooled>;

/// A stretch of an agent's assignment inside the cycle, with what was measured in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    pub unit: String,
    pub post: String,
    pub period: Period,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
    /// In order of metric and segment, each once.
    pub facts: Vec<SegmentFact>,
}

/// What a run knows of one agent: all that scoring and replay read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentSnapshot {
    pub employee_number: String,
    /// In order of date.
    pub stretches: Vec<Stretch>,
    /// Values of earlier cycles, oldest first, for the rules of improvement plans.
    pub history: Vec<History>,
}

/// One agent's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    pub employee_number: String,
    /// The unit and post the card was given for: those of the last stretch.
    pub unit: String,
    pub post: String,
    pub card: CardResult,
    pub payout: Option<PayoutResult>,
    pub plan: Option<Suggestion>,
}

/// Why an agent could not be assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    #[error("agent {agent}: {source}")]
    Score { agent: String, source: ScoreError },
    #[error("agent {agent}: {source}")]
    Pay { agent: String, source: PayoutError },
    #[error("{whose}: the sums of metric {metric} are too large to be exact")]
    Overflow { whose: String, metric: MetricId },
}

/// What every agent of a run is assessed with.
pub struct Assessor<'a> {
    pub rules: &'a Ruleset,
    pub cycle: Period,
    /// Facts pooled over each unit and everything below it.
    pub units: &'a BTreeMap<String, Facts>,
}

struct Figures<'a> {
    rules: &'a Ruleset,
    own: Facts,
    unit: Option<&'a Facts>,
}

impl Measured for Figures<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        match scope {
            Scope::Own => self.own.get(metric).copied(),
            Scope::Unit => self.unit.and_then(|facts| facts.get(metric)).copied(),
        }
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.rules.metrics.get(id)
    }

    fn form(&self, id: &str) -> Option<&Form> {
        self.rules.form(id)
    }
}

impl Assessor<'_> {
    /// The agent's results; `None` when no card of the rules measures the agent's post.
    pub fn assess(&self, agent: &AgentSnapshot) -> Result<Option<Assessment>, AssessError> {
        let Some(last) = agent.stretches.last() else { return Ok(None) };
        let Some(card) = self.rules.card_for_post(&last.post) else { return Ok(None) };
        let measured: Vec<&Stretch> =
            agent.stretches.iter().filter(|stretch| card.posts.contains(&stretch.post)).collect();
        let figures = Figures { rules: self.rules, own: pool(agent, &measured)?, unit: self.units.get(&last.unit) };
        let card = scorecard::score(card, &figures)
            .map_err(|source| AssessError::Score { agent: agent.employee_number.clone(), source })?;
        let payout = self.pay(agent, last, &measured, &card)?;
        let plan = self.suggest(agent, &card);
        Ok(Some(Assessment {
            employee_number: agent.employee_number.clone(),
            unit: last.unit.clone(),
            post: last.post.clone(),
            card,
            payout,
            plan,
        }))
    }

    fn pay(
        &self,
        agent: &AgentSnapshot,
        last: &Stretch,
        measured: &[&Stretch],
        card: &CardResult,
    ) -> Result<Option<PayoutResult>, AssessError> {
        let Some(plan) = self.rules.plan_for_post(&last.post) else { return Ok(None) };
        let payable = |stretch: &&Stretch| PayableStretch {
            period: stretch.period,
            fte: stretch.fte,
            target_minor: stretch.target_minor,
        };
        let input = PayoutInput {
            cycle: self.cycle,
            score: card.printed,
            rating: card.rating.as_deref().map(str::to_owned),
            currency: last.currency,
            stretches: measured.iter().filter(|stretch| stretch.currency == last.currency).map(payable).collect(),
        };
        payout::pay(plan, &input)
            .map(Some)
            .map_err(|source| AssessError::Pay { agent: agent.employee_number.clone(), source })
    }

    fn suggest(&self, agent: &AgentSnapshot, card: &CardResult) -> Option<Suggestion> {
        // An index is no value in the metric's unit, and a metric on two lines is still one metric.
        let own = card.lines.iter().filter(|line| line.scope == Scope::Own && line.measure == Measure::Value);
        let mut histories: Vec<History> = Vec::new();
        for line in own {
            if !histories.iter().any(|history| history.metric == line.metric) {
                histories.push(with_current(agent, line));
            }
        }
        improvement::suggest(&self.rules.improvement, |id| self.rules.metric(id), &histories, self.plans_start())
    }

    /// Plans start the day after the cycle, when its figures are known.
    fn plans_start(&self) -> NaiveDate {
        self.cycle.last.checked_add_days(Days::new(1)).unwrap_or(self.cycle.last)
    }
}

/// The line's earlier values with the current one at the end.
fn with_current(agent: &AgentSnapshot, line: &scorecard::LineResult) -> History {
    let earlier = agent.history.iter().find(|history| history.metric == line.metric);
    let mut periods = earlier.map(|history| history.periods.clone()).unwrap_or_default();
    periods.push(line.value.map(|value| improvement::PastValue {
        value,
        interval: line.interval,
        samples: line.pooled.samples,
    }));
    History { metric: line.metric.clone(), weight: line.weight, periods }
}

/// The agent's facts of the measured stretches, each fact once, segments added up.
fn pool(agent: &AgentSnapshot, measured: &[&Stretch]) -> Result<Facts, AssessError> {
    let mut pooled = Facts::new();
    for fact in measured.iter().flat_map(|stretch| &stretch.facts) {
        add(&mut pooled, &agent.employee_number, fact)?;
    }
    Ok(pooled)
}

/// Adds a fact to the sum of its metric.
pub(super) fn add(pooled: &mut Facts, whose: &str, fact: &SegmentFact) -> Result<(), AssessError> {
    let sum = pooled.get(&fact.metric).copied().unwrap_or_default().checked_add(&fact.pooled);
    let too_large = || AssessError::Overflow { whose: whose.to_owned(), metric: fact.metric.clone() };
    pooled.insert(fact.metric.clone(), sum.ok_or_else(too_large)?);
    Ok(())
}
