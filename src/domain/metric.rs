//! What is measured: a metric is a ratio of two sums, so that it rolls up exactly over days, teams and quarters.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fact::Pooled;
use super::fixed::Fixed;
use super::text::Text;

/// A metric's identifier in the rules, such as `csat_t2b`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricId(pub Arc<str>);

impl MetricId {
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a metric's value is printed, and by what the ratio is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The ratio × 100.
    Percent,
    /// The ratio as it is.
    Ratio,
    /// Seconds per case.
    Seconds,
    /// Minutes per case.
    Minutes,
    /// Hours per case.
    Hours,
    /// Points of a survey or an examination.
    Points,
}

/// Whether each case counts 0 or 1 (a rate, with a Wilson interval) or any amount (a mean, with an interval where the metric states
/// its standard deviation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    Rate,
    Mean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
    /// Best inside a range, such as handle time.
    InRange,
}

/// One metric of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    pub id: MetricId,
    pub name: Text,
    pub description: Text,
    /// What is summed above the line.
    pub numerator: Text,
    /// What is summed below the line.
    pub denominator: Text,
    pub unit: Unit,
    pub kind: MetricKind,
    pub direction: Direction,
    /// Of one case, in the metric's unit; what a mean's interval is computed from. `None` where nobody stated it, and for rates.
    pub standard_deviation: Option<Fixed>,
}

impl Metric {
    /// Whether values of both say the same: names and the wording beside may differ, what is divided by what may not.
    pub fn measures_the_same(&self, other: &Self) -> bool {
        let made_of = |metric: &Self| (metric.numerator.clone(), metric.denominator.clone(), metric.unit, metric.kind);
        made_of(self) == made_of(other)
    }

    /// The metric's value in its unit, rounded to six decimals; `None` where there is no denominator (no data).
    pub fn value(&self, pooled: &Pooled) -> Option<Fixed> {
        match self.unit {
            Unit::Percent => pooled.numerator.mul_div(Fixed::HUNDRED, pooled.denominator),
            _ => pooled.numerator.ratio(pooled.denominator),
        }
    }
}
