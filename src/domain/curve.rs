//! Curves: from a metric's value to points, where 100 points are full marks.

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;

/// One corner of a curve: at this value, these points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corner {
    pub value: Fixed,
    pub points: Fixed,
}

/// How a value earns points. Corners are in ascending order of value, at least one (checked when rules are loaded).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// Straight lines between the corners; flat before the first and after the last.
    Linear { corners: Vec<Corner> },
    /// A staircase: from each corner's value on (inclusive), its points; before the first corner, zero. A cliff, and named so.
    Step { corners: Vec<Corner> },
}

/// Why corners do not make a curve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    #[error("the curve has no corner: give at least one value with its points")]
    Empty,
    #[error("the corner at {value} follows the one at {after}: list corners by ascending value, each value once")]
    NotAscending { after: Fixed, value: Fixed },
    #[error("the corner at {value} gives {points} points: points start at 0")]
    NegativePoints { value: Fixed, points: Fixed },
}

/// Whether `corners` make a curve: at least one, values ascending and each once, no negative points.
pub fn check_corners(corners: &[Corner]) -> Result<(), CurveError> {
    if corners.is_empty() {
        return Err(CurveError::Empty);
    }
    for (before, next) in corners.iter().zip(corners.iter().skip(1)) {
        if next.value <= before.value {
            return Err(CurveError::NotAscending { after: before.value, value: next.value });
        }
    }
    match corners.iter().find(|corner| corner.points.is_negative()) {
        Some(corner) => Err(CurveError::NegativePoints { value: corner.value, points: corner.points }),
        None => Ok(()),
    }
}

/// The piece of the curve that was used, so that the reading can be recomputed by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub points: Fixed,
    pub from: Corner,
    /// Equal to `from` on a flat piece or a step.
    pub to: Corner,
}

impl Curve {
    pub fn corners(&self) -> &[Corner] {
        match self {
            Self::Linear { corners } | Self::Step { corners } => corners,
        }
    }

    /// Whether the corners make a curve, see [`check_corners`].
    pub fn check(&self) -> Result<(), CurveError> {
        check_corners(self.corners())
    }

    /// Points at `value`: on a straight piece `from.points + (value − from.value) × (to.points − from.points) ÷ (to.value −
    /// from.value)`, rounded once to six decimals, half away from zero. `None` only when the curve has no corner or the
    /// arithmetic overflows.
    pub fn read(&self, value: Fixed) -> Option<Reading> {
        match self {
            Self::Linear { corners } => read_linear(corners, value),
            Self::Step { corners } => read_step(corners, value),
        }
    }
}

fn flat(corner: Corner) -> Reading {
    Reading { points: corner.points, from: corner, to: corner }
}

pub(super) fn read_linear(corners: &[Corner], value: Fixed) -> Option<Reading> {
    let after = corners.partition_point(|corner| corner.value <= value);
    let Some(from) = after.checked_sub(1).and_then(|before| corners.get(before)).copied() else {
        return corners.first().copied().map(flat);
    };
    let Some(to) = corners.get(after).copied() else {
        return Some(flat(from));
    };
    let rise = to.points.checked_sub(from.points)?;
    let run = to.value.checked_sub(from.value)?;
    let along = value.checked_sub(from.value)?;
    let points = from.points.add_mul_div(rise, along, run)?;
    Some(Reading { points, from, to })
}

fn read_step(corners: &[Corner], value: Fixed) -> Option<Reading> {
    let after = corners.partition_point(|corner| corner.value <= value);
    match after.checked_sub(1).and_then(|before| corners.get(before)) {
        Some(corner) => Some(flat(*corner)),
        None => corners.first().map(|first| flat(Corner { value: first.value, points: Fixed::ZERO })),
    }
}
