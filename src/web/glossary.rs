//! What metrics mean: the same words wherever one is named, beside it or once a page.

use std::collections::BTreeMap;

use crate::domain::metric::{Direction, Metric, MetricId, MetricKind, Unit};
use crate::web::language::Language;
use crate::web::words::Say;

/// One metric, told from the rules.
pub(in crate::web) struct MetricHelp {
    pub id: String,
    pub name: String,
    pub about: String,
    /// What is divided, and by what.
    pub numerator: String,
    pub denominator: String,
    pub unit: Say,
    pub direction: Say,
    pub kind: Say,
}

impl MetricHelp {
    pub(in crate::web) fn of(language: Language, metric: &Metric) -> Self {
        let text = |text| language.of_text(text).to_owned();
        Self {
            id: metric.id.to_string(),
            name: text(&metric.name),
            about: text(&metric.description),
            numerator: text(&metric.numerator),
            denominator: text(&metric.denominator),
            unit: language.say(unit_key(metric.unit)),
            direction: language.say(match metric.direction {
                Direction::HigherIsBetter => "direction-higher",
                Direction::LowerIsBetter => "direction-lower",
                Direction::InRange => "direction-range",
            }),
            kind: language.say(match (metric.kind, metric.standard_deviation) {
                (MetricKind::Rate, _) => "kind-rate",
                (MetricKind::Mean, Some(_)) => "kind-mean-declared",
                (MetricKind::Mean, None) => "kind-mean",
            }),
        }
    }
}

/// The sentence that says what figures are given in.
pub(in crate::web) const fn unit_key(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "unit-percent",
        Unit::Ratio => "unit-ratio",
        Unit::Seconds => "unit-seconds",
        Unit::Minutes => "unit-minutes",
        Unit::Hours => "unit-hours",
        Unit::Points => "unit-points",
    }
}

/// The metrics that a page names, each once, for pages that name them in many rows.
pub(in crate::web) struct Glossary(pub Vec<MetricHelp>);

impl Glossary {
    /// Of these metrics, in order of their id; those that the rules do not know have nothing to be told of.
    pub(in crate::web) fn of<'m>(language: Language, metrics: impl IntoIterator<Item = Option<&'m Metric>>) -> Self {
        let known: BTreeMap<&MetricId, &Metric> =
            metrics.into_iter().flatten().map(|metric| (&metric.id, metric)).collect();
        Self(known.into_values().map(|metric| MetricHelp::of(language, metric)).collect())
    }

    /// Nothing is named.
    pub(in crate::web) const fn empty() -> Self {
        Self(Vec::new())
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
