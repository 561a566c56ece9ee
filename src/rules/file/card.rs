//! `scorecards/*.yaml`: how posts are measured.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::people::{BasisName, EligibilityEntry, PeersEntry, guided_shares};
use super::{Exact, ID_PATTERN, Words, corners};
use crate::domain::curve::{Corner, Curve};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Absence, Band, Card, CardState, Gate, GateEffect, Line, LineState, Scope};

/// A scorecard: weighted lines, gates beside the weights, and rating bands.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit scorecard")]
pub struct CardFile {
    /// Unique among scorecards.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// Posts measured with this card, as the roster writes them. A post has one card.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub posts: Vec<String>,
    /// Weights add up to 100.
    #[schemars(length(min = 1))]
    pub lines: Vec<LineEntry>,
    /// Conditions outside the weights.
    #[serde(default)]
    pub gates: Vec<GateEntry>,
    /// Ratings, without gaps and overlaps from 0 to the best.
    #[schemars(length(min = 1))]
    pub bands: Vec<BandEntry>,
    /// What the stretches of an agent who moved between teams or posts are weighted by.
    #[serde(default)]
    pub stretch_basis: BasisName,
    /// What an appraisal needs at least; below it the agent is exempt, with the reason shown.
    #[serde(default)]
    pub eligibility: EligibilityEntry,
    /// Whom an agent is shown beside. For information; no rating is made of it.
    #[serde(default)]
    pub peers: Option<PeersEntry>,
    /// Percent of agents that guidance sees in each band, adding up to 100. Deviations are reported and never applied.
    #[serde(default)]
    pub guidance: BTreeMap<String, Exact>,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<CardExample>,
}

/// One weighted line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineEntry {
    /// A metric of `metrics.yaml`.
    pub metric: String,
    #[serde(default)]
    pub scope: ScopeName,
    /// Percent of the card; all lines add up to 100.
    pub weight: Exact,
    pub curve: CurveEntry,
    /// Fewer cases than this are a low sample.
    #[schemars(range(min = 1))]
    pub min_samples: i64,
    /// What happens with fewer cases than `min_samples`.
    #[serde(default)]
    pub low_sample: AbsenceEntry,
    /// What happens where there are no facts. Where facts say that nothing applied, the line always leaves the card.
    #[serde(default)]
    pub no_data: AbsenceEntry,
}

/// Whose facts are measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    /// The agent's own.
    #[default]
    Own,
    /// Those of every agent in the agent's unit and below it, pooled.
    Unit,
}

/// From a value to points; 100 points are full marks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CurveEntry {
    /// Straight lines between the corners, flat outside them.
    Linear {
        /// Corners `[value, points]` in ascending order of value.
        #[schemars(length(min = 1))]
        points: Vec<[Exact; 2]>,
    },
    /// A staircase: from each value on (inclusive) its points; 0 before the first. One case more or less can cost
    /// everything at a step, so a straight line is the fairer choice.
    Step {
        /// Steps `[value, points]` in ascending order of value.
        #[schemars(length(min = 1))]
        steps: Vec<[Exact; 2]>,
    },
    /// Full marks inside a range, falling in straight lines to 0 on both sides.
    Band {
        /// 0 points up to here.
        zero_below: Exact,
        /// Full marks from here.
        full_from: Exact,
        /// Full marks up to here.
        full_to: Exact,
        /// 0 points from here.
        zero_above: Exact,
    },
}

/// What happens to a line that cannot be measured well.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceEntry {
    /// The line leaves the card; its weight goes to the other lines in proportion.
    #[default]
    Redistribute,
    /// The card waits for data: no total, no rating.
    Hold,
    /// The line earns these points.
    Neutral(Exact),
    /// The line earns nothing.
    Zero,
    /// The value counts as it is, however small the sample. Not possible without data.
    Count,
}

/// A condition outside the weights, judged on the value rounded to two decimals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateEntry {
    pub metric: String,
    #[serde(default)]
    pub scope: ScopeName,
    /// Passed from this value on, inclusive.
    #[serde(default)]
    pub at_least: Option<Exact>,
    /// Passed up to this value, inclusive.
    #[serde(default)]
    pub at_most: Option<Exact>,
    /// With fewer cases than this the gate is not judged.
    #[schemars(range(min = 1))]
    pub min_samples: i64,
    /// What happens when the gate is not passed.
    pub effect: EffectEntry,
    /// Why, for the person who reads the card.
    pub reason: Words,
}

/// What a gate does when it is not passed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectEntry {
    /// The total is at most this.
    CapTotal(Exact),
    /// The rating is at best this band.
    CapRating(String),
    /// The line of this metric contributes nothing.
    ZeroLine(String),
}

/// A rating band, judged on the total rounded to two decimals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BandEntry {
    /// The rating, such as `A`.
    #[schemars(length(min = 1))]
    pub id: String,
    pub name: Words,
    /// Lower edge, inclusive.
    pub from: Exact,
    /// Upper edge, exclusive: where the next band begins. Left out for the best band.
    #[serde(default)]
    pub to: Option<Exact>,
}

/// A worked example: pooled facts and the card they give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CardExample {
    pub name: String,
    /// Metrics left out have no facts.
    pub facts: Vec<ExamplePooled>,
    /// Lines as they must come out; lines left out are not compared.
    #[serde(default)]
    pub lines: Vec<ExampleLine>,
    /// Gates as they must come out; gates left out are not compared.
    #[serde(default)]
    pub gates: Vec<ExampleGate>,
    #[serde(default)]
    pub state: CardStateName,
    /// The printed total, with two decimals; left out where there is none.
    #[serde(default)]
    pub total: Option<Exact>,
    /// Left out where there is none.
    #[serde(default)]
    pub rating: Option<String>,
}

