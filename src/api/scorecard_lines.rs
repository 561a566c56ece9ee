//! The working of a scorecard as the API shows it.

use std::collections::BTreeMap;

use poem_openapi::Object;

use super::explanations::{Explanation, measure_name, scope_name};
use crate::domain::curve::{Corner, Reading};
use crate::domain::explanation;
use crate::domain::fixed::Fixed;
use crate::domain::interval::{Interval, IntervalMethod};
use crate::domain::metric::{MetricId, Unit};
use crate::domain::scorecard::{
    Absence, Carried, GateEffect, GateResult, Index, IndexSegment, LineResult, LineState, Outside, Shrinkage, Toward,
};

/// One line with its whole working: value = numerator ÷ denominator (× 100 for percent), or actual ÷ expected of an index; points read
/// off the curve, at the shrunk value if there is one, and kept within floor and cap; contribution = points × effective_weight ÷ 100.
/// Each figure is rounded to six decimals, half away from zero.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Line {
    /// Unique in the card.
    id: String,
    /// The metric's id in the rules.
    metric: String,
    /// `own`, or `unit` for the facts of the whole unit.
    scope: String,
    /// `value`, or `index` for actual ÷ expected.
    measure: String,
    /// `bonus` or `penalty` for a line beside the weights, whose points are points of the total.
    outside: Option<String>,
    /// `measured`, `low_sample`, `no_data`, `not_applicable`, `no_benchmark` or, by the decision on an appeal, `left_out`.
    state: String,
    /// What the card does in that state: `redistribute`, `hold`, `neutral`, `zero`, `count` or `carry`.
    treatment: Option<String>,
    numerator: String,
    denominator: String,
    samples: i64,
    /// Fewer samples than this are a low sample.
    min_samples: i64,
    /// In the metric's unit, or actual ÷ expected; never shrunk.
    value: Option<String>,
    /// Ends of the value's 95 % interval.
    interval: Option<Ends>,
    /// What an index compares.
    index: Option<IndexWorking>,
    /// How the value was drawn toward the peer group's.
    shrinkage: Option<ShrinkageWorking>,
    /// The points of an earlier cycle that stand for this one's.
    carried: Option<CarriedPoints>,
    /// The piece of the curve that was used.
    curve: Option<Piece>,
    /// The curve's points are at least this.
    floor: Option<String>,
    /// The curve's points are at most this.
    cap: Option<String>,
    points: Option<String>,
    /// Percent of the card; 0 outside the weights.
    weight: String,
    /// After the weight of lines that left the card went to the others; a card's add up to 100.
    effective_weight: String,
    /// Of a bonus its points; of a penalty its points, below zero.
    contribution: String,
    /// Of the metric's value: `percent` (× 100), `ratio`, `seconds`, `minutes`, `hours` or `points`; an index is a ratio whatever the unit.
    unit: Option<String>,
    /// How it came about.
    explanation: Option<Explanation>,
}

#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Ends {
    lower: String,
    upper: String,
    /// `wilson` for a rate; `declared` for a mean, value ± 1.96 × standard_deviation ÷ √samples. Of an index both ends are then scaled
    /// as its value is.
    method: Option<String>,
    /// Of one case, as the metric declares it.
    standard_deviation: Option<String>,
}

/// value = actual ÷ expected; expected = Σ of the segments', each denominator × benchmark.
#[derive(Object)]
pub(super) struct IndexWorking {
    actual: String,
    expected: String,
    segments: Vec<SegmentWorking>,
}

#[derive(Object)]
pub(super) struct SegmentWorking {
    /// Queue, channel or work type; empty where there is none.
    segment: String,
    numerator: String,
    denominator: String,
    samples: i64,
    /// The frozen ratio.
    benchmark: String,
    /// Whether the benchmark is that of all segments together.
    overall: bool,
    expected: String,
}

