//! One agent's or unit's scorecard as the command line prints it.

use std::iter;

use serde_json::Value;

use super::output::{Format, Table, say};
use super::results::{figure, name};
use super::{CliError, judgement};
use crate::app::{ScorecardDetail, UnitScorecardDetail, UnitScorecardSummary};
use crate::domain::appraisal::{AppraisalResult, StretchResult};
use crate::domain::curve::Reading;
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{CardResult, GateResult, LineResult, LineState, Measure, Scope, Shrinkage};

pub(super) fn print(detail: &ScorecardDetail, format: Format) -> Result<(), CliError> {
    let (summary, result) = (&detail.summary, &detail.result);
    if format != Format::Table {
        return working(result).print(format);
    }
    say!("{} {} · {} · {}", summary.employee_number, summary.agent_name, summary.unit_code, summary.post);
    for stretch in &result.stretches {
        print_stretch(stretch, result.stretches.len() > 1)?;
    }
    for peer in &result.peers {
        say!("peers, {}: {}", peer.line, peer.standing.text().en);
    }
    if let Some(exemption) = &result.exemption {
        say!("{}", exemption.text().en);
    }
    if let Some(calibrated) = &result.calibrated {
        let by_card = calibrated.calculated.as_deref().unwrap_or("–");
        say!("by the card {by_card}; another rating was agreed on: {}", calibrated.reason.text().en);
    }
    print_score(result.printed, result.rating.as_deref(), result.state);
    Ok(())
}

/// A stretch's card; with its part in the whole where there are several.
fn print_stretch(result: &StretchResult, several: bool) -> Result<(), CliError> {
    let StretchResult { stretch, standing, share } = result;
    let card = &stretch.card;
    say!("{} · {} · card {} · {} · {} days", stretch.unit, stretch.post, card.card, stretch.period, stretch.days);
    print_card(card)?;
    if several {
        let standing = name(standing);
        let standing = standing.as_str().unwrap_or_default().replace('_', " ");
        say!("total {} × share {share} %, {standing}", figure(card.total).as_str().unwrap_or("–"));
    }
    Ok(())
}

/// A card's lines, gates and sums.
fn print_card(card: &CardResult) -> Result<(), CliError> {
    summary_lines(card).print(Format::Table)?;
    card.gates.iter().for_each(print_gate);
    say!("sum of contributions {}", figure(card.subtotal).as_str().unwrap_or("–"));
    if let Some(judged) = &card.judged {
        judgement::print(judged)?;
    }
    if card.lines.iter().any(|line| line.outside.is_some()) {
        let adjusted = figure(card.adjusted);
        say!("with bonus and penalty {} (0 to {})", adjusted.as_str().unwrap_or("–"), card.points_up_to);
    }
    Ok(())
}

/// The end of every scorecard.
fn print_score(printed: Option<Fixed>, rating: Option<&str>, state: impl serde::Serialize) {
    match printed {
        Some(score) => say!("score {score:.2}, rating {}", rating.unwrap_or("–")),
        None => say!("no score: {}", name(state).as_str().unwrap_or_default().replace('_', " ")),
    }
}

/// One unit's scorecard.
pub(super) fn print_unit(detail: &UnitScorecardDetail, format: Format) -> Result<(), CliError> {
    let (summary, card) = (&detail.summary, &detail.result);
    if format != Format::Table {
        let mut table = Table::new(&[&[("unit", "Unit")], &LINE_COLUMNS[..]].concat());
        for line in &card.lines {
            table.row(iter::once(summary.code.as_str().into()).chain(line_cells(line)));
        }
        return table.print(format);
    }
    let UnitScorecardSummary { code, kind, name_en, name_zh, .. } = summary;
    say!("{code} {name_en} {name_zh} · {kind} · card {}", card.card);
    print_card(card)?;
    print_score(card.printed, card.rating.as_deref(), card.state);
    Ok(())
}

/// Every figure of a line, as [`line_cells`] gives them.
const LINE_COLUMNS: [(&str, &str); 26] = [
    ("line", "Line"),
    ("metric", "Metric"),
    ("scope", "Of"),
    ("measure", "Measure"),
    ("outside", "Outside"),
    ("state", "State"),
    ("treatment", "Treated"),
    ("numerator", "Sum"),
    ("denominator", "Of"),
    ("samples", "Cases"),
    ("value", "Value"),
    ("lower", "From"),
    ("upper", "To"),
    ("actual", "Actual"),
    ("expected", "Expected"),
    ("peer_value", "Peers"),
    ("shrink_strength", "Strength"),
    ("shrunk", "Shrunk"),
    ("carried_from", "Carried from"),
    ("curve", "Curve piece"),
    ("floor", "Floor"),
    ("cap", "Cap"),
    ("points", "Points"),
    ("weight", "Weight"),
    ("effective_weight", "Effective"),
    ("contribution", "Contributes"),
];

