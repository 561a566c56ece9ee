//! One line of a card: what it measures, and the working of what came out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::curve::{Curve, Reading};
use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::interval::{Interval, IntervalMethod};
use super::super::metric::MetricId;

/// Whose facts a line measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The agent's own.
    Own,
    /// Those of every agent in the agent's unit and below it, pooled.
    Unit,
}

/// What of its metric a line measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The value in the metric's unit.
    Value,
    /// Actual ÷ expected, where expected is what the frozen benchmarks give for the same mix of segments: 1 is as expected.
    Index,
}

/// What happens to a line without data, or with fewer samples than its minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The line leaves the card; its weight goes to the other lines in proportion.
    Redistribute,
    /// The card waits: no total, no rating until there is data.
    Hold,
    /// The line earns the stated points.
    Neutral { points: Fixed },
    /// The line earns nothing. Only where the rule says so by name.
    Zero,
    /// The value counts as it is, however small the sample. Not possible where there is no data.
    Count,
    /// The line earns the points it had in the previous cycle; where it had none, `otherwise` happens.
    Carry { otherwise: Fallback },
}

/// What happens where there is nothing to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    Redistribute,
    Hold,
    Neutral { points: Fixed },
    Zero,
}

impl From<Fallback> for Absence {
    fn from(fallback: Fallback) -> Self {
        match fallback {
            Fallback::Redistribute => Self::Redistribute,
            Fallback::Hold => Self::Hold,
            Fallback::Neutral { points } => Self::Neutral { points },
            Fallback::Zero => Self::Zero,
        }
    }
}

/// A line beside the weighted ones, whose points are points of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// Its points are added to the subtotal.
    Bonus,
    /// Its points are taken from the subtotal.
    Penalty,
}

/// One line of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Unique in its card; the metric's id unless the rules give another.
    pub id: Arc<str>,
    pub metric: MetricId,
    pub scope: Scope,
    pub measure: Measure,
    /// `None` for the weighted lines.
    pub outside: Option<Outside>,
    /// Percent of the card; the weighted lines of a card add up to 100. Zero for a line outside.
    pub weight: Fixed,
    pub curve: Curve,
    /// The curve's points are at least this.
    pub floor: Option<Fixed>,
    /// The curve's points are at most this. Never `None` for a line outside.
    pub cap: Option<Fixed>,
    /// Draws the value toward the peer group's with the weight of so many cases; see [`Shrinkage`].
    pub shrink_strength: Option<Fixed>,
    /// Fewer cases than this are a low sample.
    pub min_samples: i64,
    pub low_sample: Absence,
    pub no_data: Absence,
    /// For an index without a benchmark to compare with.
    pub no_benchmark: Absence,
}

/// Six different things, never one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Enough data; the value may well be zero.
    Measured,
    LowSample,
    NoData,
    /// Facts exist and say that nothing applied: samples, but no denominator.
    NotApplicable,
    /// There are facts for an index, but nothing was frozen to compare them with.
    NoBenchmark,
    /// Whatever was measured, an appeal's decision left the line out for this agent.
    LeftOut,
}

/// The points of the same line in an earlier cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub points: Fixed,
    /// The code of the cycle they come from.
    pub from: Arc<str>,
}

/// A value drawn toward that of the peer group, so that few cases say little and many say nearly all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shrinkage {
    /// The cases that the peer group's value weighs.
    pub strength: Fixed,
    /// `None` when there is no peer group to draw toward; the value then counts as it is.
    pub toward: Option<Toward>,
}

/// What a value was drawn toward.
///
/// `shrunk = (samples × value + strength × peer value) ÷ (samples + strength)`, rounded once to six decimals. Where each case counts
/// one in the denominator this is the ratio of sums `(numerator + strength × peer ratio) ÷ (denominator + strength)`; where it does
/// not, cases weigh by their number all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toward {
    pub peers: Pooled,
    /// In the metric's unit, six decimals.
    pub peer_value: Fixed,
    /// In the metric's unit, six decimals; what the points are read from.
    pub shrunk: Fixed,
}

/// The working of an index: `actual ÷ expected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// In order of name.
    pub segments: Vec<IndexSegment>,
    /// Σ numerators of the segments.
    pub actual: Fixed,
    /// Σ expected of the segments.
    pub expected: Fixed,
}

/// One segment of an index: `expected = denominator × benchmark`, rounded to six decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSegment {
    pub segment: Arc<str>,
    pub pooled: Pooled,
    /// The frozen ratio numerator ÷ denominator, six decimals.
    pub benchmark: Fixed,
    /// Whether the benchmark is that of all segments together, because this one has none of its own.
    pub overall: bool,
    pub expected: Fixed,
}

/// The working of one line. What few lines have is boxed, so that the others stay small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineResult {
    /// Unique in its card.
    pub id: Arc<str>,
    pub metric: MetricId,
    pub scope: Scope,
    pub measure: Measure,
    pub outside: Option<Outside>,
    pub state: LineState,
    /// What was done because of the state; `None` when measured. Where nothing could be carried, what was done instead.
    pub treatment: Option<Absence>,
    pub pooled: Pooled,
    pub min_samples: i64,
    /// In the metric's unit, or actual ÷ expected for an index; six decimals. Never shrunk.
    pub value: Option<Fixed>,
    /// Of the value, which for an index means that both ends are scaled as the value is: × denominator ÷ expected, taking the
    /// benchmark and the mix of segments as given.
    pub interval: Option<Interval>,
    /// How the interval was found; `None` without one.
    pub interval_method: Option<IntervalMethod>,
    /// `None` for a value, and for an index that could not be computed.
    pub index: Option<Box<Index>>,
    /// `None` where the rule does not shrink, or no value counts.
    pub shrinkage: Option<Box<Shrinkage>>,
    /// Set when the treatment is `Carry`.
    pub carried: Option<Box<Carried>>,
    /// The piece of the curve used, read at the shrunk value if there is one; `None` when no value was read.
    pub reading: Option<Reading>,
    /// The reading's points are at least this.
    pub floor: Option<Fixed>,
    /// The reading's points are at most this.
    pub cap: Option<Fixed>,
    /// The reading's within floor and cap, or what the treatment gives; `None` when the line left the card or waits.
    pub points: Option<Fixed>,
    /// Percent of the card; zero for a line outside.
    pub weight: Fixed,
    /// The weight after redistribution; a card's add up to 100 exactly unless every line left it. A line that left has zero.
    pub effective_weight: Fixed,
    /// points × effective weight ÷ 100, six decimals; of a bonus its points, of a penalty its points below zero. Zero without
    /// points, or when a failed gate zeroes the line.
    pub contribution: Fixed,
}

impl LineResult {
    /// The value that the points were read from: the shrunk one where there is one.
    pub fn read_value(&self) -> Option<Fixed> {
        let toward = self.shrinkage.as_deref().and_then(|shrinkage| shrinkage.toward.as_ref());
        toward.map(|toward| toward.shrunk).or(self.value)
    }
}
