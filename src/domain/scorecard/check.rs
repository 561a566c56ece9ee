//! What must hold of a card before it may score anybody.

use std::sync::Arc;

use super::super::curve::CurveError;
use super::super::fixed::Fixed;
use super::super::metric::MetricId;
use super::{Absence, Band, Card, Fallback, Gate, GateEffect, Line, Measure, printed};

/// The most that `points_up_to` can say; beyond it a figure is a typing mistake rather than a reward above full marks.
pub const MOST_POINTS: Fixed = Fixed::from_int(200);

/// What is wrong with a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("the card has no weighted lines: give it at least one")]
    NoLines,
    #[error("the line '{metric}' has the weight {weight}: give it more than 0, or remove the line")]
    WeightNotPositive { metric: MetricId, weight: Fixed },
    #[error("the weights of the lines add up to {sum}: make it exactly 100")]
    WeightsNotHundred { sum: Fixed },
    #[error("the weights of the lines add up to more than can be counted: make it exactly 100")]
    WeightsOverflow,
    #[error("two lines are called '{line}': join them, or give one another id")]
    DuplicateLine { line: Arc<str> },
    #[error("the card allows up to {up_to} points: use 100 to {MOST_POINTS}, where 100 are full marks")]
    PointsUpTo { up_to: Fixed },
    #[error(
        "the line '{line}' gives {points} points, but the card allows up to {up_to}: lower them, or raise points_up_to"
    )]
    PointsAbove { line: Arc<str>, points: Fixed, up_to: Fixed },
    #[error("the line '{line}' has the floor {floor} and the cap {cap}: let 0 ≤ floor ≤ cap")]
    Limits { line: Arc<str>, floor: Fixed, cap: Fixed },
    #[error("the line '{line}' stands outside the weights but has the weight {weight}: take the weight away")]
    WeightOutside { line: Arc<str>, weight: Fixed },
    #[error("the line '{line}' stands outside the weights without a cap: say how many points of the total it can move")]
    OutsideWithoutCap { line: Arc<str> },
    #[error(
        "the line '{line}' stands outside the weights, where missing data contribute nothing: leave the treatment out"
    )]
    OutsideTreatment { line: Arc<str> },
    #[error("the line '{line}' shrinks with the strength {strength}: use more than 0 cases")]
    ShrinkStrength { line: Arc<str>, strength: Fixed },
    #[error("the line '{line}' shrinks an index, which is compared with a benchmark already: leave one of the two out")]
    ShrunkIndex { line: Arc<str> },
    #[error("the curve of the line '{metric}': {error}")]
    Curve { metric: MetricId, error: CurveError },
    #[error(
        "the line '{metric}' says 'count' where there is nothing to count: use redistribute, hold, neutral, zero or carry"
    )]
    CountWithoutData { metric: MetricId },
    #[error("the line '{metric}' gives {points} neutral points: points start at 0")]
    NegativeNeutral { metric: MetricId, points: Fixed },
    #[error("the line '{metric}' wants at least {min_samples} samples: use 0 or more")]
    NegativeSamples { metric: MetricId, min_samples: i64 },
    #[error("the card has no bands: give it at least one, from 0")]
    NoBands,
    #[error("the first band '{band}' starts from {from}: let it start from 0, so that every total has a band")]
    BandGap { band: Arc<str>, from: Fixed },
    #[error(
        "the band '{band}' from {from} follows the one from {after}: list bands by ascending start, each start once"
    )]
    BandsNotAscending { band: Arc<str>, after: Fixed, from: Fixed },
    #[error("the band '{band}' starts from {from}, but totals are judged with two decimals: give it at most two")]
    BandTooPrecise { band: Arc<str>, from: Fixed },
    #[error("two bands are called '{band}': rename one")]
    DuplicateBand { band: Arc<str> },
    #[error("the gate on '{metric}' has neither 'at_least' nor 'at_most': give it one")]
    GateWithoutLimit { metric: MetricId },
    #[error("the gate on '{metric}' wants at least {at_least} and at most {at_most}, which no value meets: swap them")]
    GateNeverPassed { metric: MetricId, at_least: Fixed, at_most: Fixed },
    #[error("the gate on '{metric}' is set at {limit}, but values are judged with two decimals: give it at most two")]
    GateTooPrecise { metric: MetricId, limit: Fixed },
    #[error("the gate on '{metric}' caps the total at {at}: totals start at 0")]
    GateCapsBelowZero { metric: MetricId, at: Fixed },
    #[error(
        "the gate on '{metric}' caps the rating at '{band}', which is not one of the card's bands: name one of them"
    )]
    GateUnknownBand { metric: MetricId, band: Arc<str> },
    #[error("the gate on '{metric}' zeroes the line '{line}', which the card does not have: name one of its lines")]
    GateUnknownLine { metric: MetricId, line: Arc<str> },
}

