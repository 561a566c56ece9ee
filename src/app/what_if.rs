//! What one's score, rating and pay would be, had some figures been others: for planning, nothing is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assess::{AgentSnapshot, pay_of};
use super::{App, AppError};
use crate::domain::appraisal::{AppraisalResult, Exemption, StretchResult, combine};
use crate::domain::fixed::Fixed;
use crate::domain::metric::{MetricId, MetricKind, Unit};
use crate::domain::money::Money;
use crate::domain::scorecard::{Card, CardResult, Figure, LineResult, Measure, rescore};
use crate::rules::Ruleset;
use crate::store::{Run, ScorecardDetail, unpack};

/// A figure that may be tried, in the order of the card's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedFigure {
    /// The first line that reads it.
    pub line: Arc<str>,
    pub metric: MetricId,
    pub measure: Measure,
    /// As it was.
    pub was: Fixed,
    /// As it is tried: what was wished, within the limits.
    pub tried: Fixed,
    pub lowest: Fixed,
    pub highest: Fixed,
}

/// What comes out of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedOutcome {
    pub score: Option<Fixed>,
    pub rating: Option<String>,
    /// Where whoever asks may see the pay.
    pub pay: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    pub detail: ScorecardDetail,
    pub figures: Vec<TriedFigure>,
    pub was: TriedOutcome,
    pub tried: TriedOutcome,
}

impl App {
    /// An agent's result with other figures, by line of the card of the last stretch that counts; lines that are not wished otherwise
    /// stay as they were.
    pub async fn what_if(
        &self,
        cycle: &str,
        employee_number: &str,
        wishes: &BTreeMap<String, Fixed>,
    ) -> Result<WhatIf, AppError> {
        let (detail, run) = self.scorecard_with_run((cycle, employee_number), None).await?;
        let rules = self.rules_of(&run).await?;
        let was = TriedOutcome {
            score: detail.result.printed,
            rating: detail.result.rating.as_deref().map(str::to_owned),
            pay: self.visible_pay(cycle, employee_number).await?,
        };
        let counted = detail.result.stretches.iter().rposition(|stretch| stretch.share > Fixed::ZERO);
        let found = counted.and_then(|at| Some((at, detail.result.stretches.get(at)?)));
        let found = found.and_then(|(at, stretch)| Some((at, stretch, rules.card(&stretch.stretch.card.card)?)));
        let Some((at, stretch, card)) = found else {
            return Ok(WhatIf { tried: was.clone(), was, detail, figures: Vec::new() });
        };
        let figures = figures(&rules, card, stretch, wishes);
        let changed = with_figures(card, &stretch.stretch.card, &figures)?;
        let result = put_together(&rules, &detail.result, at, changed)?;
        let pay = match was.pay {
            Some(_) => self.pay_for(cycle, &run, &rules, &detail, &result).await?,
            None => None,
        };
        let tried = TriedOutcome { score: result.printed, rating: result.rating.as_deref().map(str::to_owned), pay };
        Ok(WhatIf { detail, figures, was, tried })
    }

    /// The amount that stands, where whoever asks may see it.
    async fn visible_pay(&self, cycle: &str, employee_number: &str) -> Result<Option<Money>, AppError> {
        match self.payout(cycle, employee_number).await {
            Ok(payout) => Ok(Some(payout.summary.amount)),
            Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn pay_for(
        &self,
        cycle: &str,
        run: &Run,
        rules: &Ruleset,
        detail: &ScorecardDetail,
        result: &AppraisalResult,
    ) -> Result<Option<Money>, AppError> {
        let period = self.cycle(cycle).await?.period;
        let before = detail.summary.agent_id.checked_sub(1);
        let Some(row) = self.store.snapshot_chunk(run.id, before, 1).await?.pop() else { return Ok(None) };
        let what = format_args!("the snapshot of {}", row.employee_number);
        let snapshot: AgentSnapshot = unpack(what, &row.snapshot)?;
        let paid = pay_of(rules, period, &snapshot, &snapshot.measured(rules), result)?;
        Ok(paid.map(|paid| Money { minor: paid.amount_minor, currency: paid.currency }))
    }
}

/// The figures that lines were read from, each once.
fn figures(
    rules: &Ruleset,
    card: &Card,
    stretch: &StretchResult,
    wishes: &BTreeMap<String, Fixed>,
) -> Vec<TriedFigure> {
    let mut seen: Vec<Figure> = Vec::new();
    let mut figures = Vec::new();
    for line in &stretch.stretch.card.lines {
        let Some(was) = line.value.filter(|_| line.reading.is_some()) else { continue };
        let figure = figure_of(line);
        if seen.contains(&figure) {
            continue;
        }
        let (lowest, highest) = limits(rules, card, line, was);
        // A form shows the value with two decimals, and sends it back so.
        let wish = wishes.get(&*line.id).filter(|wish| **wish != was.round(2));
        let tried = wish.map_or(was, |wish| (*wish).clamp(lowest, highest));
        let (line, metric) = (Arc::clone(&line.id), line.metric.clone());
        figures.push(TriedFigure { line, metric, measure: figure.measure, was, tried, lowest, highest });
        seen.push(figure);
    }
    figures
}

fn figure_of(line: &LineResult) -> Figure {
    Figure { metric: line.metric.clone(), scope: line.scope, measure: line.measure }
}

/// As far as a rate goes, or as curves speak of, with the value as it was.
fn limits(rules: &Ruleset, card: &Card, line: &LineResult, was: Fixed) -> (Fixed, Fixed) {
    let metric = rules.metric(&line.metric);
    match metric.map(|metric| (metric.kind, line.measure, metric.unit)) {
        Some((MetricKind::Rate, Measure::Value, Unit::Percent)) => (Fixed::ZERO, Fixed::HUNDRED),
        Some((MetricKind::Rate, Measure::Value, _)) => (Fixed::ZERO, Fixed::ONE),
        _ => {
            let rule = card.lines.iter().find(|rule| rule.id == line.id);
            let corners = rule.into_iter().flat_map(|rule| rule.curve.corners()).map(|corner| corner.value);
            corners.fold((was, was), |(least, most), value| (least.min(value), most.max(value)))
        }
    }
}

/// The card with every figure as it is tried.
fn with_figures(card: &Card, result: &CardResult, figures: &[TriedFigure]) -> Result<CardResult, AppError> {
    let mut changed = result.clone();
    for tried in figures.iter().filter(|figure| figure.tried != figure.was) {
        let Some(line) = result.lines.iter().find(|line| line.id == tried.line) else { continue };
        let scored = rescore(card, &changed, &figure_of(line), tried.tried);
        changed = scored.map_err(|error| AppError::refused(error.to_string()))?;
    }
    Ok(changed)
}

/// The whole with one stretch's card exchanged.
fn put_together(
    rules: &Ruleset,
    result: &AppraisalResult,
    at: usize,
    changed: CardResult,
) -> Result<AppraisalResult, AppError> {
    let mut stretches: Vec<_> = result.stretches.iter().map(|stretch| stretch.stretch.clone()).collect();
    if let Some(stretch) = stretches.get_mut(at) {
        stretch.card = changed;
    }
    let exempted = result.exemption.clone().filter(|exemption| matches!(exemption, Exemption::Granted { .. }));
    combine(|id| rules.card(id), stretches, exempted).map_err(|error| AppError::refused(error.to_string()))
}
