//! `metrics.yaml`: what is measured.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exact, ID_PATTERN, Words};
use crate::domain::metric::{Direction, Metric, MetricId, MetricKind, Unit};

/// What is measured. A metric is a ratio of two sums, so that it rolls up exactly over days, teams and quarters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit metrics")]
pub struct MetricsFile {
    #[schemars(length(min = 1))]
    pub metrics: Vec<MetricEntry>,
}

/// One metric.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricEntry {
    /// The name rules and sources use; small letters, digits and underscores.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    /// As people see it on a scorecard.
    pub name: Words,
    /// What it says, and its pitfalls.
    pub description: Words,
    /// What is summed above the line.
    pub numerator: Words,
    /// What is summed below the line. It is part of the definition: the same data give other figures over another one.
    pub denominator: Words,
    pub unit: UnitName,
    pub kind: KindName,
    pub direction: DirectionName,
    /// Of one case, in the metric's unit, as the organisation knows it from experience. A mean that states it is shown with an
    /// interval.
    #[serde(default)]
    pub standard_deviation: Option<Exact>,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<MetricExample>,
}

/// How a value is printed.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitName {
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

/// What a case contributes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// Each case counts 0 or 1; shown with a Wilson interval.
    Rate,
    /// Each case counts any amount.
    Mean,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectionName {
    HigherIsBetter,
    LowerIsBetter,
    /// Best inside a range, such as handle time.
    InRange,
}

/// A worked example of a metric: pooled facts and the value they give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricExample {
    pub numerator: Exact,
    pub denominator: Exact,
    /// Cases behind the ratio; the denominator when left out.
    #[serde(default)]
    pub samples: Option<i64>,
    /// The value in the metric's unit, rounded to six decimals; left out where there is none.
    #[serde(default)]
    pub value: Option<Exact>,
    /// Lower and upper end of the 95 % interval, rounded to two decimals; not compared when left out.
    #[serde(default)]
    pub interval: Option<[Exact; 2]>,
}

impl MetricEntry {
    pub fn to_metric(&self) -> Metric {
        Metric {
            id: MetricId::new(&self.id),
            name: self.name.clone().into(),
            description: self.description.clone().into(),
            numerator: self.numerator.clone().into(),
            denominator: self.denominator.clone().into(),
            unit: match self.unit {
                UnitName::Percent => Unit::Percent,
                UnitName::Ratio => Unit::Ratio,
                UnitName::Seconds => Unit::Seconds,
                UnitName::Minutes => Unit::Minutes,
                UnitName::Hours => Unit::Hours,
                UnitName::Points => Unit::Points,
            },
            kind: match self.kind {
                KindName::Rate => MetricKind::Rate,
                KindName::Mean => MetricKind::Mean,
            },
            direction: match self.direction {
                DirectionName::HigherIsBetter => Direction::HigherIsBetter,
                DirectionName::LowerIsBetter => Direction::LowerIsBetter,
                DirectionName::InRange => Direction::InRange,
            },
            standard_deviation: self.standard_deviation.map(|deviation| deviation.0),
        }
    }
}