/// Every figure of every line, for programs.
fn working(result: &AppraisalResult) -> Table {
    let place = [("unit", "Unit"), ("post", "Post"), ("share", "Share")];
    let mut table = Table::new(&[&place, &LINE_COLUMNS[..]].concat());
    for result in &result.stretches {
        let stretch = &result.stretch;
        for line in &stretch.card.lines {
            let place = [stretch.unit.as_str().into(), stretch.post.as_str().into(), figure(Some(result.share))];
            table.row(place.into_iter().chain(line_cells(line)));
        }
    }
    table
}

/// The lines as a person reads them: points × effective weight ÷ 100 = contribution.
fn summary_lines(result: &CardResult) -> Table {
    let mut table = Table::new(&[
        ("metric", "Metric"),
        ("measured", "Measured"),
        ("value", "Value"),
        ("interval", "95 %"),
        ("curve", "Curve"),
        ("points", "Points"),
        ("weight", "× Weight"),
        ("contribution", "= Contributes"),
    ]);
    for line in &result.lines {
        table.row([
            label(line).into(),
            measured(line).into(),
            value(line),
            line.interval.map_or(Value::Null, |ends| format!("{:.2} – {:.2}", ends.lower, ends.upper).into()),
            line.reading.map_or(Value::Null, |reading| piece(&reading).into()),
            figure(line.points),
            line.outside.map_or_else(|| figure(Some(line.effective_weight)), name),
            figure(Some(line.contribution)),
        ]);
    }
    table
}

fn label(line: &LineResult) -> String {
    let unit = if line.scope == Scope::Unit { " (unit)" } else { "" };
    let index = if line.measure == Measure::Index { " index" } else { "" };
    format!("{}{index}{unit}", line.id)
}

/// What the value comes from, or why there is none.
fn measured(line: &LineResult) -> String {
    let found = match (line.state, &line.index) {
        (LineState::NoData, _) => "no data".to_owned(),
        (LineState::NotApplicable, _) => "not applicable".to_owned(),
        (LineState::NoBenchmark, _) => "no benchmark".to_owned(),
        (LineState::LeftOut, _) => "left out by an appeal".to_owned(),
        (LineState::LowSample, _) => format!("only {} cases", line.pooled.samples),
        (LineState::Measured, Some(index)) => format!("{} / expected {}", index.actual, index.expected),
        (LineState::Measured, None) => format!("{} / {}", line.pooled.numerator, line.pooled.denominator),
    };
    match &line.carried {
        Some(carried) => format!("{found}, carried from {}", carried.from),
        None => found,
    }
}

/// The value, and where it was drawn to.
fn value(line: &LineResult) -> Value {
    match line.shrinkage.as_deref() {
        Some(Shrinkage { strength, toward: Some(toward) }) => {
            let own = line.value.unwrap_or_default();
            format!("{own} → {} (peers {} × {strength})", toward.shrunk, toward.peer_value).into()
        }
        Some(Shrinkage { toward: None, .. }) => format!("{} (no peers)", line.value.unwrap_or_default()).into(),
        None => figure(line.value),
    }
}

fn line_cells(line: &LineResult) -> Vec<Value> {
    let ends = line.interval.map(|ends| (ends.lower, ends.upper));
    let index = line.index.as_deref();
    let toward = line.shrinkage.as_ref().and_then(|shrinkage| shrinkage.toward.as_ref());
    vec![
        line.id.to_string().into(),
        line.metric.to_string().into(),
        name(line.scope),
        name(line.measure),
        line.outside.map_or(Value::Null, name),
        name(line.state),
        line.treatment.map_or(Value::Null, name),
        line.pooled.numerator.to_string().into(),
        line.pooled.denominator.to_string().into(),
        line.pooled.samples.into(),
        figure(line.value),
        figure(ends.map(|ends| ends.0)),
        figure(ends.map(|ends| ends.1)),
        figure(index.map(|index| index.actual)),
        figure(index.map(|index| index.expected)),
        figure(toward.map(|toward| toward.peer_value)),
        figure(line.shrinkage.as_ref().map(|shrinkage| shrinkage.strength)),
        figure(toward.map(|toward| toward.shrunk)),
        line.carried.as_ref().map_or(Value::Null, |carried| (*carried.from).into()),
        line.reading.map_or(Value::Null, |reading| piece(&reading).into()),
        figure(line.floor),
        figure(line.cap),
        figure(line.points),
        figure(Some(line.weight)),
        figure(Some(line.effective_weight)),
        figure(Some(line.contribution)),
    ]
}

/// `85→0 … 90→100`, or one corner where the curve is flat.
fn piece(reading: &Reading) -> String {
    let Reading { points: _, from, to } = reading;
    match from == to {
        true => format!("{}→{}", from.value, from.points),
        false => format!("{}→{} … {}→{}", from.value, from.points, to.value, to.points),
    }
}

fn print_gate(gate: &GateResult) {
    let outcome = match gate.passed {
        Some(true) => "passed",
        Some(false) => "not passed",
        None => "not judged (too little data)",
    };
    say!("gate {}: {} {outcome}; {}", gate.metric, figure(gate.value).as_str().unwrap_or("–"), gate.reason.en);
}
