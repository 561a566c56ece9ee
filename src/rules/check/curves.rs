//! Curves and tiers: ascending, and without cliffs nobody meant.

use super::super::file::Exact;
use super::super::file::line::CurveEntry;
use super::super::problem::Problem;
use super::super::yaml::Document;
use crate::domain::chance;
use crate::domain::curve::{Corner, Curve};
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Direction, Metric, Unit};

/// What a curve is held against.
pub(crate) struct Judged<'a> {
    /// `None` where points need not follow the metric's value: its metric is not known, or the line measures something else of it.
    pub(crate) metric: Option<&'a Metric>,
    /// Cases in a typical period.
    pub(crate) typical_samples: u32,
    pub(crate) points_up_to: Exact,
    /// Whose points they are, such as `an agent`.
    pub(crate) whose: &'static str,
}

/// The curve of a scorecard line.
pub(crate) fn line_curve(
    document: &Document,
    pointer: &str,
    curve: &CurveEntry,
    judged: &Judged<'_>,
    problems: &mut Vec<Problem>,
) {
    let before = problems.len();
    match curve {
        CurveEntry::Linear { points } => {
            pairs(document, &format!("{pointer}/points"), "corner", points, judged.points_up_to, problems);
        }
        CurveEntry::Step { steps } => {
            pairs(document, &format!("{pointer}/steps"), "step", steps, judged.points_up_to, problems);
            cliffs(document, pointer, steps, judged, problems);
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
        && let Some(metric) = judged.metric
    {
        against_direction(document, pointer, &curve.to_curve(), metric, problems);
    }
}

fn pairs(
    document: &Document,
    pointer: &str,
    what: &str,
    pairs: &[[Exact; 2]],
    points_up_to: Exact,
    problems: &mut Vec<Problem>,
) {
    ascending(document, pointer, what, pairs, problems);
    for (index, [_, points]) in pairs.iter().enumerate() {
        if points.0 < Fixed::ZERO || *points > points_up_to {
            problems.push(document.error(
                &format!("{pointer}/{index}/1"),
                format!("{points} points are outside 0 to {points_up_to}"),
                "100 points are full marks; to reward beyond them, say so with 'points_up_to' of the card",
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

fn cliffs(document: &Document, pointer: &str, steps: &[[Exact; 2]], judged: &Judged<'_>, problems: &mut Vec<Problem>) {
    let mut points = Exact(Fixed::ZERO);
    for (index, [value, next]) in steps.iter().enumerate() {
        if *next != points {
            let misjudged = misjudged(judged, *value, points, *next);
            let misjudged = misjudged.unwrap_or_else(|| "so that chance alone decides near it".to_owned());
            problems.push(document.warning(
                &format!("{pointer}/steps/{index}"),
                format!("a cliff: at {value} the points jump from {points} to {next}, {misjudged}"),
                "use kind: linear, unless the jump is agreed",
            ));
        }
        points = *next;
    }
}

/// How often chance alone puts somebody below a step at which they truly stand; `None` where the metric does not tell.
fn misjudged(judged: &Judged<'_>, edge: Exact, below: Exact, at: Exact) -> Option<String> {
    let metric = judged.metric?;
    let samples = judged.typical_samples;
    let chance = chance::falls_below(metric, edge.0, samples)?;
    let percent = chance::percent(chance);
    let unit = if metric.unit == Unit::Percent { " %" } else { "" };
    let gets = if below < at { "less" } else { "more" };
    Some(format!(
        "and {} whose true rate is {edge}{unit} gets {gets} than {at} in {percent} % of periods at {samples} samples",
        judged.whose
    ))
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
