//! `merit scorecard`, `merit payouts`, `merit plans`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::{Format, Table, say};
use super::{CliError, Place, judgement};
use crate::app::{App, PayoutDetail, PlanDetail, ScorecardDetail, Slice, Wanted};
use crate::domain::curve::Reading;
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{CardResult, GateResult, LineResult, LineState, Measure, Scope, Shrinkage};

#[derive(clap::Args)]
pub(super) struct ResultArguments {
    /// The cycle's code, such as 2023-Q3
    cycle: String,
    /// One agent, with the whole working
    employee_number: Option<String>,
    /// Only this unit and those below it (its code)
    #[arg(long)]
    unit: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl ResultArguments {
    fn wanted(&self) -> Wanted {
        Wanted { unit: self.unit.clone(), ..Wanted::default() }
    }
}

pub(super) fn figure(value: Option<Fixed>) -> Value {
    value.map_or(Value::Null, |value| value.to_string().into())
}

/// A serialised enum's own name.
pub(super) fn name(value: impl serde::Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object.keys().next().map_or(Value::Null, |name| name.as_str().into()),
        Ok(name) => name,
        Err(_) => Value::Null,
    }
}

pub(super) async fn scorecards(place: &Place, which: ResultArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    if let Some(employee_number) = &which.employee_number {
        one_scorecard(&app.scorecard(&which.cycle, employee_number).await?, which.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("name", "Name"),
        ("unit", "Unit"),
        ("card", "Card"),
        ("state", "State"),
        ("score", "Score"),
        ("rating", "Rating"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.scorecards(&which.cycle, &slice, &which.wanted()).await?;
        let last = page.rows.last().map(|card| card.employee_number.clone());
        for card in page.rows {
            table.row([
                card.employee_number.into(),
                card.agent_name.into(),
                card.unit_code.into(),
                card.card.into(),
                name(card.state),
                card.printed.map_or(Value::Null, |score| format!("{score:.2}").into()),
                card.rating.map_or(Value::Null, Value::from),
            ]);
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(which.format)?;
    Ok(ExitCode::SUCCESS)
}

fn one_scorecard(detail: &ScorecardDetail, format: Format) -> Result<(), CliError> {
    let (summary, result) = (&detail.summary, &detail.result);
    if format == Format::Table {
        say!(
            "{} {} · {} · {} · card {}",
            summary.employee_number,
            summary.agent_name,
            summary.unit_code,
            summary.post,
            summary.card
        );
    }
    if format != Format::Table {
        return working(result).print(format);
    }
    summary_lines(result).print(format)?;
    result.gates.iter().for_each(print_gate);
    say!("sum of contributions {}", figure(result.subtotal).as_str().unwrap_or("–"));
    if let Some(judged) = &result.judged {
        judgement::print(judged)?;
    }
    if result.lines.iter().any(|line| line.outside.is_some()) {
        let adjusted = figure(result.adjusted);
        say!("with bonus and penalty {} (0 to {})", adjusted.as_str().unwrap_or("–"), result.points_up_to);
    }
    match (result.printed, &result.rating) {
        (Some(score), rating) => say!("score {score:.2}, rating {}", rating.as_deref().unwrap_or("–")),
        (None, _) => say!("no score: {}", name(result.state).as_str().unwrap_or_default().replace('_', " ")),
    }
    Ok(())
}

/// Every figure of every line, for programs.
fn working(result: &CardResult) -> Table {
    let mut table = Table::new(&[
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
    ]);
    result.lines.iter().for_each(|line| table.row(line_cells(line)));
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

pub(super) async fn payouts(place: &Place, which: ResultArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    if let Some(employee_number) = &which.employee_number {
        one_payout(&app.payout(&which.cycle, employee_number).await?, which.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("name", "Name"),
        ("unit", "Unit"),
        ("plan", "Plan"),
        ("amount", "Amount"),
        ("currency", "Currency"),
        ("withheld", "Withheld"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.payouts(&which.cycle, &slice, &which.wanted()).await?;
        let last = page.rows.last().map(|payout| payout.employee_number.clone());
        for payout in page.rows {
            table.row([
                payout.employee_number.into(),
                payout.agent_name.into(),
                payout.unit_code.into(),
                payout.plan.into(),
                payout.amount.to_decimal().to_string().into(),
                payout.amount.currency.code().into(),
                payout.withheld.map_or(Value::Null, name),
            ]);
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(which.format)?;
    if which.format == Format::Table && which.unit.is_none() {
        print_totals(&app, &which.cycle).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn print_totals(app: &App, cycle: &str) -> Result<(), CliError> {
    for total in app.payout_totals(cycle).await? {
        let sum = crate::domain::money::Money { minor: total.amount_minor, currency: total.currency };
        say!("total {sum} for {} agents; {} withheld", total.payable, total.withheld);
    }
    Ok(())
}

fn one_payout(detail: &PayoutDetail, format: Format) -> Result<(), CliError> {
    let summary = &detail.summary;
    if format == Format::Table {
        say!("{} {} · {} · plan {}", summary.employee_number, summary.agent_name, summary.unit_code, summary.plan);
    }
    let mut steps = Table::new(&[("step", "Step"), ("inputs", "From"), ("result", "Result")]);
    for step in &detail.result.steps {
        let inputs: Vec<String> = step.inputs.iter().map(|input| format!("{} {}", input.name, input.value)).collect();
        steps.row([name(step.kind), inputs.join(", ").into(), step.result.to_string().into()]);
    }
    steps.print(format)?;
    if format == Format::Table {
        match summary.withheld {
            Some(why) => say!("nothing is payable: {}", name(why).as_str().unwrap_or_default().replace('_', " ")),
            None => say!("payable {}", summary.amount),
        }
    }
    Ok(())
}

pub(super) async fn plans(place: &Place, which: ResultArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("name", "Name"),
        ("unit", "Unit"),
        ("state", "State"),
        ("metric", "Metric"),
        ("baseline", "Baseline"),
        ("floor", "Floor"),
        ("target", "Target"),
        ("due", "Due"),
        ("course", "Course"),
        ("periods_below", "Below"),
    ]);
    if let Some(employee_number) = &which.employee_number {
        objectives(&mut table, &app.plan(&which.cycle, employee_number).await?);
        table.print(which.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut slice = Slice::first();
    loop {
        let page = app.plans(&which.cycle, &slice, &which.wanted()).await?;
        page.rows.iter().for_each(|plan| objectives(&mut table, plan));
        match page.rows.last() {
            Some(last) if page.more => slice = Slice::after(last.summary.employee_number.clone()),
            _ => break,
        }
    }
    table.print(which.format)?;
    Ok(ExitCode::SUCCESS)
}

/// One row an objective.
fn objectives(table: &mut Table, plan: &PlanDetail) {
    for objective in &plan.suggestion.objectives {
        table.row([
            plan.summary.employee_number.clone().into(),
            plan.summary.agent_name.clone().into(),
            plan.summary.unit_code.clone().into(),
            plan.summary.state.clone().into(),
            objective.metric.to_string().into(),
            figure(Some(objective.baseline)),
            figure(Some(objective.floor)),
            figure(Some(objective.target)),
            objective.due.to_string().into(),
            objective.course.clone().map_or(Value::Null, Value::from),
            json!(format!("{} of {}", objective.periods_below, objective.of_periods)),
        ]);
    }
}