/// Everything wrong with a card, in the order it is written; empty when it may be used. Whether its metrics exist is for the rules
/// to know.
pub fn check_card(card: &Card) -> Vec<CardError> {
    let mut errors = check_lines(&card.lines);
    errors.extend(check_points(card));
    errors.extend(check_weights(&card.lines).err());
    errors.extend(check_bands(&card.bands).err());
    errors.extend(check_gates(card));
    errors
}

/// Everything wrong with single lines: curves, limits, treatments, minimum samples, and lines that stand twice.
pub fn check_lines(lines: &[Line]) -> Vec<CardError> {
    let mut errors = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let metric = || line.metric.clone();
        if lines.iter().take(index).any(|other| other.id == line.id) {
            errors.push(CardError::DuplicateLine { line: line.id.clone() });
        }
        if let Err(error) = line.curve.check() {
            errors.push(CardError::Curve { metric: metric(), error });
        }
        if line.min_samples < 0 {
            errors.push(CardError::NegativeSamples { metric: metric(), min_samples: line.min_samples });
        }
        errors.extend(check_outside(line));
        errors.extend(check_shrinking(line));
        errors.extend(check_treatments(line));
    }
    errors
}

fn check_outside(line: &Line) -> Vec<CardError> {
    let id = || line.id.clone();
    let mut errors = Vec::new();
    if line.outside.is_some() {
        if line.weight != Fixed::ZERO {
            errors.push(CardError::WeightOutside { line: id(), weight: line.weight });
        }
        if line.cap.is_none() {
            errors.push(CardError::OutsideWithoutCap { line: id() });
        }
        let leaves = |absence| absence == Absence::Redistribute;
        let low_sample = leaves(line.low_sample) || line.low_sample == Absence::Count;
        if !(low_sample && leaves(line.no_data) && leaves(line.no_benchmark)) {
            errors.push(CardError::OutsideTreatment { line: id() });
        }
    }
    errors
}

fn check_shrinking(line: &Line) -> Option<CardError> {
    let strength = line.shrink_strength?;
    let id = || line.id.clone();
    if strength <= Fixed::ZERO {
        return Some(CardError::ShrinkStrength { line: id(), strength });
    }
    (line.measure == Measure::Index).then(|| CardError::ShrunkIndex { line: id() })
}

fn check_treatments(line: &Line) -> Vec<CardError> {
    let metric = || line.metric.clone();
    let mut errors = Vec::new();
    if [line.no_data, line.no_benchmark].contains(&Absence::Count) {
        errors.push(CardError::CountWithoutData { metric: metric() });
    }
    for absence in [line.low_sample, line.no_data, line.no_benchmark] {
        match absence {
            Absence::Neutral { points } | Absence::Carry { otherwise: Fallback::Neutral { points } }
                if points.is_negative() =>
            {
                errors.push(CardError::NegativeNeutral { metric: metric(), points });
            }
            _ => {}
        }
    }
    errors
}

