//! Lines and gates of a card, each with its working.

use super::Told;
use super::course::{FigureCourse, notes};
use crate::domain::appraisal::PeerLine;
use crate::domain::explanation::Explanation;
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Metric, Unit};
use crate::domain::scorecard::{GateResult, LineResult, LineState, Measure};
use crate::web::charts::Bar;
use crate::web::glossary::MetricHelp;
use crate::web::language::Language;
use crate::web::words::Say;

/// A line as people read it.
pub(in crate::web) struct LineView {
    pub name: String,
    /// What its metric means.
    pub help: Option<MetricHelp>,
    /// Whose facts, or what else is particular about the line.
    pub notes: Vec<Say>,
    pub state: Say,
    pub measured: bool,
    pub value: String,
    pub interval: String,
    pub samples: String,
    pub points: String,
    pub bar: Option<Bar>,
    pub weight: String,
    pub contribution: String,
    pub peers: Option<String>,
    pub told: Option<Told>,
    /// How it went over the cycles.
    pub course: Option<FigureCourse>,
}

/// A gate as people read it.
pub(super) struct GateView {
    pub name: String,
    pub help: Option<MetricHelp>,
    pub outcome: Say,
    pub tone: &'static str,
    pub told: Option<Told>,
}

/// The value of a line in words, where it has one.
pub(super) fn value_text(language: Language, line: &LineResult, metric: Option<&Metric>) -> String {
    line.value.map_or_else(|| "–".to_owned(), |value| language.measured(value, unit_of(line.measure, metric)))
}

pub(super) fn unit_of(measure: Measure, metric: Option<&Metric>) -> Unit {
    match (measure, metric) {
        (Measure::Value, Some(metric)) => metric.unit,
        _ => Unit::Ratio,
    }
}

fn name_of(language: Language, id: &str, metric: Option<&Metric>) -> String {
    metric.map_or_else(|| id.to_owned(), |metric| language.of_text(&metric.name).to_owned())
}

pub(in crate::web) fn line_view(
    language: Language,
    line: &LineResult,
    metric: Option<&Metric>,
    peers: Option<&PeerLine>,
    told: Option<Explanation>,
) -> LineView {
    let unit = unit_of(line.measure, metric);
    let mut notes = notes(language, line.scope, line.measure);
    if line.outside.is_some() {
        notes.push(language.say("line-outside"));
    }
    let interval = line.interval.map_or(String::new(), |interval| {
        format!("{} – {}", language.measured(interval.lower, unit), language.measured(interval.upper, unit))
    });
    let points = line.points.map_or_else(|| "–".to_owned(), |points| language.hundredths(points));
    LineView {
        name: name_of(language, line.metric.as_str(), metric),
        help: metric.map(|metric| MetricHelp::of(language, metric)),
        notes,
        state: state_text(line.state, language),
        measured: line.state == LineState::Measured,
        value: value_text(language, line, metric),
        interval,
        samples: language.number(Fixed::from_int(line.pooled.samples)),
        bar: line.points.map(Bar::of_hundred),
        points,
        weight: language.number(line.effective_weight.round(2)),
        contribution: language.hundredths(line.contribution),
        peers: peers.map(|peers| language.of_text(&peers.standing.text()).to_owned()),
        told: told.map(|told| Told::new(told, language)),
        course: None,
    }
}

fn state_text(state: LineState, language: Language) -> Say {
    language.say(match state {
        LineState::Measured => "line-measured",
        LineState::LowSample => "line-low-sample",
        LineState::NoData => "line-no-data",
        LineState::NotApplicable => "line-not-applicable",
        LineState::LeftOut => "line-left-out",
        LineState::NoBenchmark => "line-no-benchmark",
    })
}

pub(super) fn gate_view(
    language: Language,
    gate: &GateResult,
    metric: Option<&Metric>,
    told: Option<Explanation>,
) -> GateView {
    let (outcome, tone) = match gate.passed {
        Some(true) => ("gate-passed", "good"),
        Some(false) => ("gate-failed", "bad"),
        None => ("gate-not-judged", ""),
    };
    GateView {
        name: name_of(language, gate.metric.as_str(), metric),
        help: metric.map(|metric| MetricHelp::of(language, metric)),
        outcome: language.say(outcome),
        tone,
        told: told.map(|told| Told::new(told, language)),
    }
}
