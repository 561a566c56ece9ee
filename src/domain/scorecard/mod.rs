//! A scorecard: weighted lines, each metric's points, gates and a rating, with the full working kept.

mod check;
mod scoring;
mod weights;

use serde::{Deserialize, Serialize};

use super::appraisal::{Eligibility, StretchBasis};
use super::curve::{Curve, Reading};
use super::fact::Pooled;
use super::fixed::Fixed;
use super::guidance::GuidedShare;
use super::interval::Interval;
use super::metric::{Metric, MetricId};
use super::peers::PeerRule;
use super::text::Text;

pub use check::{CardError, check_bands, check_card, check_gates, check_lines, check_weights};
pub use scoring::{ScoreError, printed, score};

/// Whose facts a line measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The agent's own.
    Own,
    /// Those of every agent in the agent's unit and below it, pooled.
    Unit,
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
}

/// One line of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub metric: MetricId,
    pub scope: Scope,
    /// Percent of the card; the lines of a card add up to 100.
    pub weight: Fixed,
    pub curve: Curve,
    /// Fewer cases than this are a low sample.
    pub min_samples: i64,
    pub low_sample: Absence,
    pub no_data: Absence,
}

/// What a gate does when it is not passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateEffect {
    CapTotal {
        at: Fixed,
    },
    /// The rating is at best this band.
    CapRating {
        at: String,
    },
    /// The line of this metric contributes nothing.
    ZeroLine {
        metric: MetricId,
    },
}

/// A condition outside the weights, such as adherence of at least 85 %. It judges the value rounded to two decimals, which is
/// the figure people see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub metric: MetricId,
    pub scope: Scope,
    /// Passed from this value on, inclusive.
    pub at_least: Option<Fixed>,
    /// Passed up to this value, inclusive.
    pub at_most: Option<Fixed>,
    /// Fewer cases than this and the gate is not judged.
    pub min_samples: i64,
    pub effect: GateEffect,
    pub reason: Text,
}

/// A rating band: from `from` (inclusive) to the next band's `from` (exclusive), judged on the total rounded to two decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    pub id: String,
    pub name: Text,
    pub from: Fixed,
}

/// A scorecard of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub id: String,
    pub name: Text,
    /// Posts measured with this card.
    pub posts: Vec<String>,
    pub lines: Vec<Line>,
    pub gates: Vec<Gate>,
    /// Ascending by `from`; the first starts at or below zero, so that every total has a band.
    pub bands: Vec<Band>,
    /// What the stretches of an agent who moved are weighted by.
    pub stretch_basis: StretchBasis,
    pub eligibility: Eligibility,
    /// Whom an agent is shown beside; nobody when `None`.
    pub peers: Option<PeerRule>,
    /// How ratings are expected to spread, best band first; empty when nothing is expected. Never applied.
    pub guidance: Vec<GuidedShare>,
}

/// Four different things, never one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Enough data; the value may well be zero.
    Measured,
    LowSample,
    NoData,
    /// Facts exist and say that nothing applied: samples, but no denominator.
    NotApplicable,
}

/// The working of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineResult {
    pub metric: MetricId,
    pub scope: Scope,
    pub state: LineState,
    /// What was done because of the state; `None` when measured.
    pub treatment: Option<Absence>,
    pub pooled: Pooled,
    /// In the metric's unit, six decimals.
    pub value: Option<Fixed>,
    pub interval: Option<Interval>,
    /// The piece of the curve used; `None` when no value was read.
    pub reading: Option<Reading>,
    /// 0 to 100 (the curve's range); `None` when the line left the card or waits.
    pub points: Option<Fixed>,
    pub weight: Fixed,
    /// The weight after redistribution; a card's add up to 100 exactly unless every line left it. A line that left has zero.
    pub effective_weight: Fixed,
    /// points × effective weight ÷ 100, six decimals; zero without points, or when a failed gate zeroes the line.
    pub contribution: Fixed,
}

/// The working of one gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateResult {
    pub metric: MetricId,
    pub scope: Scope,
    /// In the metric's unit, six decimals; judged by its first two.
    pub value: Option<Fixed>,
    pub samples: i64,
    /// `None` when there was too little data to judge.
    pub passed: Option<bool>,
    pub effect: GateEffect,
    pub reason: Text,
}

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    Scored,
    /// A line waits for data (`hold`).
    OnHold,
    /// No line has data to be scored by.
    InsufficientData,
}

/// A scored card with its working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardResult {
    pub card: String,
    pub state: CardState,
    pub lines: Vec<LineResult>,
    pub gates: Vec<GateResult>,
    /// Σ contributions, exactly, six decimals; before totals are capped.
    pub subtotal: Option<Fixed>,
    /// The subtotal after caps, six decimals.
    pub total: Option<Fixed>,
    /// `total` rounded to two decimals: what is printed, and what bands judge.
    pub printed: Option<Fixed>,
    pub rating: Option<String>,
}

/// What was measured for one card: the pooled facts of a metric in a scope, `None` where there is no fact.
pub trait Measured {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled>;
    fn metric(&self, id: &MetricId) -> Option<&Metric>;
}
