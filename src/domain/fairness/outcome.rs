//! What a card makes of identical agents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::metric::{Metric, MetricId, Unit};
use super::super::scorecard::{Card, CardResult, Line, Measure, Measured, Scope, ScoreError, score};
use super::group::Group;
use super::spread::Spread;

/// Why a card says nothing about identical agents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FairnessError {
    #[error("{0}")]
    Score(#[from] ScoreError),
    #[error("card '{card}' gives an agent at the true values no rating: {state}")]
    NoTrueRating { card: Arc<str>, state: String },
    #[error("the figures of the agents add up to more than can be counted: simulate fewer agents or fewer cases")]
    Overflow,
}

/// What a card makes of a group. Shares are percent of all agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Of the first line's observed rate, in its metric's unit.
    pub rate: Spread,
    /// The printed total that the true values earn.
    pub true_score: Fixed,
    pub true_rating: Arc<str>,
    /// Of the printed totals; `None` when nobody has one.
    pub score: Option<Spread>,
    /// Who has no points on the first line.
    pub no_points: Fixed,
    /// Who has at least 100 points on the first line.
    pub full_points: Fixed,
    /// Who is rated in another band than the true one.
    pub other_band: Fixed,
    /// Who is rated two or more bands away from the true one.
    pub two_bands_off: Fixed,
    /// Who gets no total, because too little was measured.
    pub unrated: Fixed,
}

/// Scores every agent of `group` with `card`: the group's lines as drawn, all others at `held` (in the metric's unit). Lines without
/// either have no data.
pub fn judge(
    card: &Card,
    metrics: &BTreeMap<MetricId, Metric>,
    held: &[(&Line, Fixed)],
    group: &Group,
) -> Result<Outcome, FairnessError> {
    let steady = held.iter().map(|(line, value)| (&line.metric, steady_facts(line, *value, metrics))).collect();
    let truly = Figures { metrics, steady: &steady, lines: group, drawn: &[], peers: None };
    let (true_score, true_rating) = rated(card, &score(card, &truly)?)?;

    let all = group.pooled().ok_or(FairnessError::Overflow)?;
    let mut tally = Tally::default();
    for (drawn, agents) in group.alike() {
        let result = score(card, &Figures { drawn: &drawn, peers: Some(&all), ..truly })?;
        let first = group.lines().first().zip(drawn.first());
        let rate = first.and_then(|(line, facts)| facts.numerator.mul_div(line.whole, facts.denominator));
        tally.rates.push((rate.ok_or(FairnessError::Overflow)?, agents));
        tally.count(card, &true_rating, group, &result, agents);
    }
    tally.outcome(true_score, true_rating, group.agents()).ok_or(FairnessError::Overflow)
}

fn rated(card: &Card, result: &CardResult) -> Result<(Fixed, Arc<str>), FairnessError> {
    let both = result.printed.zip(result.rating.clone());
    both.ok_or_else(|| FairnessError::NoTrueRating { card: card.id.clone(), state: format!("{:?}", result.state) })
}

/// Facts, enough of them, whose value is exactly this. For an index, which is compared with 1, its numerator is the value.
fn steady_facts(line: &Line, value: Fixed, metrics: &BTreeMap<MetricId, Metric>) -> Pooled {
    let unit = metrics.get(&line.metric).map(|metric| metric.unit);
    let per_hundred = unit == Some(Unit::Percent) && line.measure == Measure::Value;
    let denominator = if per_hundred { Fixed::HUNDRED } else { Fixed::ONE };
    Pooled { numerator: value, denominator, samples: line.min_samples.max(1) }
}

/// One agent's figures, looked up as an appraisal looks them up.
#[derive(Clone, Copy)]
struct Figures<'a> {
    metrics: &'a BTreeMap<MetricId, Metric>,
    /// By metric, for lines that chance does not move; their peers have the same.
    steady: &'a BTreeMap<&'a MetricId, Pooled>,
    lines: &'a Group,
    /// The agent's draws on the group's lines; empty for an agent at the true values.
    drawn: &'a [Pooled],
    /// Everybody's draws; `None` for an agent at the true values, who is not drawn toward anybody.
    peers: Option<&'a [Pooled]>,
}

impl Figures<'_> {
    fn find(&self, facts: &[Pooled], metric: &MetricId, scope: Scope) -> Option<Pooled> {
        let place = self.lines.lines().iter().position(|line| line.metric == *metric);
        let drawn = place.filter(|_| scope == Scope::Own).and_then(|place| facts.get(place));
        drawn.or_else(|| self.steady.get(metric)).copied()
    }
}

impl Measured for Figures<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        self.find(self.drawn, metric, scope)
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.get(id)
    }

    fn peers(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        self.find(self.peers?, metric, scope)
    }

    fn benchmark(&self, _: &MetricId, _: &str) -> Option<Pooled> {
        Some(Pooled { numerator: Fixed::ONE, denominator: Fixed::ONE, samples: 1 })
    }
}

/// Agents counted while they are scored.
#[derive(Default)]
struct Tally {
    rates: Vec<(Fixed, u32)>,
    scores: Vec<(Fixed, u32)>,
    no_points: u32,
    full_points: u32,
    other_band: u32,
    two_bands_off: u32,
    unrated: u32,
}

impl Tally {
    fn count(&mut self, card: &Card, true_rating: &str, group: &Group, result: &CardResult, agents: u32) {
        let first = group.lines().first().map(|line| &line.metric);
        let line = result.lines.iter().find(|line| Some(&line.metric) == first);
        let points = line.and_then(|line| line.points);
        if points.is_some_and(|points| points <= Fixed::ZERO) {
            self.no_points += agents;
        }
        if points.is_some_and(|points| points >= Fixed::HUNDRED) {
            self.full_points += agents;
        }
        let Some((total, rating)) = result.printed.zip(result.rating.as_deref()) else {
            self.unrated += agents;
            return;
        };
        self.scores.push((total, agents));
        let place = |id: &str| card.bands.iter().position(|band| *band.id == *id).unwrap_or_default();
        let off = place(rating).abs_diff(place(true_rating));
        if off >= 1 {
            self.other_band += agents;
        }
        if off >= 2 {
            self.two_bands_off += agents;
        }
    }

    fn outcome(self, true_score: Fixed, true_rating: Arc<str>, agents: u32) -> Option<Outcome> {
        let of_all =
            |count: u32| Fixed::from_int(i64::from(count)).mul_div(Fixed::HUNDRED, Fixed::from_int(i64::from(agents)));
        Some(Outcome {
            rate: Spread::of(&self.rates)?,
            true_score,
            true_rating,
            score: Spread::of(&self.scores),
            no_points: of_all(self.no_points)?,
            full_points: of_all(self.full_points)?,
            other_band: of_all(self.other_band)?,
            two_bands_off: of_all(self.two_bands_off)?,
            unrated: of_all(self.unrated)?,
        })
    }
}
