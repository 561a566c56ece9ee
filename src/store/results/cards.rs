//! Scorecards, lines and gates as rows, and back without loss.

use entity::micros::Micros;
use entity::{scorecard, scorecard_gate, scorecard_line};

use super::super::StoreError;
use super::super::dictionary::Dictionary;
use super::codes::{code, from_json, json};
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{Absence, CardResult, GateResult, LineResult, Measure};

pub(super) fn micros(value: Fixed) -> Micros {
    Micros(value.micros())
}

pub(super) fn fixed(value: Micros) -> Fixed {
    Fixed::from_micros(value.0)
}

pub(super) fn line_row(
    metrics: &Dictionary,
    scorecard_id: i64,
    seq: i64,
    line: &LineResult,
) -> Result<scorecard_line::Model, StoreError> {
    let (treatment, treatment_points) = line.treatment.map(treatment_code).unzip();
    Ok(scorecard_line::Model {
        scorecard_id,
        seq,
        metric_id: metrics.known_id(line.metric.as_str())?,
        scope: code(&line.scope)?,
        state: code(&line.state)?,
        treatment: treatment.map(str::to_owned),
        treatment_points: treatment_points.flatten(),
        numerator: micros(line.pooled.numerator),
        denominator: micros(line.pooled.denominator),
        samples: line.pooled.samples,
        value: line.value.filter(|_| line.measure == Measure::Value).map(micros),
        lower_bound: line.interval.map(|interval| micros(interval.lower)),
        upper_bound: line.interval.map(|interval| micros(interval.upper)),
        from_value: line.reading.map(|reading| micros(reading.from.value)),
        from_points: line.reading.map(|reading| micros(reading.from.points)),
        to_value: line.reading.map(|reading| micros(reading.to.value)),
        to_points: line.reading.map(|reading| micros(reading.to.points)),
        read_points: line.reading.map(|reading| micros(reading.points)),
        points: line.points.map(micros),
        weight: micros(line.weight),
        effective_weight: micros(line.effective_weight),
        contribution: micros(line.contribution),
    })
}

fn treatment_code(absence: Absence) -> (&'static str, Option<Micros>) {
    match absence {
        Absence::Redistribute => ("redistribute", None),
        Absence::Hold => ("hold", None),
        Absence::Neutral { points } => ("neutral", Some(micros(points))),
        Absence::Zero => ("zero", None),
        Absence::Count => ("count", None),
        Absence::Carry { .. } => ("carry", None),
    }
}

pub(super) fn gate_row(
    metrics: &Dictionary,
    scorecard_id: i64,
    seq: i64,
    gate: &GateResult,
) -> Result<scorecard_gate::Model, StoreError> {
    Ok(scorecard_gate::Model {
        scorecard_id,
        seq,
        metric_id: metrics.known_id(gate.metric.as_str())?,
        scope: code(&gate.scope)?,
        value: gate.value.map(micros),
        samples: gate.samples,
        passed: gate.passed,
        effect: json(&gate.effect)?,
        reason_en: gate.reason.en.clone(),
        reason_zh: gate.reason.zh.clone(),
    })
}

/// The card as it was scored.
pub(super) fn card(row: &scorecard::Model) -> Result<CardResult, StoreError> {
    from_json("the working of a scorecard", row.working.clone())
}
