//! The lines of a scorecard: what each measures, how it earns points, and what happens where it cannot.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exact, ID_PATTERN, corners};
use crate::domain::curve::{Corner, Curve};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Absence, Fallback, Line, Measure, Outside, Scope};

/// One line: weighted, or outside the weights as a bonus or penalty.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineEntry {
    /// Unique in the card; the metric's id when left out. Needed where a metric stands on two lines.
    #[serde(default)]
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: Option<String>,
    /// A metric of `metrics.yaml`.
    pub metric: String,
    /// `own` when left out; on a card of units `unit`.
    #[serde(default)]
    pub scope: Option<ScopeName>,
    #[serde(default)]
    pub measure: MeasureName,
    /// Percent of the card; all weighted lines add up to 100. Left out of a line outside.
    #[serde(default)]
    #[schemars(with = "Exact")]
    pub weight: Option<Exact>,
    /// Makes the line a bonus or penalty beside the weights, whose points are points of the total. It needs a `cap`; without enough
    /// data it contributes nothing.
    #[serde(default)]
    pub outside: Option<OutsideName>,
    pub curve: CurveEntry,
    /// The line's points are at least this, however bad the value.
    #[serde(default)]
    pub floor: Option<Exact>,
    /// The line's points are at most this, however good the value.
    #[serde(default)]
    pub cap: Option<Exact>,
    /// Draws the value toward that of the peer group, so that few cases say less than many.
    #[serde(default)]
    pub shrink: Option<ShrinkEntry>,
    /// Fewer cases than this are a low sample.
    #[schemars(range(min = 1))]
    pub min_samples: i64,
    /// What happens with fewer cases than `min_samples`.
    #[serde(default)]
    pub low_sample: AbsenceEntry,
    /// What happens where there are no facts. Where facts say that nothing applied, the line always leaves the card.
    #[serde(default)]
    pub no_data: AbsenceEntry,
    /// What happens to an index where nothing was frozen to compare with.
    #[serde(default)]
    pub no_benchmark: AbsenceEntry,
    /// Cases in a typical period, for what `merit check` says about steps; the card's when left out.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub typical_samples: Option<u32>,
}

/// Whose facts are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    /// The agent's own.
    Own,
    /// Those of every agent in the unit and below it, pooled.
    Unit,
}

/// What of the metric is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureName {
    /// The value in the metric's unit.
    #[default]
    Value,
    /// Actual over expected, where expected is what frozen benchmarks give for the same mix of segments: 1 is as expected.
    Index,
}

/// A line beside the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutsideName {
    /// Its points are added to the total.
    Bonus,
    /// Its points are taken from the total.
    Penalty,
}

/// How a value is drawn toward the peer group's: (samples × own value + strength × peer value) ÷ (samples + strength).
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShrinkEntry {
    /// The cases that the peer group's value weighs.
    pub strength: Exact,
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
    /// The line earns the points it had in the previous cycle, marked as carried; where it had none, it leaves the card.
    Carry,
    /// As `carry`, with another treatment where there is nothing to carry.
    CarryOr(FallbackEntry),
}

/// What happens where there is nothing to carry.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FallbackEntry {
    /// The line leaves the card; its weight goes to the other lines in proportion.
    Redistribute,
    /// The card waits for data: no total, no rating.
    Hold,
    /// The line earns these points.
    Neutral(Exact),
    /// The line earns nothing.
    Zero,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Own => Self::Own,
            ScopeName::Unit => Self::Unit,
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
            AbsenceEntry::Carry => Self::Carry { otherwise: Fallback::Redistribute },
            AbsenceEntry::CarryOr(otherwise) => Self::Carry { otherwise: otherwise.into() },
        }
    }
}

impl From<FallbackEntry> for Fallback {
    fn from(entry: FallbackEntry) -> Self {
        match entry {
            FallbackEntry::Redistribute => Self::Redistribute,
            FallbackEntry::Hold => Self::Hold,
            FallbackEntry::Neutral(points) => Self::Neutral { points: points.0 },
            FallbackEntry::Zero => Self::Zero,
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
    /// The id that gates and results call the line by.
    pub fn id(&self) -> &str {
        self.id.as_ref().unwrap_or(&self.metric)
    }

    /// `usual` is the scope where the line does not say its own.
    pub(super) fn to_line(&self, usual: ScopeName) -> Line {
        Line {
            id: self.id().into(),
            metric: MetricId::new(&self.metric),
            scope: self.scope.unwrap_or(usual).into(),
            measure: match self.measure {
                MeasureName::Value => Measure::Value,
                MeasureName::Index => Measure::Index,
            },
            outside: self.outside.map(|name| match name {
                OutsideName::Bonus => Outside::Bonus,
                OutsideName::Penalty => Outside::Penalty,
            }),
            weight: self.weight.map_or(Fixed::ZERO, Fixed::from),
            curve: self.curve.to_curve(),
            floor: self.floor.map(Fixed::from),
            cap: self.cap.map(Fixed::from),
            shrink_strength: self.shrink.map(|shrink| shrink.strength.0),
            min_samples: self.min_samples,
            low_sample: self.low_sample.into(),
            no_data: self.no_data.into(),
            no_benchmark: self.no_benchmark.into(),
        }
    }
}