/// Everything wrong with how high points go: curves, floors and caps within what the card allows.
pub fn check_points(card: &Card) -> Vec<CardError> {
    let up_to = card.points_up_to;
    if up_to < Fixed::HUNDRED || up_to > MOST_POINTS {
        return vec![CardError::PointsUpTo { up_to }];
    }
    let mut errors = Vec::new();
    for line in &card.lines {
        let id = || line.id.clone();
        let highest = line.curve.corners().iter().map(|corner| corner.points).chain(line.cap).max();
        if let Some(points) = highest.filter(|points| *points > up_to) {
            errors.push(CardError::PointsAbove { line: id(), points, up_to });
        }
        let (floor, cap) = (line.floor.unwrap_or(Fixed::ZERO), line.cap.unwrap_or(up_to));
        if floor.is_negative() || floor > cap {
            errors.push(CardError::Limits { line: id(), floor, cap });
        }
    }
    errors
}

/// Whether there are weighted lines, each with a positive weight, adding up to exactly 100.
pub fn check_weights(lines: &[Line]) -> Result<(), CardError> {
    let weighted = || lines.iter().filter(|line| line.outside.is_none());
    if weighted().next().is_none() {
        return Err(CardError::NoLines);
    }
    if let Some(line) = weighted().find(|line| line.weight <= Fixed::ZERO) {
        return Err(CardError::WeightNotPositive { metric: line.metric.clone(), weight: line.weight });
    }
    let sum = weighted().try_fold(Fixed::ZERO, |sum, line| sum.checked_add(line.weight));
    match sum {
        None => Err(CardError::WeightsOverflow),
        Some(Fixed::HUNDRED) => Ok(()),
        Some(sum) => Err(CardError::WeightsNotHundred { sum }),
    }
}

/// Whether every printed total has exactly one band: names differ, starts ascend from zero or below, with at most two decimals.
pub fn check_bands(bands: &[Band]) -> Result<(), CardError> {
    let first = bands.first().ok_or(CardError::NoBands)?;
    if first.from > Fixed::ZERO {
        return Err(CardError::BandGap { band: first.id.clone(), from: first.from });
    }
    for (before, next) in bands.iter().zip(bands.iter().skip(1)) {
        if next.from <= before.from {
            let band = next.id.clone();
            return Err(CardError::BandsNotAscending { band, after: before.from, from: next.from });
        }
    }
    for (index, band) in bands.iter().enumerate() {
        if band.from != printed(band.from) {
            return Err(CardError::BandTooPrecise { band: band.id.clone(), from: band.from });
        }
        if bands.iter().take(index).any(|other| other.id == band.id) {
            return Err(CardError::DuplicateBand { band: band.id.clone() });
        }
    }
    Ok(())
}

/// Everything wrong with the card's gates.
pub fn check_gates(card: &Card) -> Vec<CardError> {
    card.gates.iter().flat_map(|gate| [check_limits(gate).err(), check_effect(card, gate).err()]).flatten().collect()
}

fn check_limits(gate: &Gate) -> Result<(), CardError> {
    let metric = || gate.metric.clone();
    match (gate.at_least, gate.at_most) {
        (None, None) => return Err(CardError::GateWithoutLimit { metric: metric() }),
        (Some(at_least), Some(at_most)) if at_least > at_most => {
            return Err(CardError::GateNeverPassed { metric: metric(), at_least, at_most });
        }
        _ => {}
    }
    match [gate.at_least, gate.at_most].into_iter().flatten().find(|limit| *limit != printed(*limit)) {
        Some(limit) => Err(CardError::GateTooPrecise { metric: metric(), limit }),
        None => Ok(()),
    }
}

fn check_effect(card: &Card, gate: &Gate) -> Result<(), CardError> {
    let metric = || gate.metric.clone();
    match &gate.effect {
        GateEffect::CapTotal { at } if at.is_negative() => {
            Err(CardError::GateCapsBelowZero { metric: metric(), at: *at })
        }
        GateEffect::CapRating { at } if !card.bands.iter().any(|band| band.id == *at) => {
            Err(CardError::GateUnknownBand { metric: metric(), band: at.clone() })
        }
        GateEffect::ZeroLine { line } if !card.lines.iter().any(|there| there.id == *line) => {
            Err(CardError::GateUnknownLine { metric: metric(), line: line.clone() })
        }
        _ => Ok(()),
    }
}
