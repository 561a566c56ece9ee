//! From pooled facts to a scored card.

use std::sync::Arc;

use super::super::fixed::Fixed;
use super::super::judgement::JudgementError;
use super::super::metric::MetricId;
use super::gates::{capped, failed, judge, overflow, zeroed};
use super::judged;
use super::measuring::measure;
use super::weights::redistribute;
use super::{Absence, Band, Card, CardResult, CardState, GateEffect, GateResult, LineResult, Measured, Outside};

/// Why a card cannot be scored. Rules that passed their checks meet only `Overflow`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    #[error("card '{card}' uses the metric '{metric}', which the rules do not define: define it or correct the name")]
    UnknownMetric { card: Arc<str>, metric: MetricId },
    #[error("a gate of card '{card}' caps the rating at '{band}', which is not one of its bands: name one of them")]
    UnknownBand { card: Arc<str>, band: Arc<str> },
    #[error(
        "the line '{metric}' of card '{card}' has nothing to count, although its rule says to count it: name another treatment"
    )]
    CountWithoutData { card: Arc<str>, metric: MetricId },
    #[error("the line '{metric}' of card '{card}' has a curve without corners: give it at least one")]
    CurveWithoutCorner { card: Arc<str>, metric: MetricId },
    #[error("a figure of '{metric}' on card '{card}' is outside ±9223372036854: measure it in a larger unit")]
    Overflow { card: Arc<str>, metric: MetricId },
    #[error("card '{card}' is judged by the form '{form}', which the rules do not have: add it or correct the name")]
    UnknownForm { card: Arc<str>, form: String },
    #[error("card '{card}': {source}")]
    Judgement { card: Arc<str>, source: Box<JudgementError> },
    #[error(
        "the total of card '{card}' with the form '{form}' is outside ±9223372036854: lower the points of its lines"
    )]
    JudgedOverflow { card: Arc<str>, form: String },
}

/// A figure as people see it and as bands and gates judge it: two decimals, half away from zero.
pub fn printed(value: Fixed) -> Fixed {
    value.round(2)
}

/// Scores one card.
///
/// Lines are measured, weights of lines that left are shared out, gates are judged, lines outside add and take their points, failed
/// gates apply, and the band is judged on the printed total. A card on hold shows the contributions of its other lines but no total;
/// its held lines keep their weight.
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
        adjusted: None,
        points_up_to: card.points_up_to,
        total: None,
        printed: None,
        rating: None,
    };
    if state == CardState::Scored {
        conclude(card, &mut result)?;
    }
    Ok(result)
}

pub(super) fn contribute(card: &Card, lines: &mut [LineResult], gates: &[GateResult]) -> Result<(), ScoreError> {
    for line in lines {
        line.contribution = match line.points {
            Some(points) if !zeroed(gates, &line.id) => {
                worth(line, points).ok_or_else(|| overflow(card, &line.metric))?
            }
            _ => Fixed::ZERO,
        };
    }
    Ok(())
}

/// What points of a line are worth in points of the total.
fn worth(line: &LineResult, points: Fixed) -> Option<Fixed> {
    match line.outside {
        None => points.mul_div(line.effective_weight, Fixed::HUNDRED),
        Some(Outside::Bonus) => Some(points),
        Some(Outside::Penalty) => Fixed::ZERO.checked_sub(points),
    }
}

/// Subtotal, lines outside, caps, printed total and rating of a card whose lines have contributed.
pub(super) fn conclude(card: &Card, result: &mut CardResult) -> Result<(), ScoreError> {
    let subtotal = add(card, Fixed::ZERO, result.lines.iter().filter(|line| line.outside.is_none()))?;
    result.subtotal = Some(subtotal);
    let joined = judged::join(card, result, subtotal)?;
    let adjusted = add(card, joined, result.lines.iter().filter(|line| line.outside.is_some()))?;
    let adjusted = adjusted.min(card.points_up_to).max(Fixed::ZERO);
    let total = capped(adjusted, &result.gates);
    result.adjusted = Some(adjusted);
    result.total = Some(total);
    result.printed = Some(printed(total));
    result.rating = rate(card, printed(total), &result.gates)?.map(|band| band.id.clone());
    Ok(())
}

/// `sum` and the lines' contributions, exactly.
fn add<'l>(card: &Card, sum: Fixed, lines: impl IntoIterator<Item = &'l LineResult>) -> Result<Fixed, ScoreError> {
    lines
        .into_iter()
        .try_fold(sum, |sum, line| sum.checked_add(line.contribution).ok_or_else(|| overflow(card, &line.metric)))
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
