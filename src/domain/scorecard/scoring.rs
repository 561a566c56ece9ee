//! From pooled facts to a scored card.

use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::interval::Interval;
use super::super::judgement::JudgementError;
use super::super::metric::{Metric, MetricId};
use super::judged;
use super::weights::redistribute;
use super::{
    Absence, Band, Card, CardResult, CardState, Gate, GateEffect, GateResult, Line, LineResult, LineState, Measured,
};

/// Why a card cannot be scored. Rules that passed their checks meet only `Overflow`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    #[error("card '{card}' uses the metric '{metric}', which the rules do not define: define it or correct the name")]
    UnknownMetric { card: String, metric: MetricId },
    #[error("a gate of card '{card}' caps the rating at '{band}', which is not one of its bands: name one of them")]
    UnknownBand { card: String, band: String },
    #[error(
        "the line '{metric}' of card '{card}' has no data, and its rule says to count it: name another treatment for no data"
    )]
    CountWithoutData { card: String, metric: MetricId },
    #[error("the line '{metric}' of card '{card}' has a curve without corners: give it at least one")]
    CurveWithoutCorner { card: String, metric: MetricId },
    #[error("a figure of '{metric}' on card '{card}' is outside ±9223372036854: measure it in a larger unit")]
    Overflow { card: String, metric: MetricId },
    #[error("card '{card}' is judged by the form '{form}', which the rules do not have: add it or correct the name")]
    UnknownForm { card: String, form: String },
    #[error("card '{card}': {source}")]
    Judgement { card: String, source: Box<JudgementError> },
    #[error(
        "the total of card '{card}' with the form '{form}' is outside ±9223372036854: lower the points of its lines"
    )]
    JudgedOverflow { card: String, form: String },
}

/// A figure as people see it and as bands and gates judge it: two decimals, half away from zero.
pub fn printed(value: Fixed) -> Fixed {
    value.round(2)
}

/// Scores one card.
///
/// Lines are measured, weights of lines that left are shared out, gates are judged, failed gates apply, and the band is judged on
/// the printed total. A card on hold shows the contributions of its other lines but no total; its held lines keep their weight.
pub fn score(card: &Card, measured: &impl Measured) -> Result<CardResult, ScoreError> {
    let mut lines = Vec::with_capacity(card.lines.len());
    for line in &card.lines {
        lines.push(measure(card, line, measured)?);
    }
    let mut gates = Vec::with_capacity(card.gates.len());
    for gate in &card.gates {
        gates.push(judge(card, gate, measured)?);
    }
    let weighted = redistribute(&mut lines);
    contribute(card, &mut lines, &gates)?;
    let judged = judged::judge_card(card, measured)?;
    let state = if lines.iter().any(|line| line.treatment == Some(Absence::Hold)) {
        CardState::OnHold
    } else if weighted {
        CardState::Scored
    } else {
        CardState::InsufficientData
    };
    let state = judged::state_with(judged.as_ref(), state);
    let mut result = CardResult {
        card: card.id.clone(),
        state,
        lines,
        gates,
        judged,
        subtotal: None,
        total: None,
        printed: None,
        rating: None,
    };
    if state == CardState::Scored {
        conclude(card, &mut result)?;
    }
    Ok(result)
}

fn overflow(card: &Card, metric: &MetricId) -> ScoreError {
    ScoreError::Overflow { card: card.id.clone(), metric: metric.clone() }
}

fn find_metric<'m>(card: &Card, id: &MetricId, measured: &'m impl Measured) -> Result<&'m Metric, ScoreError> {
    measured.metric(id).ok_or_else(|| ScoreError::UnknownMetric { card: card.id.clone(), metric: id.clone() })
}

/// The value of facts in the metric's unit; `None` where there is no denominator.
fn value_of(card: &Card, metric: &Metric, pooled: &Pooled) -> Result<Option<Fixed>, ScoreError> {
    if pooled.denominator == Fixed::ZERO {
        return Ok(None);
    }
    metric.value(pooled).map(Some).ok_or_else(|| overflow(card, &metric.id))
}

fn measure(card: &Card, line: &Line, measured: &impl Measured) -> Result<LineResult, ScoreError> {
    let metric = find_metric(card, &line.metric, measured)?;
    let pooled = measured.pooled(&line.metric, line.scope).unwrap_or_default();
    let state = state_of(&pooled, line.min_samples);
    let treatment = treatment_of(card, line, state)?;
    let value = value_of(card, metric, &pooled)?;
    let reading = match (treatment, value) {
        (None | Some(Absence::Count), Some(value)) => Some(line.curve.read(value).ok_or_else(|| unread(card, line))?),
        _ => None,
    };
    let points = match treatment {
        Some(Absence::Neutral { points }) => Some(points),
        Some(Absence::Zero) => Some(Fixed::ZERO),
        _ => reading.map(|reading| reading.points),
    };
    Ok(LineResult {
        metric: line.metric.clone(),
        scope: line.scope,
        state,
        treatment,
        pooled,
        value,
        interval: Interval::of(metric, &pooled),
        reading,
        points,
        weight: line.weight,
        effective_weight: Fixed::ZERO,
        contribution: Fixed::ZERO,
    })
}

