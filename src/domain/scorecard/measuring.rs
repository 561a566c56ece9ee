//! From pooled facts to the points of one line.

use std::sync::Arc;

use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::interval::{Interval, IntervalMethod};
use super::super::metric::{Metric, MetricId, Unit};
use super::gates::overflow;
use super::{
    Absence, Card, Carried, Index, IndexSegment, Line, LineResult, LineState, Measure, Measured, ScoreError, Shrinkage,
    Toward,
};

pub(super) fn find_metric<'m>(
    card: &Card,
    id: &MetricId,
    measured: &'m impl Measured,
) -> Result<&'m Metric, ScoreError> {
    measured.metric(id).ok_or_else(|| ScoreError::UnknownMetric { card: card.id.clone(), metric: id.clone() })
}

/// The value of facts in the metric's unit; `None` where there is no denominator.
pub(super) fn value_of(card: &Card, metric: &Metric, pooled: &Pooled) -> Result<Option<Fixed>, ScoreError> {
    if pooled.denominator == Fixed::ZERO {
        return Ok(None);
    }
    metric.value(pooled).map(Some).ok_or_else(|| overflow(card, &metric.id))
}

/// Measures a line and reads its points; weights and contributions come later, when all lines are known.
// Inlined into its only caller: a line's working is large, and moving it costs a tenth of the whole.
#[inline(always)]
pub(super) fn measure(card: &Card, line: &Line, measured: &impl Measured) -> Result<LineResult, ScoreError> {
    let metric = find_metric(card, &line.metric, measured)?;
    let pooled = measured.pooled(&line.metric, line.scope).unwrap_or_default();
    let figures = figures(card, line, metric, &pooled, measured)?;
    let state = match state_of(&pooled, line.min_samples) {
        _ if measured.left_out(line) => LineState::LeftOut,
        LineState::Measured | LineState::LowSample if figures.value.is_none() => LineState::NoBenchmark,
        state => state,
    };
    let (treatment, carried) = treat(card, line, state, measured)?;
    let counted = figures.value.filter(|_| matches!(treatment, None | Some(Absence::Count)));
    let shrinkage = match (line.shrink_strength, counted) {
        (Some(strength), Some(value)) => Some(shrink(card, metric, line, (strength, value), &pooled, measured)?),
        _ => None,
    };
    let read_at = shrinkage.as_ref().and_then(|found| found.toward.as_ref()).map(|toward| toward.shrunk).or(counted);
    let reading = read_at.map(|value| line.curve.read(value).ok_or_else(|| unread(card, line))).transpose()?;
    let points = match treatment {
        Some(Absence::Neutral { points }) => Some(points),
        Some(Absence::Zero) => Some(Fixed::ZERO),
        Some(Absence::Carry { .. }) => carried.as_ref().map(|carried| carried.points),
        _ => reading.map(|reading| limited(line, reading.points)),
    };
    Ok(LineResult {
        id: line.id.clone(),
        metric: line.metric.clone(),
        scope: line.scope,
        measure: line.measure,
        outside: line.outside,
        state,
        treatment,
        pooled,
        min_samples: line.min_samples,
        value: figures.value,
        interval: figures.interval.map(|(interval, _)| interval),
        interval_method: figures.interval.map(|(_, method)| method),
        index: figures.index,
        shrinkage: shrinkage.map(Box::new),
        carried: carried.map(Box::new),
        reading,
        floor: line.floor,
        cap: line.cap,
        points,
        weight: line.weight,
        effective_weight: Fixed::ZERO,
        contribution: Fixed::ZERO,
    })
}

/// The curve's points within the line's floor and cap.
pub(super) fn limited(line: &Line, points: Fixed) -> Fixed {
    let raised = line.floor.map_or(points, |floor| points.max(floor));
    line.cap.map_or(raised, |cap| raised.min(cap))
}