/// shrunk = (samples × value + strength × peer_value) ÷ (samples + strength). Without a peer group only the strength is given, and the
/// value counts as it is.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ShrinkageWorking {
    /// Cases that the peer group's value weighs.
    strength: String,
    peer_numerator: Option<String>,
    peer_denominator: Option<String>,
    peer_samples: Option<i64>,
    peer_value: Option<String>,
    shrunk: Option<String>,
}

#[derive(Object)]
pub(super) struct CarriedPoints {
    points: String,
    /// The code of the cycle they come from.
    from: String,
}

/// Points run straight from one corner to the other; both are the same where the curve is flat.
#[derive(Object)]
pub(super) struct Piece {
    from: Point,
    to: Point,
}

#[derive(Object)]
pub(super) struct Point {
    value: String,
    points: String,
}

/// A condition outside the weights.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Gate {
    metric: String,
    scope: String,
    value: Option<String>,
    samples: i64,
    /// With fewer samples the gate is not judged.
    min_samples: i64,
    /// Passed from this value on, judged with two decimals.
    at_least: Option<String>,
    /// Passed up to this value, judged with two decimals.
    at_most: Option<String>,
    /// Absent when there was too little data to judge.
    passed: Option<bool>,
    /// What happens when it is not passed: `cap_total`, `cap_rating` or `zero_line`.
    effect: String,
    /// The cap, rating or line of the effect.
    effect_at: String,
    reason_en: String,
    reason_zh: String,
    /// Of the metric's value, as on a line.
    unit: Option<String>,
    /// What was judged, and what that does.
    explanation: Option<Explanation>,
}

fn point(corner: Corner) -> Point {
    Point { value: corner.value.to_string(), points: corner.points.to_string() }
}

pub(super) fn piece(reading: Reading) -> Piece {
    Piece { from: point(reading.from), to: point(reading.to) }
}

fn ends(interval: Interval, method: Option<IntervalMethod>) -> Ends {
    let (name, deviation) = match method {
        Some(IntervalMethod::Wilson) => (Some("wilson"), None),
        Some(IntervalMethod::Declared { standard_deviation }) => (Some("declared"), Some(standard_deviation)),
        None => (None, None),
    };
    Ends {
        lower: interval.lower.to_string(),
        upper: interval.upper.to_string(),
        method: name.map(str::to_owned),
        standard_deviation: text(deviation),
    }
}

fn text(figure: Option<Fixed>) -> Option<String> {
    figure.map(|figure| figure.to_string())
}

impl From<Index> for IndexWorking {
    fn from(Index { segments, actual, expected }: Index) -> Self {
        let segment = |IndexSegment { segment, pooled, benchmark, overall, expected }| SegmentWorking {
            segment: segment.to_string(),
            numerator: pooled.numerator.to_string(),
            denominator: pooled.denominator.to_string(),
            samples: pooled.samples,
            benchmark: benchmark.to_string(),
            overall,
            expected: expected.to_string(),
        };
        Self {
            actual: actual.to_string(),
            expected: expected.to_string(),
            segments: segments.into_iter().map(segment).collect(),
        }
    }
}

impl From<Shrinkage> for ShrinkageWorking {
    fn from(Shrinkage { strength, toward }: Shrinkage) -> Self {
        let of = |figure: fn(&Toward) -> Fixed| toward.as_ref().map(|toward| figure(toward).to_string());
        Self {
            strength: strength.to_string(),
            peer_numerator: of(|toward| toward.peers.numerator),
            peer_denominator: of(|toward| toward.peers.denominator),
            peer_samples: toward.as_ref().map(|toward| toward.peers.samples),
            peer_value: of(|toward| toward.peer_value),
            shrunk: of(|toward| toward.shrunk),
        }
    }
}

impl From<Carried> for CarriedPoints {
    fn from(Carried { points, from }: Carried) -> Self {
        Self { points: points.to_string(), from: from.to_string() }
    }
}

