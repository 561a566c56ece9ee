//! A scorecard: weighted lines, each metric's points, gates and a rating, with the full working kept.

mod check;
mod gates;
mod judged;
mod line;
mod measuring;
mod scoring;
mod weights;
mod what_if;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::appraisal::{Eligibility, StretchBasis};
use super::fact::Pooled;
use super::fixed::Fixed;
use super::guidance::GuidedShare;
use super::judgement::{Form, Ratings};
use super::metric::{Metric, MetricId};
use super::peers::PeerRule;
use super::text::Text;

pub use check::{
    CardError, MOST_POINTS, check_bands, check_card, check_gates, check_lines, check_points, check_weights,
};
pub use judged::{CardJudgement, Judged};
pub use line::{
    Absence, Carried, Fallback, Index, IndexSegment, Line, LineResult, LineState, Measure, Outside, Scope, Shrinkage,
    Toward,
};
pub use scoring::{ScoreError, printed, score};
pub use what_if::{Figure, rescore};

/// What a gate does when it is not passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateEffect {
    CapTotal {
        at: Fixed,
    },
    /// The rating is at best this band.
    CapRating {
        at: Arc<str>,
    },
    /// The line with this id contributes nothing.
    ZeroLine {
        line: Arc<str>,
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
    pub reason: Arc<Text>,
}

/// A rating band: from `from` (inclusive) to the next band's `from` (exclusive), judged on the total rounded to two decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    pub id: Arc<str>,
    pub name: Text,
    pub from: Fixed,
}

/// A scorecard of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub id: Arc<str>,
    pub name: Text,
    /// Posts measured with this card; none on a card of units.
    pub posts: Vec<String>,
    /// Kinds of units measured with this card, as the roster writes them; none on a card of people.
    pub unit_kinds: Vec<String>,
    /// No line's curve, and no total, goes above this: 100, or more where points above full marks are allowed.
    pub points_up_to: Fixed,
    pub lines: Vec<Line>,
    pub gates: Vec<Gate>,
    /// Ascending by `from`; the first starts at or below zero, so that every total has a band.
    pub bands: Vec<Band>,
    /// The part of the card that people judge; none where all of it is measured.
    pub judgement: Option<CardJudgement>,
    /// What the stretches of an agent who moved are weighted by.
    pub stretch_basis: StretchBasis,
    pub eligibility: Eligibility,
    /// Whom an agent is shown beside; nobody when `None`.
    pub peers: Option<PeerRule>,
    /// How ratings are expected to spread, best band first; empty when nothing is expected. Never applied.
    pub guidance: Vec<GuidedShare>,
}

/// The working of one gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateResult {
    pub metric: MetricId,
    pub scope: Scope,
    /// In the metric's unit, six decimals; judged by its first two.
    pub value: Option<Fixed>,
    pub samples: i64,
    /// Fewer samples than this are not judged.
    pub min_samples: i64,
    pub at_least: Option<Fixed>,
    pub at_most: Option<Fixed>,
    /// `None` when there was too little data to judge.
    pub passed: Option<bool>,
    pub effect: GateEffect,
    pub reason: Arc<Text>,
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
    pub card: Arc<str>,
    pub state: CardState,
    /// Weighted lines and those outside, in the card's order.
    pub lines: Vec<LineResult>,
    pub gates: Vec<GateResult>,
    /// The judged part, on a card that has one.
    pub judged: Option<Judged>,
    /// Σ contributions of the weighted lines, exactly, six decimals.
    pub subtotal: Option<Fixed>,
    /// The subtotal, with the judged part by the card's split, and the contributions of the lines outside, at least 0 and at most
    /// `points_up_to`; before gates cap it.
    pub adjusted: Option<Fixed>,
    /// The most a total can be: 100, or more where the card allows points above full marks.
    pub points_up_to: Fixed,
    /// The adjusted subtotal after gates' caps, six decimals.
    pub total: Option<Fixed>,
    /// `total` rounded to two decimals: what is printed, and what bands judge.
    pub printed: Option<Fixed>,
    pub rating: Option<Arc<str>>,
}

impl CardResult {
    /// Metrics of the lines that the card waits for.
    pub fn waits_for(&self) -> impl Iterator<Item = &MetricId> {
        let waiting = self.lines.iter().filter(|line| line.treatment == Some(Absence::Hold));
        waiting.map(|line| &line.metric)
    }

    /// Whether the card waits for ratings.
    pub fn waits_for_ratings(&self) -> bool {
        self.judged.as_ref().is_some_and(Judged::waits)
    }
}

/// What was measured for one card. Everything but facts and metrics may be absent.
pub trait Measured {
    /// The pooled facts of a metric in a scope, `None` where there is no fact.
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled>;

    fn metric(&self, id: &MetricId) -> Option<&Metric>;

    /// The points of the same line (by its id) in the previous cycle, `None` where it had none.
    fn carried(&self, _line: &Line) -> Option<Carried> {
        None
    }

    /// The pooled facts of the peer group, `None` where there is none to compare with.
    fn peers(&self, _metric: &MetricId, _scope: Scope) -> Option<Pooled> {
        None
    }

    /// Whether a decision about this agent left the line out; its weight then goes to the other lines, as where it does not apply.
    fn left_out(&self, _line: &Line) -> bool {
        false
    }

    /// The facts that [`Measured::pooled`] sums, each segment once, in any order. Empty where they are not kept by segment; they
    /// then count as one segment without a name.
    fn segments(&self, _metric: &MetricId, _scope: Scope) -> Vec<(Arc<str>, Pooled)> {
        Vec::new()
    }

    /// The frozen facts to compare a segment with; for the empty name those of all segments together.
    fn benchmark(&self, _metric: &MetricId, _segment: &str) -> Option<Pooled> {
        None
    }

    /// A form of the rules.
    fn form(&self, _id: &str) -> Option<&Form> {
        None
    }

    /// The agent's ratings on a form; `None` where there are none.
    fn judgement(&self, _form: &str) -> Option<&Ratings> {
        None
    }
}
