//! Curves and tiers: ascending, and without cliffs nobody meant.

use super::super::file::Exact;
use super::super::file::card::CurveEntry;
use super::super::problem::Problem;
use super::super::yaml::Document;
use crate::domain::curve::{Corner, Curve};
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Direction, Metric};

/// Points beyond which a curve is a typing mistake rather than a reward above full marks.
const MOST_POINTS: Fixed = Fixed::from_int(200);

/// The curve of a scorecard line.
pub(crate) fn line_curve(
    document: &Document,
    pointer: &str,
    curve: &CurveEntry,
    metric: Option<&Metric>,
    problems: &mut Vec<Problem>,
) {
    let before = problems.len();
    match curve {
        CurveEntry::Linear { points } => pairs(document, &format!("{pointer}/points"), "corner", points, problems),
        CurveEntry::Step { steps } => {
            pairs(document, &format!("{pointer}/steps"), "step", steps, problems);
            cliffs(document, pointer, steps, problems);
        }
        CurveEntry::Band { zero_below, full_from, full_to, zero_above } => {
            if zero_below >= full_from || full_from > full_to || full_to >= zero_above {
                problems.push(document.error(
                    pointer,
                    format!("the band's figures {zero_below}, {full_from}, {full_to}, {zero_above} do not ascend"),
                    "let zero_below < full_from ≤ full_to < zero_above",
                ));
            }
        }
    }
    if problems.len() == before
        && let Some(metric) = metric
    {
        against_direction(document, pointer, &curve.to_curve(), metric, problems);
    }
}

fn pairs(document: &Document, pointer: &str, what: &str, pairs: &[[Exact; 2]], problems: &mut Vec<Problem>) {
    ascending(document, pointer, what, pairs, problems);
    for (index, [_, points]) in pairs.iter().enumerate() {
        if points.0 < Fixed::ZERO || points.0 > MOST_POINTS {
            problems.push(document.error(
                &format!("{pointer}/{index}/1"),
                format!("{points} points are outside 0 to {MOST_POINTS}"),
                "100 points are full marks; the weight says what they are worth",
            ));
        }
    }
}

/// Pairs whose first figures do not ascend.
pub(crate) fn ascending(
    document: &Document,
    pointer: &str,
    what: &str,
    pairs: &[[Exact; 2]],
    problems: &mut Vec<Problem>,
) {
    for (index, (previous, next)) in pairs.iter().zip(pairs.iter().skip(1)).enumerate() {
        let ([before, _], [after, _]) = (previous, next);
        if after <= before {
            problems.push(document.error(
                &format!("{pointer}/{}", index + 1),
                format!("{what} {} at {after} does not come after {what} {} at {before}", index + 2, index + 1),
                format!("write each {what} once, in ascending order"),
            ));
        }
    }
}

fn cliffs(document: &Document, pointer: &str, steps: &[[Exact; 2]], problems: &mut Vec<Problem>) {
    let mut points = Exact(Fixed::ZERO);
    for (index, [value, next]) in steps.iter().enumerate() {
        if *next != points {
            problems.push(document.warning(
                &format!("{pointer}/steps/{index}"),
                format!(
                    "a cliff: at {value} the points jump from {points} to {next}, so that chance alone decides near it"
                ),
                "use kind: linear, unless the jump is agreed",
            ));
        }
        points = *next;
    }
}

fn against_direction(document: &Document, pointer: &str, curve: &Curve, metric: &Metric, problems: &mut Vec<Problem>) {
    let (Curve::Linear { corners } | Curve::Step { corners }) = curve;
    let pairs = || corners.iter().zip(corners.iter().skip(1));
    let falls = pairs().any(|(Corner { points: before, .. }, Corner { points: after, .. })| after < before);
    let rises = pairs().any(|(Corner { points: before, .. }, Corner { points: after, .. })| after > before)
        || matches!(curve, Curve::Step { .. });
    let (wrong, moves, better) = match metric.direction {
        Direction::HigherIsBetter => (falls, "fall", "higher"),
        Direction::LowerIsBetter => (rises, "rise", "lower"),
        Direction::InRange => return,
    };
    if wrong {
        problems.push(document.warning(
            pointer,
            format!("points {moves} as '{}' rises, although {better} is better", metric.id),
            "turn the curve round, or correct the metric's direction",
        ));
    }
}
