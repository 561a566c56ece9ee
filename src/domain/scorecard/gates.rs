//! Gates: conditions outside the weights, and what they do.

use super::super::fixed::Fixed;
use super::super::metric::MetricId;
use super::measuring::{find_metric, value_of};
use super::scoring::printed;
use super::{Card, Gate, GateEffect, GateResult, Measured, ScoreError};

/// Judges a gate by the agent's own value, never by one drawn toward the peer group.
pub(super) fn judge(card: &Card, gate: &Gate, measured: &impl Measured) -> Result<GateResult, ScoreError> {
    let metric = find_metric(card, &gate.metric, measured)?;
    let pooled = measured.pooled(&gate.metric, gate.scope).unwrap_or_default();
    let value = value_of(card, metric, &pooled)?;
    let judged = value.filter(|_| pooled.samples >= gate.min_samples).map(printed);
    let passed = judged.map(|value| within(gate.at_least, gate.at_most, value));
    Ok(GateResult {
        metric: gate.metric.clone(),
        scope: gate.scope,
        value,
        samples: pooled.samples,
        min_samples: gate.min_samples,
        at_least: gate.at_least,
        at_most: gate.at_most,
        passed,
        effect: gate.effect.clone(),
        reason: gate.reason.clone(),
    })
}

/// Whether a printed value passes from `at_least` to `at_most`.
pub(super) fn within(at_least: Option<Fixed>, at_most: Option<Fixed>, value: Fixed) -> bool {
    at_least.is_none_or(|least| value >= least) && at_most.is_none_or(|most| value <= most)
}

/// The effects of the gates that were judged and not passed.
pub(super) fn failed(gates: &[GateResult]) -> impl Iterator<Item = &GateEffect> {
    gates.iter().filter(|gate| gate.passed == Some(false)).map(|gate| &gate.effect)
}

/// Whether a failed gate zeroes the line with this id.
pub(super) fn zeroed(gates: &[GateResult], id: &str) -> bool {
    failed(gates).any(|effect| matches!(effect, GateEffect::ZeroLine { line } if **line == *id))
}

/// The total after the caps of failed gates.
pub(super) fn capped(total: Fixed, gates: &[GateResult]) -> Fixed {
    failed(gates).fold(total, |total, effect| match effect {
        GateEffect::CapTotal { at } => total.min(*at),
        GateEffect::CapRating { .. } | GateEffect::ZeroLine { .. } => total,
    })
}

/// What overflows names the card and the metric.
pub(super) fn overflow(card: &Card, metric: &MetricId) -> ScoreError {
    ScoreError::Overflow { card: card.id.clone(), metric: metric.clone() }
}