fn unread(card: &Card, line: &Line) -> ScoreError {
    if line.curve.corners().is_empty() {
        ScoreError::CurveWithoutCorner { card: card.id.clone(), metric: line.metric.clone() }
    } else {
        overflow(card, &line.metric)
    }
}

fn state_of(pooled: &Pooled, min_samples: i64) -> LineState {
    match (pooled.denominator == Fixed::ZERO, pooled.samples > 0) {
        (true, true) => LineState::NotApplicable,
        (true, false) => LineState::NoData,
        (false, _) if pooled.samples < min_samples => LineState::LowSample,
        (false, _) => LineState::Measured,
    }
}

fn treatment_of(card: &Card, line: &Line, state: LineState) -> Result<Option<Absence>, ScoreError> {
    match (state, line.no_data) {
        (LineState::Measured, _) => Ok(None),
        (LineState::NotApplicable, _) => Ok(Some(Absence::Redistribute)),
        (LineState::LowSample, _) => Ok(Some(line.low_sample)),
        (LineState::NoData, Absence::Count) => {
            Err(ScoreError::CountWithoutData { card: card.id.clone(), metric: line.metric.clone() })
        }
        (LineState::NoData, absence) => Ok(Some(absence)),
    }
}

fn judge(card: &Card, gate: &Gate, measured: &impl Measured) -> Result<GateResult, ScoreError> {
    let metric = find_metric(card, &gate.metric, measured)?;
    let pooled = measured.pooled(&gate.metric, gate.scope).unwrap_or_default();
    let value = value_of(card, metric, &pooled)?;
    let judged = value.filter(|_| pooled.samples >= gate.min_samples).map(printed);
    let passed = judged
        .map(|value| gate.at_least.is_none_or(|least| value >= least) && gate.at_most.is_none_or(|most| value <= most));
    Ok(GateResult {
        metric: gate.metric.clone(),
        scope: gate.scope,
        value,
        samples: pooled.samples,
        passed,
        effect: gate.effect.clone(),
        reason: gate.reason.clone(),
    })
}

fn failed(gates: &[GateResult]) -> impl Iterator<Item = &GateEffect> {
    gates.iter().filter(|gate| gate.passed == Some(false)).map(|gate| &gate.effect)
}

fn contribute(card: &Card, lines: &mut [LineResult], gates: &[GateResult]) -> Result<(), ScoreError> {
    for line in lines {
        let zeroed =
            failed(gates).any(|effect| matches!(effect, GateEffect::ZeroLine { metric } if *metric == line.metric));
        line.contribution = match line.points {
            Some(points) if !zeroed => {
                points.mul_div(line.effective_weight, Fixed::HUNDRED).ok_or_else(|| overflow(card, &line.metric))?
            }
            _ => Fixed::ZERO,
        };
    }
    Ok(())
}

/// Subtotal, caps, printed total and rating of a card whose lines have contributed.
fn conclude(card: &Card, result: &mut CardResult) -> Result<(), ScoreError> {
    let mut total = Fixed::ZERO;
    for line in &result.lines {
        total = total.checked_add(line.contribution).ok_or_else(|| overflow(card, &line.metric))?;
    }
    result.subtotal = Some(total);
    total = judged::join(card, result, total)?;
    for effect in failed(&result.gates) {
        if let GateEffect::CapTotal { at } = effect {
            total = total.min(*at);
        }
    }
    result.total = Some(total);
    result.printed = Some(printed(total));
    result.rating = rate(card, printed(total), &result.gates)?.map(|band| band.id.clone());
    Ok(())
}

/// The band of a printed total, at best the one failed gates allow; `None` only below the first band.
fn rate<'c>(card: &'c Card, total: Fixed, gates: &[GateResult]) -> Result<Option<&'c Band>, ScoreError> {
    let mut reached = card.bands.partition_point(|band| band.from <= total);
    for effect in failed(gates) {
        if let GateEffect::CapRating { at } = effect {
            let cap = card.bands.iter().position(|band| band.id == *at);
            let cap = cap.ok_or_else(|| ScoreError::UnknownBand { card: card.id.clone(), band: at.clone() })?;
            reached = reached.min(cap + 1);
        }
    }
    Ok(reached.checked_sub(1).and_then(|index| card.bands.get(index)))
}
