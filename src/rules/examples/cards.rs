//! The examples of scorecards: pooled facts, and the card they give.

use std::sync::Arc;

use super::super::file::card::{CardExample, CardFile, ExampleLine, ExamplePooled, GateEntry};
use super::super::file::judgement::ratings;
use super::super::file::pooled;
use super::super::ruleset::Ruleset;
use super::{Comparison, MEND, exact};
use crate::domain::fact::Pooled;
use crate::domain::judgement::{Form, Ratings};
use crate::domain::metric::{Metric, MetricId};
use crate::domain::scorecard::{
    Card, CardResult, CardState, Carried, Line, LineResult, LineState, Measured, Scope, score,
};

/// What an example says was measured, as scoring asks for it.
struct ExampleFacts<'a> {
    ruleset: &'a Ruleset,
    file: &'a CardFile,
    example: &'a CardExample,
    ratings: Ratings,
}

/// The sum of rows; `None` without any.
fn sum(rows: impl Iterator<Item = Pooled>) -> Option<Pooled> {
    rows.fold(None, |sum: Option<Pooled>, row| sum.unwrap_or_default().checked_add(&row))
}

impl ExampleFacts<'_> {
    fn rows<'a>(
        &'a self,
        rows: &'a [ExamplePooled],
        metric: &'a MetricId,
        scope: Scope,
    ) -> impl Iterator<Item = (&'a ExamplePooled, Pooled)> {
        rows.iter()
            .filter(move |row| row.metric == metric.as_str() && Scope::from(self.file.scope(row.scope)) == scope)
            .map(|row| (row, pooled(row.numerator, row.denominator, row.samples)))
    }
}

impl Measured for ExampleFacts<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        sum(self.rows(&self.example.facts, metric, scope).map(|(_, pooled)| pooled))
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.ruleset.metric(id)
    }

    fn carried(&self, line: &Line) -> Option<Carried> {
        let found = self.example.carried.iter().find(|carried| *carried.line == *line.id)?;
        Some(Carried { points: found.points.0, from: found.from.as_str().into() })
    }

    fn peers(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        sum(self.rows(&self.example.peers, metric, scope).map(|(_, pooled)| pooled))
    }

    fn segments(&self, metric: &MetricId, scope: Scope) -> Vec<(Arc<str>, Pooled)> {
        let rows = self.rows(&self.example.facts, metric, scope);
        rows.map(|(row, pooled)| (row.segment.as_str().into(), pooled)).collect()
    }

    fn benchmark(&self, metric: &MetricId, segment: &str) -> Option<Pooled> {
        let own = self.example.benchmarks.iter().find(|row| row.metric == metric.as_str() && row.segment == segment)?;
        Some(pooled(own.numerator, own.denominator, own.samples))
    }

    fn form(&self, id: &str) -> Option<&Form> {
        self.ruleset.form(id)
    }

    /// A card has one form at most.
    fn judgement(&self, _form: &str) -> Option<&Ratings> {
        Some(&self.ratings)
    }
}

pub(super) fn card_example(
    ruleset: &Ruleset,
    card: &Card,
    file: &CardFile,
    example: &CardExample,
    comparison: &mut Comparison<'_>,
) {
    let facts = ExampleFacts { ruleset, file, example, ratings: ratings(&example.ratings) };
    let result = match score(card, &facts) {
        Ok(result) => result,
        Err(error) => return comparison.wrong("", format!("cannot be scored: {error}"), MEND),
    };
    let state = CardState::from(example.state);
    comparison.compare("/state", "state", Some(card_state(state)), Some(card_state(result.state)));
    lines(file, example, &result, comparison);
    for (index, gate) in example.gates.iter().enumerate() {
        let same =
            |judged: &GateEntry| (&judged.metric, file.scope(judged.scope)) == (&gate.metric, file.scope(gate.scope));
        let found = file.gates.iter().position(same);
        let Some(given) = found.and_then(|index| result.gates.get(index)) else { continue };
        let what = format!("'passed' of gate '{}'", gate.metric);
        comparison.compare(&format!("/gates/{index}"), &what, gate.passed, given.passed);
    }
    if example.judged.is_some() {
        let given = result.judged.as_ref().and_then(|judged| judged.form.points);
        comparison.compare("/judged", "points of the judged part", exact(example.judged), given);
    }
    comparison.compare("/total", "total", exact(example.total), result.printed);
    comparison.compare("/rating", "rating", example.rating.as_deref(), result.rating.as_deref());
}

fn lines(file: &CardFile, example: &CardExample, result: &CardResult, comparison: &mut Comparison<'_>) {
    for (index, line) in example.lines.iter().enumerate() {
        let position = file.lines.iter().position(|there| file.means(line, there));
        let Some(given) = position.and_then(|at| result.lines.get(at)) else { continue };
        compare_line(&format!("/lines/{index}"), line, given, comparison);
    }
}

fn compare_line(at: &str, line: &ExampleLine, given: &LineResult, comparison: &mut Comparison<'_>) {
    let label = |what: &str| format!("{what} of '{}'", given.id);
    let written = line_state(line.state.into());
    comparison.compare(at, &label("state"), Some(written), Some(line_state(given.state)));
    comparison.compare(&format!("{at}/points"), &label("points"), exact(line.points), given.points);
    let shrunk = given.shrinkage.as_ref().and_then(|shrinkage| shrinkage.toward.as_ref()).map(|toward| toward.shrunk);
    let optional = [
        ("value", "value", line.value, given.value),
        ("shrunk", "shrunk value", line.shrunk, shrunk),
        ("effective_weight", "effective weight", line.effective_weight, Some(given.effective_weight)),
        ("contribution", "contribution", line.contribution, Some(given.contribution)),
    ];
    for (field, what, written, given) in optional {
        if written.is_some() {
            comparison.compare(&format!("{at}/{field}"), &label(what), exact(written), given);
        }
    }
    if let Some(from) = line.carried_from.as_deref() {
        let given = given.carried.as_ref().map(|carried| &*carried.from);
        comparison.compare(&format!("{at}/carried_from"), &label("cycle carried from"), Some(from), given);
    }
}

fn card_state(state: CardState) -> &'static str {
    match state {
        CardState::Scored => "scored",
        CardState::OnHold => "on_hold",
        CardState::InsufficientData => "insufficient_data",
    }
}

fn line_state(state: LineState) -> &'static str {
    match state {
        LineState::Measured => "measured",
        LineState::LowSample => "low_sample",
        LineState::NoData => "no_data",
        LineState::NotApplicable => "not_applicable",
        LineState::NoBenchmark => "no_benchmark",
        LineState::LeftOut => "left_out",
    }
}
