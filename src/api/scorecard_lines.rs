//! The working of a scorecard as the API shows it.

use poem_openapi::Object;

use crate::domain::curve::{Corner, Reading};
use crate::domain::scorecard::{Absence, GateEffect, GateResult, LineResult, LineState, Scope};

/// One line with its whole working: value = numerator ÷ denominator (× 100 for percent), points read off the curve, contribution =
/// points × effective_weight ÷ 100, each rounded to six decimals, half away from zero.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Line {
    /// The metric's id in the rules.
    metric: String,
    /// `own`, or `unit` for the facts of the whole unit.
    scope: String,
    /// `measured`, `low_sample`, `no_data` or `not_applicable`.
    state: String,
    /// What the card does in that state: `redistribute`, `hold`, `neutral`, `zero` or `count`.
    treatment: Option<String>,
    numerator: String,
    denominator: String,
    samples: i64,
    /// In the metric's unit.
    value: Option<String>,
    /// Ends of the 95 % interval, in the metric's unit.
    interval: Option<Ends>,
    /// The piece of the curve that was used.
    curve: Option<Piece>,
    points: Option<String>,
    /// Percent of the card.
    weight: String,
    /// After the weight of lines that left the card went to the others; a card's add up to 100.
    effective_weight: String,
    contribution: String,
}

#[derive(Object)]
pub(super) struct Ends {
    lower: String,
    upper: String,
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
    /// Absent when there was too little data to judge.
    passed: Option<bool>,
    /// What happens when it is not passed: `cap_total`, `cap_rating` or `zero_line`.
    effect: String,
    /// The cap, rating or metric of the effect.
    effect_at: String,
    reason_en: String,
    reason_zh: String,
}

fn point(corner: Corner) -> Point {
    Point { value: corner.value.to_string(), points: corner.points.to_string() }
}

pub(super) fn piece(reading: Reading) -> Piece {
    Piece { from: point(reading.from), to: point(reading.to) }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Own => "own",
        Scope::Unit => "unit",
    }
}

impl From<LineResult> for Line {
    fn from(line: LineResult) -> Self {
        let LineResult {
            metric,
            scope,
            state,
            treatment,
            pooled,
            value,
            interval,
            reading,
            points,
            weight,
            effective_weight,
            contribution,
        } = line;
        let state = match state {
            LineState::Measured => "measured",
            LineState::LowSample => "low_sample",
            LineState::NoData => "no_data",
            LineState::NotApplicable => "not_applicable",
        };
        let treatment = treatment.map(|treatment| match treatment {
            Absence::Redistribute => "redistribute",
            Absence::Hold => "hold",
            Absence::Neutral { .. } => "neutral",
            Absence::Zero => "zero",
            Absence::Count => "count",
        });
        Self {
            metric: metric.to_string(),
            scope: scope_name(scope).to_owned(),
            state: state.to_owned(),
            treatment: treatment.map(str::to_owned),
            numerator: pooled.numerator.to_string(),
            denominator: pooled.denominator.to_string(),
            samples: pooled.samples,
            value: value.map(|value| value.to_string()),
            interval: interval.map(|ends| Ends { lower: ends.lower.to_string(), upper: ends.upper.to_string() }),
            curve: reading.map(piece),
            points: points.map(|points| points.to_string()),
            weight: weight.to_string(),
            effective_weight: effective_weight.to_string(),
            contribution: contribution.to_string(),
        }
    }
}

impl From<GateResult> for Gate {
    fn from(gate: GateResult) -> Self {
        let GateResult { metric, scope, value, samples, passed, effect, reason } = gate;
        let (effect, effect_at) = match effect {
            GateEffect::CapTotal { at } => ("cap_total", at.to_string()),
            GateEffect::CapRating { at } => ("cap_rating", at),
            GateEffect::ZeroLine { metric } => ("zero_line", metric.to_string()),
        };
        Self {
            metric: metric.to_string(),
            scope: scope_name(scope).to_owned(),
            value: value.map(|value| value.to_string()),
            samples,
            passed,
            effect: effect.to_owned(),
            effect_at,
            reason_en: reason.en,
            reason_zh: reason.zh,
        }
    }
}