pub(super) fn unread(card: &Card, line: &Line) -> ScoreError {
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

/// What is done because of the state, with what is carried if that is it.
fn treat(
    card: &Card,
    line: &Line,
    state: LineState,
    measured: &impl Measured,
) -> Result<(Option<Absence>, Option<Carried>), ScoreError> {
    let absence = match state {
        LineState::Measured => return Ok((None, None)),
        LineState::NotApplicable | LineState::LeftOut => Absence::Redistribute,
        LineState::LowSample => line.low_sample,
        LineState::NoData => line.no_data,
        LineState::NoBenchmark => line.no_benchmark,
    };
    match absence {
        Absence::Count if state != LineState::LowSample => {
            Err(ScoreError::CountWithoutData { card: card.id.clone(), metric: line.metric.clone() })
        }
        Absence::Carry { otherwise } => match measured.carried(line) {
            Some(carried) => Ok((Some(absence), Some(carried))),
            None => Ok((Some(otherwise.into()), None)),
        },
        absence => Ok((Some(absence), None)),
    }
}

/// What was measured, before anything is decided.
struct LineFigures {
    value: Option<Fixed>,
    interval: Option<(Interval, IntervalMethod)>,
    index: Option<Box<Index>>,
}

fn figures(
    card: &Card,
    line: &Line,
    metric: &Metric,
    pooled: &Pooled,
    measured: &impl Measured,
) -> Result<LineFigures, ScoreError> {
    let interval = Interval::stated(metric, pooled);
    match line.measure {
        Measure::Value => Ok(LineFigures { value: value_of(card, metric, pooled)?, interval, index: None }),
        Measure::Index => match compare(card, line, pooled, measured)? {
            None => Ok(LineFigures { value: None, interval: None, index: None }),
            Some(index) => {
                let value = index.actual.ratio(index.expected).ok_or_else(|| overflow(card, &metric.id))?;
                let interval =
                    interval.and_then(|(ends, method)| Some((beside(ends, metric, pooled, &index)?, method)));
                Ok(LineFigures { value: Some(value), interval, index: Some(Box::new(index)) })
            }
        },
    }
}

/// The interval of an index: that of the plain value, scaled as the value is.
fn beside(plain: Interval, metric: &Metric, pooled: &Pooled, index: &Index) -> Option<Interval> {
    let expected = match metric.unit {
        Unit::Percent => index.expected.mul_div(Fixed::HUNDRED, Fixed::ONE)?,
        _ => index.expected,
    };
    plain.scaled(pooled.denominator, expected)
}

/// Actual beside expected; `None` without data, where a segment has nothing to be compared with, or where nothing is expected.
fn compare(card: &Card, line: &Line, pooled: &Pooled, measured: &impl Measured) -> Result<Option<Index>, ScoreError> {
    if pooled.denominator == Fixed::ZERO {
        return Ok(None);
    }
    let mut facts = measured.segments(&line.metric, line.scope);
    if facts.is_empty() {
        facts.push((Arc::from(""), *pooled));
    }
    facts.sort_by(|left, right| left.0.cmp(&right.0));
    let too_large = || overflow(card, &line.metric);
    let mut index = Index { segments: Vec::with_capacity(facts.len()), actual: Fixed::ZERO, expected: Fixed::ZERO };
    for (segment, pooled) in facts {
        let Some((benchmark, overall)) = benchmark(line, &segment, measured) else { return Ok(None) };
        let expected = pooled.denominator.mul_div(benchmark, Fixed::ONE).ok_or_else(too_large)?;
        index.actual = index.actual.checked_add(pooled.numerator).ok_or_else(too_large)?;
        index.expected = index.expected.checked_add(expected).ok_or_else(too_large)?;
        index.segments.push(IndexSegment { segment, pooled, benchmark, overall, expected });
    }
    Ok(Some(index).filter(|index| index.expected > Fixed::ZERO))
}

/// The segment's frozen ratio, or that of all segments together (and `true`).
fn benchmark(line: &Line, segment: &str, measured: &impl Measured) -> Option<(Fixed, bool)> {
    let ratio = |segment| {
        let frozen = measured.benchmark(&line.metric, segment)?;
        frozen.numerator.ratio(frozen.denominator)
    };
    match ratio(segment) {
        Some(own) => Some((own, segment.is_empty())),
        None => ratio("").map(|overall| (overall, true)),
    }
}

/// The value drawn toward the peers', see [`Toward`].
fn shrink(
    card: &Card,
    metric: &Metric,
    line: &Line,
    (strength, value): (Fixed, Fixed),
    pooled: &Pooled,
    measured: &impl Measured,
) -> Result<Shrinkage, ScoreError> {
    let Some(peers) = measured.peers(&line.metric, line.scope) else { return Ok(Shrinkage { strength, toward: None }) };
    let Some(peer_value) = value_of(card, metric, &peers)? else { return Ok(Shrinkage { strength, toward: None }) };
    let cases = Fixed::from_int(pooled.samples);
    let shrunk = Fixed::weighted_mean((cases, value), (strength, peer_value));
    let shrunk = shrunk.ok_or_else(|| overflow(card, &line.metric))?;
    Ok(Shrinkage { strength, toward: Some(Toward { peers, peer_value, shrunk }) })
}
