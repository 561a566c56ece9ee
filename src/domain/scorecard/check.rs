//! What must hold of a card before it may score anybody.

use super::super::curve::CurveError;
use super::super::fixed::Fixed;
use super::super::metric::MetricId;
use super::{Absence, Band, Card, Gate, GateEffect, Line, Scope, printed};

/// What is wrong with a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("the card has no lines: give it at least one")]
    NoLines,
    #[error("the line '{metric}' has the weight {weight}: give it more than 0, or remove the line")]
    WeightNotPositive { metric: MetricId, weight: Fixed },
    #[error("the weights of the lines add up to {sum}: make it exactly 100")]
    WeightsNotHundred { sum: Fixed },
    #[error("the weights of the lines add up to more than can be counted: make it exactly 100")]
    WeightsOverflow,
    #[error("the metric '{metric}' stands on two lines of the same scope: merge them")]
    DuplicateLine { metric: MetricId, scope: Scope },
    #[error("the curve of the line '{metric}': {error}")]
    Curve { metric: MetricId, error: CurveError },
    #[error(
        "the line '{metric}' says 'count' for no data, but there is nothing to count: use redistribute, hold, neutral or zero"
    )]
    CountWithoutData { metric: MetricId },
    #[error("the line '{metric}' gives {points} neutral points: points start at 0")]
    NegativeNeutral { metric: MetricId, points: Fixed },
    #[error("the line '{metric}' wants at least {min_samples} samples: use 0 or more")]
    NegativeSamples { metric: MetricId, min_samples: i64 },
    #[error("the card has no bands: give it at least one, from 0")]
    NoBands,
    #[error("the first band '{band}' starts from {from}: let it start from 0, so that every total has a band")]
    BandGap { band: String, from: Fixed },
    #[error(
        "the band '{band}' from {from} follows the one from {after}: list bands by ascending start, each start once"
    )]
    BandsNotAscending { band: String, after: Fixed, from: Fixed },
    #[error("the band '{band}' starts from {from}, but totals are judged with two decimals: give it at most two")]
    BandTooPrecise { band: String, from: Fixed },
    #[error("two bands are called '{band}': rename one")]
    DuplicateBand { band: String },
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
    GateUnknownBand { metric: MetricId, band: String },
    #[error("the gate on '{metric}' zeroes the line '{line}', which the card does not have: name one of its lines")]
    GateUnknownLine { metric: MetricId, line: MetricId },
}

/// Everything wrong with a card, in the order it is written; empty when it may be used. Whether its metrics exist is for the rules
/// to know.
pub fn check_card(card: &Card) -> Vec<CardError> {
    let mut errors = check_lines(&card.lines);
    errors.extend(check_weights(&card.lines).err());
    errors.extend(check_bands(&card.bands).err());
    errors.extend(check_gates(card));
    errors
}

/// Everything wrong with single lines: curves, treatments, minimum samples, and lines that stand twice.
pub fn check_lines(lines: &[Line]) -> Vec<CardError> {
    let mut errors = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let metric = || line.metric.clone();
        if lines.iter().take(index).any(|other| other.metric == line.metric && other.scope == line.scope) {
            errors.push(CardError::DuplicateLine { metric: metric(), scope: line.scope });
        }
        if let Err(error) = line.curve.check() {
            errors.push(CardError::Curve { metric: metric(), error });
        }
        if line.min_samples < 0 {
            errors.push(CardError::NegativeSamples { metric: metric(), min_samples: line.min_samples });
        }
        if line.no_data == Absence::Count {
            errors.push(CardError::CountWithoutData { metric: metric() });
        }
        for absence in [line.low_sample, line.no_data] {
            match absence {
                Absence::Neutral { points } if points.is_negative() => {
                    errors.push(CardError::NegativeNeutral { metric: metric(), points });
                }
                _ => {}
            }
        }
    }
    errors
}

/// Whether there are lines, each with a positive weight, adding up to exactly 100.
pub fn check_weights(lines: &[Line]) -> Result<(), CardError> {
    if lines.is_empty() {
        return Err(CardError::NoLines);
    }
    if let Some(line) = lines.iter().find(|line| line.weight <= Fixed::ZERO) {
        return Err(CardError::WeightNotPositive { metric: line.metric.clone(), weight: line.weight });
    }
    let sum = lines.iter().try_fold(Fixed::ZERO, |sum, line| sum.checked_add(line.weight));
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
        GateEffect::ZeroLine { metric: target } if !card.lines.iter().any(|line| line.metric == *target) => {
            Err(CardError::GateUnknownLine { metric: metric(), line: target.clone() })
        }
        _ => Ok(()),
    }
}