/// Facts of one metric, pooled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplePooled {
    pub metric: String,
    #[serde(default)]
    pub scope: ScopeName,
    pub numerator: Exact,
    pub denominator: Exact,
    /// Cases behind the ratio; the denominator when left out.
    #[serde(default)]
    pub samples: Option<i64>,
}

/// What a line must come out as.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleLine {
    pub metric: String,
    #[serde(default)]
    pub scope: ScopeName,
    #[serde(default)]
    pub state: LineStateName,
    /// Left out where the line leaves the card or waits.
    #[serde(default)]
    pub points: Option<Exact>,
    /// The weight after redistribution; not compared when left out.
    #[serde(default)]
    pub effective_weight: Option<Exact>,
}

/// What a gate must come out as.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleGate {
    pub metric: String,
    #[serde(default)]
    pub scope: ScopeName,
    /// Left out where there is too little data to judge.
    #[serde(default)]
    pub passed: Option<bool>,
}

/// How well a line was measured.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStateName {
    #[default]
    Measured,
    LowSample,
    NoData,
    NotApplicable,
}

/// Where a card stands.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardStateName {
    #[default]
    Scored,
    OnHold,
    InsufficientData,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Own => Self::Own,
            ScopeName::Unit => Self::Unit,
        }
    }
}

impl From<LineStateName> for LineState {
    fn from(name: LineStateName) -> Self {
        match name {
            LineStateName::Measured => Self::Measured,
            LineStateName::LowSample => Self::LowSample,
            LineStateName::NoData => Self::NoData,
            LineStateName::NotApplicable => Self::NotApplicable,
        }
    }
}

impl From<CardStateName> for CardState {
    fn from(name: CardStateName) -> Self {
        match name {
            CardStateName::Scored => Self::Scored,
            CardStateName::OnHold => Self::OnHold,
            CardStateName::InsufficientData => Self::InsufficientData,
        }
    }
}

impl From<AbsenceEntry> for Absence {
    fn from(entry: AbsenceEntry) -> Self {
        match entry {
            AbsenceEntry::Redistribute => Self::Redistribute,
            AbsenceEntry::Hold => Self::Hold,
            AbsenceEntry::Neutral(points) => Self::Neutral { points: points.0 },
            AbsenceEntry::Zero => Self::Zero,
            AbsenceEntry::Count => Self::Count,
        }
    }
}

impl CurveEntry {
    /// The curve, a band as straight lines.
    pub fn to_curve(&self) -> Curve {
        match self {
            Self::Linear { points } => Curve::Linear { corners: corners(points) },
            Self::Step { steps } => Curve::Step { corners: corners(steps) },
            Self::Band { zero_below, full_from, full_to, zero_above } => {
                let mut corners = vec![
                    Corner { value: zero_below.0, points: Fixed::ZERO },
                    Corner { value: full_from.0, points: Fixed::HUNDRED },
                ];
                if full_to > full_from {
                    corners.push(Corner { value: full_to.0, points: Fixed::HUNDRED });
                }
                corners.push(Corner { value: zero_above.0, points: Fixed::ZERO });
                Curve::Linear { corners }
            }
        }
    }
}

impl LineEntry {
    fn to_line(&self) -> Line {
        Line {
            metric: MetricId::new(&self.metric),
            scope: self.scope.into(),
            weight: self.weight.0,
            curve: self.curve.to_curve(),
            min_samples: self.min_samples,
            low_sample: self.low_sample.into(),
            no_data: self.no_data.into(),
        }
    }
}

impl GateEntry {
    fn to_gate(&self) -> Gate {
        Gate {
            metric: MetricId::new(&self.metric),
            scope: self.scope.into(),
            at_least: self.at_least.map(Fixed::from),
            at_most: self.at_most.map(Fixed::from),
            min_samples: self.min_samples,
            effect: match &self.effect {
                EffectEntry::CapTotal(at) => GateEffect::CapTotal { at: at.0 },
                EffectEntry::CapRating(band) => GateEffect::CapRating { at: band.clone() },
                EffectEntry::ZeroLine(metric) => GateEffect::ZeroLine { metric: MetricId::new(metric) },
            },
            reason: self.reason.clone().into(),
        }
    }
}

impl CardFile {
    /// Bands with the place each has in the file, ascending by lower edge.
    pub fn ascending_bands(&self) -> Vec<(usize, &BandEntry)> {
        let mut bands: Vec<_> = self.bands.iter().enumerate().collect();
        bands.sort_by_key(|(_, band)| band.from);
        bands
    }

    pub fn to_card(&self) -> Card {
        let band =
            |entry: &BandEntry| Band { id: entry.id.clone(), name: entry.name.clone().into(), from: entry.from.0 };
        Card {
            id: self.id.clone(),
            name: self.name.clone().into(),
            posts: self.posts.clone(),
            lines: self.lines.iter().map(LineEntry::to_line).collect(),
            gates: self.gates.iter().map(GateEntry::to_gate).collect(),
            bands: self.ascending_bands().into_iter().map(|(_, entry)| band(entry)).collect(),
            stretch_basis: self.stretch_basis.into(),
            eligibility: self.eligibility.into(),
            peers: self.peers.as_ref().map(PeersEntry::to_rule),
            guidance: guided_shares(
                &self.guidance,
                self.ascending_bands().iter().rev().map(|(_, band)| band.id.as_str()),
            ),
        }
    }
}
