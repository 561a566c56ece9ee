//! The cards that are compared, made from one card of the rules.

use std::collections::BTreeMap;

use super::super::curve::{Corner, Curve};
use super::super::fixed::Fixed;
use super::super::metric::{Metric, MetricId, MetricKind};
use super::super::scorecard::{Card, Line, Measure, Scope};

/// The weighted lines of a card that measure the agent's own rate, where each case counts 0 or 1: those that chance moves as the
/// binomial distribution says.
pub fn rate_lines<'c>(card: &'c Card, metrics: &BTreeMap<MetricId, Metric>) -> impl Iterator<Item = &'c Line> {
    let is_rate = |line: &&Line| metrics.get(&line.metric).is_some_and(|metric| metric.kind == MetricKind::Rate);
    let is_plain = |line: &&Line| line.outside.is_none() && line.scope == Scope::Own && line.measure == Measure::Value;
    card.lines.iter().filter(is_plain).filter(is_rate)
}

/// The line that is looked at: the first of the card's rate lines whose points rise in straight lines, so that a cliff can be set
/// beside it. `None` where the card has no such line.
pub fn main_line<'c>(card: &'c Card, metrics: &BTreeMap<MetricId, Metric>) -> Option<&'c Line> {
    rate_lines(card, metrics).find(|line| ends(&line.curve).is_some())
}

/// First and last corner of a straight curve that rises.
fn ends(curve: &Curve) -> Option<(Corner, Corner)> {
    let Curve::Linear { corners } = curve else { return None };
    let (first, last) = (corners.first()?, corners.last()?);
    (last.points > first.points).then_some((*first, *last))
}

/// A card of this line alone, with the bands of the whole card and without gates.
pub fn alone(card: &Card, line: &Line) -> Card {
    let line = Line { weight: Fixed::HUNDRED, ..line.clone() };
    Card { lines: vec![line], gates: Vec::new(), judgement: None, ..card.clone() }
}

/// The line with a cliff in place of its rising curve: nothing below the first corner's value, full points from the last corner's,
/// half of them between. `None` where the curve does not rise in straight lines.
pub fn cliff(line: &Line) -> Option<Line> {
    let (first, last) = ends(&line.curve)?;
    let half = last.points.mul_div(Fixed::ONE, Fixed::from_int(2))?;
    let corners = vec![Corner { value: first.value, points: half }, last];
    Some(Line { curve: Curve::Step { corners }, ..line.clone() })
}

/// The card with these lines drawn toward the peer group, as if the rule said so with this strength.
pub fn shrunk(card: &Card, lines: &[&Line], strength: Fixed) -> Card {
    let mut shrunk = card.clone();
    for line in &mut shrunk.lines {
        if lines.iter().any(|drawn| drawn.id == line.id) {
            line.shrink_strength = Some(strength);
        }
    }
    shrunk
}

/// Where an agent truly stands who is equally good on every weighted line: `main` at `true_value`, every other line at the value that
/// earns the same points. In each line's unit, in the card's order; `None` where a curve cannot be read.
pub fn true_values<'c>(card: &'c Card, main: &Line, true_value: Fixed) -> Option<Vec<(&'c Line, Fixed)>> {
    let points = main.curve.read(true_value)?.points;
    let value = |line: &Line| if line.id == main.id { Some(true_value) } else { value_at(&line.curve, points) };
    let weighted = card.lines.iter().filter(|line| line.outside.is_none());
    weighted.map(|line| value(line).map(|value| (line, value))).collect()
}

/// The least value at which a curve gives these points, rounded once to six decimals; where it never gives them, the value of the
/// corner that comes nearest. `None` only for a curve without corners or where the arithmetic overflows.
pub fn value_at(curve: &Curve, points: Fixed) -> Option<Fixed> {
    let corners = curve.corners();
    let pairs = corners.iter().zip(corners.iter().skip(1));
    let within = |(from, to): &(&Corner, &Corner)| {
        from.points != to.points && (from.points.min(to.points)..=from.points.max(to.points)).contains(&points)
    };
    if let (Curve::Linear { .. }, Some((from, to))) = (curve, pairs.clone().find(within)) {
        let run = to.value.checked_sub(from.value)?;
        let rise = to.points.checked_sub(from.points)?;
        return from.value.checked_add(points.checked_sub(from.points)?.mul_div(run, rise)?);
    }
    let nearest = corners.iter().min_by_key(|corner| corner.points.micros().abs_diff(points.micros()))?;
    Some(nearest.value)
}
