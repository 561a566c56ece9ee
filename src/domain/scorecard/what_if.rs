//! What a scored card would be, had one figure been another.

use super::super::fixed::Fixed;
use super::super::metric::MetricId;
use super::gates::{overflow, within};
use super::measuring::{limited, unread};
use super::scoring::{conclude, contribute, printed};
use super::{Card, CardResult, CardState, GateResult, LineResult, Measure, Scope, ScoreError};

/// What lines read and gates judge; several may share one. An index and the plain value of the same metric are two figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub metric: MetricId,
    pub scope: Scope,
    pub measure: Measure,
}

impl Figure {
    /// Whether the line's points were read from this figure.
    pub fn is_read_by(&self, line: &LineResult) -> bool {
        line.reading.is_some() && line.metric == self.metric && line.scope == self.scope && line.measure == self.measure
    }

    /// Whether the gate was judged by this figure.
    pub fn is_judged_by(&self, gate: &GateResult) -> bool {
        gate.passed.is_some()
            && gate.metric == self.metric
            && gate.scope == self.scope
            && self.measure == Measure::Value
    }
}

/// The card had the figure been `value`, with all else as it was: weights, cases, peers, benchmarks, judgement, other figures.
///
/// Lines that read the figure earn their points at `value`, drawn toward the peers' as before; gates that judged it are judged anew.
pub fn rescore(card: &Card, result: &CardResult, figure: &Figure, value: Fixed) -> Result<CardResult, ScoreError> {
    let mut changed = result.clone();
    for line in changed.lines.iter_mut().filter(|line| figure.is_read_by(line)) {
        read_at(card, line, value)?;
    }
    for gate in changed.gates.iter_mut().filter(|gate| figure.is_judged_by(gate)) {
        gate.value = Some(value);
        gate.passed = Some(within(gate.at_least, gate.at_most, printed(value)));
    }
    contribute(card, &mut changed.lines, &changed.gates)?;
    if changed.state == CardState::Scored {
        conclude(card, &mut changed)?;
    }
    Ok(changed)
}

/// Reads the line's points at another value. The interval belonged to the value that was measured, and goes with it.
fn read_at(card: &Card, line: &mut LineResult, value: Fixed) -> Result<(), ScoreError> {
    let Some(rule) = card.lines.iter().find(|rule| rule.id == line.id) else { return Ok(()) };
    line.value = Some(value);
    (line.interval, line.interval_method) = (None, None);
    if let Some(shrinkage) = &mut line.shrinkage
        && let Some(toward) = &mut shrinkage.toward
    {
        let cases = Fixed::from_int(line.pooled.samples);
        let shrunk = Fixed::weighted_mean((cases, value), (shrinkage.strength, toward.peer_value));
        toward.shrunk = shrunk.ok_or_else(|| overflow(card, &line.metric))?;
    }
    let reading = rule.curve.read(line.read_value().unwrap_or(value)).ok_or_else(|| unread(card, rule))?;
    line.reading = Some(reading);
    line.points = Some(limited(rule, reading.points));
    Ok(())
}