fn state_name(state: LineState) -> &'static str {
    match state {
        LineState::Measured => "measured",
        LineState::LowSample => "low_sample",
        LineState::NoData => "no_data",
        LineState::NotApplicable => "not_applicable",
        LineState::NoBenchmark => "no_benchmark",
        LineState::LeftOut => "left_out",
    }
}

fn treatment_name(treatment: Absence) -> &'static str {
    match treatment {
        Absence::Redistribute => "redistribute",
        Absence::Hold => "hold",
        Absence::Neutral { .. } => "neutral",
        Absence::Zero => "zero",
        Absence::Count => "count",
        Absence::Carry { .. } => "carry",
    }
}

fn unit_of(metric: &str, units: &BTreeMap<MetricId, Unit>) -> Option<String> {
    let unit = match units.get(&MetricId::new(metric))? {
        Unit::Percent => "percent",
        Unit::Ratio => "ratio",
        Unit::Seconds => "seconds",
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
        Unit::Points => "points",
    };
    Some(unit.to_owned())
}

impl Line {
    pub(super) fn explained(self, told: explanation::Explanation, units: &BTreeMap<MetricId, Unit>) -> Self {
        let unit = unit_of(&self.metric, units);
        Self { explanation: Some(told.into()), unit, ..self }
    }
}

impl Gate {
    pub(super) fn explained(self, told: explanation::Explanation, units: &BTreeMap<MetricId, Unit>) -> Self {
        let unit = unit_of(&self.metric, units);
        Self { explanation: Some(told.into()), unit, ..self }
    }
}

impl From<LineResult> for Line {
    fn from(line: LineResult) -> Self {
        let LineResult {
            id,
            metric,
            scope,
            measure,
            outside,
            state,
            treatment,
            pooled,
            min_samples,
            value,
            interval,
            interval_method,
            index,
            shrinkage,
            carried,
            reading,
            floor,
            cap,
            points,
            weight,
            effective_weight,
            contribution,
        } = line;
        let outside = outside.map(|outside| match outside {
            Outside::Bonus => "bonus",
            Outside::Penalty => "penalty",
        });
        Self {
            id: id.to_string(),
            metric: metric.to_string(),
            scope: scope_name(scope).to_owned(),
            measure: measure_name(measure).to_owned(),
            outside: outside.map(str::to_owned),
            state: state_name(state).to_owned(),
            treatment: treatment.map(|treatment| treatment_name(treatment).to_owned()),
            numerator: pooled.numerator.to_string(),
            denominator: pooled.denominator.to_string(),
            samples: pooled.samples,
            min_samples,
            value: text(value),
            interval: interval.map(|interval| ends(interval, interval_method)),
            index: index.map(|index| (*index).into()),
            shrinkage: shrinkage.map(|shrinkage| (*shrinkage).into()),
            carried: carried.map(|carried| (*carried).into()),
            curve: reading.map(piece),
            floor: text(floor),
            cap: text(cap),
            points: text(points),
            weight: weight.to_string(),
            effective_weight: effective_weight.to_string(),
            contribution: contribution.to_string(),
            unit: None,
            explanation: None,
        }
    }
}

impl From<GateResult> for Gate {
    fn from(gate: GateResult) -> Self {
        let GateResult { metric, scope, value, samples, min_samples, at_least, at_most, passed, effect, reason } = gate;
        let (effect, effect_at) = match effect {
            GateEffect::CapTotal { at } => ("cap_total", at.to_string()),
            GateEffect::CapRating { at } => ("cap_rating", at.to_string()),
            GateEffect::ZeroLine { line } => ("zero_line", line.to_string()),
        };
        Self {
            metric: metric.to_string(),
            scope: scope_name(scope).to_owned(),
            value: text(value),
            samples,
            min_samples,
            at_least: text(at_least),
            at_most: text(at_most),
            passed,
            effect: effect.to_owned(),
            effect_at,
            reason_en: reason.en.clone(),
            reason_zh: reason.zh.clone(),
            unit: None,
            explanation: None,
        }
    }
}
