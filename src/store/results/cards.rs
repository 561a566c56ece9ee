//! Scorecards, lines and gates as rows, and back without loss.

use std::collections::HashMap;

use entity::micros::Micros;
use entity::{scorecard, scorecard_gate, scorecard_line};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::StoreError;
use super::super::dictionary::Dictionary;
use super::super::error::Step;
use super::codes::{code, from_code, from_json, json};
use crate::domain::curve::{Corner, Reading};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::interval::Interval;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Absence, CardResult, GateResult, LineResult};
use crate::domain::text::Text;

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
        value: line.value.map(micros),
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
    }
}

fn treatment(code: String, points: Option<Micros>) -> Result<Absence, StoreError> {
    match (code.as_str(), points) {
        ("redistribute", None) => Ok(Absence::Redistribute),
        ("hold", None) => Ok(Absence::Hold),
        ("neutral", Some(points)) => Ok(Absence::Neutral { points: fixed(points) }),
        ("zero", None) => Ok(Absence::Zero),
        ("count", None) => Ok(Absence::Count),
        _ => Err(StoreError::Unreadable { what: "the treatment of a line", value: code }),
    }
}

fn line(metrics: &Dictionary, row: scorecard_line::Model) -> Result<LineResult, StoreError> {
    let corner = |value: Option<Micros>, points: Option<Micros>| {
        value.zip(points).map(|(value, points)| Corner { value: fixed(value), points: fixed(points) })
    };
    let (from, to) = (corner(row.from_value, row.from_points), corner(row.to_value, row.to_points));
    let reading =
        row.read_points.zip(from.zip(to)).map(|(points, (from, to))| Reading { points: fixed(points), from, to });
    let bounds = row.lower_bound.zip(row.upper_bound);
    Ok(LineResult {
        metric: MetricId(metrics.name(row.metric_id)?),
        scope: from_code("the scope of a line", row.scope)?,
        state: from_code("the state of a line", row.state)?,
        treatment: row.treatment.map(|code| treatment(code, row.treatment_points)).transpose()?,
        pooled: Pooled { numerator: fixed(row.numerator), denominator: fixed(row.denominator), samples: row.samples },
        value: row.value.map(fixed),
        interval: bounds.map(|(lower, upper)| Interval { lower: fixed(lower), upper: fixed(upper) }),
        reading,
        points: row.points.map(fixed),
        weight: fixed(row.weight),
        effective_weight: fixed(row.effective_weight),
        contribution: fixed(row.contribution),
    })
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

fn gate(metrics: &Dictionary, row: scorecard_gate::Model) -> Result<GateResult, StoreError> {
    Ok(GateResult {
        metric: MetricId(metrics.name(row.metric_id)?),
        scope: from_code("the scope of a gate", row.scope)?,
        value: row.value.map(fixed),
        samples: row.samples,
        passed: row.passed,
        effect: from_json("the effect of a gate", row.effect)?,
        reason: Text { en: row.reason_en, zh: row.reason_zh },
    })
}

/// The working of many scorecards, by scorecard id.
pub(super) struct Working {
    lines: HashMap<i64, Vec<LineResult>>,
    gates: HashMap<i64, Vec<GateResult>>,
}

impl Working {
    /// Two queries, however many scorecards.
    pub(super) async fn load(
        connection: &impl ConnectionTrait,
        metrics: &Dictionary,
        scorecard_ids: &[i64],
    ) -> Result<Self, StoreError> {
        let step = "reading the lines of scorecards";
        let mut working = Self { lines: HashMap::new(), gates: HashMap::new() };
        let rows = scorecard_line::Entity::find()
            .filter(scorecard_line::Column::ScorecardId.is_in(scorecard_ids.iter().copied()))
            .order_by_asc(scorecard_line::Column::ScorecardId)
            .order_by_asc(scorecard_line::Column::Seq)
            .all(connection)
            .await
            .step(step)?;
        for row in rows {
            working.lines.entry(row.scorecard_id).or_default().push(line(metrics, row)?);
        }
        let rows = scorecard_gate::Entity::find()
            .filter(scorecard_gate::Column::ScorecardId.is_in(scorecard_ids.iter().copied()))
            .order_by_asc(scorecard_gate::Column::ScorecardId)
            .order_by_asc(scorecard_gate::Column::Seq)
            .all(connection)
            .await
            .step(step)?;
        for row in rows {
            working.gates.entry(row.scorecard_id).or_default().push(gate(metrics, row)?);
        }
        Ok(working)
    }

    /// The card as it was scored.
    pub(super) fn card(&mut self, row: &scorecard::Model) -> Result<CardResult, StoreError> {
        Ok(CardResult {
            card: row.card.clone(),
            state: from_code("the state of a scorecard", row.state.clone())?,
            lines: self.lines.remove(&row.id).unwrap_or_default(),
            gates: self.gates.remove(&row.id).unwrap_or_default(),
            judged: row.judged.clone().map(|text| from_json("the judged part of a scorecard", text)).transpose()?,
            subtotal: row.subtotal.map(fixed),
            total: row.total.map(fixed),
            printed: row.printed.map(fixed),
            rating: row.rating.clone(),
        })
    }
}
