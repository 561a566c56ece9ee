//! How a figure earns points.

use std::fmt::Write as _;

use askama::Template;

use super::scale::{Scale, Tick};
use crate::domain::curve::Curve;
use crate::domain::fixed::Fixed;
use crate::web::language::Language;

/// One corner, as people read it.
struct Corner {
    value: Fixed,
    points: Fixed,
    x: Fixed,
    y: Fixed,
}

/// A curve from values to points, and where somebody stands on it.
#[derive(Template)]
#[template(path = "charts/curve.html")]
pub(in crate::web) struct CurveChart {
    language: Language,
    title: String,
    corners: Vec<Corner>,
    across: Vec<Tick>,
    up: Vec<Tick>,
    line: String,
    /// From a value on, inclusive, its points.
    steps: bool,
}

impl CurveChart {
    /// `None` where the curve has no corner.
    pub(in crate::web) fn new(language: Language, title: String, curve: &Curve) -> Option<Self> {
        let corners = curve.corners();
        let (first, last) = (corners.first()?, corners.last()?);
        let room = last.value.checked_sub(first.value)?;
        // Beyond the ends the curve is flat; a quarter of its width shows that.
        let beyond = Fixed::from_micros((room.micros() / 4).max(Fixed::SCALE / 100));
        // Where nothing lies below zero, the picture begins there.
        let least = match first.value.checked_sub(beyond)? {
            least if first.value >= Fixed::ZERO => least.max(Fixed::ZERO),
            least => least,
        };
        let most = last.value.checked_add(beyond)?;
        let across = Scale::new(least, most, 56, 620);
        let top = corners.iter().map(|corner| corner.points).max()?.max(Fixed::ONE);
        let up = Scale::new(Fixed::ZERO, top, 150, 12);
        let steps = matches!(curve, Curve::Step { .. });
        let place = |value: Fixed| Some((across.at(value), up.at(curve.read(value)?.points)));
        let mut line = String::new();
        let (x, mut y) = place(least)?;
        let _ = write!(line, "M{x} {y}");
        for corner in corners {
            let (x, height) = (across.at(corner.value), up.at(corner.points));
            if steps {
                let _ = write!(line, "L{x} {y}");
            }
            let _ = write!(line, "L{x} {height}");
            y = height;
        }
        let _ = write!(line, "L{} {y}", across.at(most));
        let drawn = corners.iter().map(|corner| Corner {
            value: corner.value,
            points: corner.points,
            x: across.at(corner.value),
            y: up.at(corner.points),
        });
        let corners = drawn.collect();
        Some(Self { language, title, corners, across: across.ticks(), up: up.ticks(), line, steps })
    }
}
