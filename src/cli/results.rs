//! `merit scorecard`, `merit payouts`, `merit plans`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::{Format, Table, say};
use super::rules::Language;
use super::{CliError, Place, explanation, scorecard};
use crate::app::{App, PayoutDetail, PlanDetail, Slice, Wanted, WantedUnits};
use crate::domain::fixed::Fixed;

#[derive(clap::Args)]
pub(super) struct ResultArguments {
    /// The cycle's code, such as 2023-Q3
    cycle: String,
    /// One agent, with the whole working
    employee_number: Option<String>,
    /// An older result of the agent, by the number of its revision; 'merit revisions' shows them
    #[arg(long, requires = "employee_number")]
    revision: Option<i64>,
    /// Only this unit and those below it (its code)
    #[arg(long, visible_alias = "below")]
    unit: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(clap::Args)]
pub(super) struct ScorecardArguments {
    /// The cycle's code, such as 2023-Q3
    cycle: String,
    /// One agent, with the whole working
    #[arg(group = "one", conflicts_with_all = ["unit", "units", "below"])]
    employee_number: Option<String>,
    /// One unit (its code), with the whole working
    #[arg(long, group = "one", conflicts_with_all = ["units", "below"])]
    unit: Option<String>,
    /// Units instead of agents
    #[arg(long)]
    units: bool,
    /// Only agents in this unit and those below it; with --units only units right below it (its code)
    #[arg(long)]
    below: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// An older result of the agent, by the number of its revision; 'merit revisions' shows them
    #[arg(long, requires = "employee_number")]
    revision: Option<i64>,
    /// Say in sentences how every figure came about, and what would change the rating
    #[arg(long, requires = "one", conflicts_with = "format")]
    explain: bool,
    /// The language of the sentences
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
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

pub(super) async fn scorecards(place: &Place, which: ScorecardArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match (&which.employee_number, &which.unit, which.explain) {
        (Some(number), _, true) => {
            let found = app.found_scorecard_in(&which.cycle, number, which.revision).await?;
            explanation::print(&app.explain_scorecard(found).await?, which.lang);
        }
        (Some(number), _, false) => {
            let detail = app.scorecard_in(&which.cycle, number, which.revision).await?;
            scorecard::print(&detail, which.format)?;
        }
        (None, Some(code), true) => {
            explanation::print_unit(&app.explained_unit_scorecard(&which.cycle, code).await?, which.lang);
        }
        (None, Some(code), false) => {
            scorecard::print_unit(&app.unit_scorecard(&which.cycle, code).await?, which.format)?;
        }
        (None, None, _) if which.units => of_units(&app, which).await?,
        (None, None, _) => of_agents(&app, which).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn of_units(app: &App, which: ScorecardArguments) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("unit", "Unit"),
        ("name_en", "Name"),
        ("name_zh", "名称"),
        ("kind", "Kind"),
        ("parent", "Below"),
        ("card", "Card"),
        ("state", "State"),
        ("score", "Score"),
        ("rating", "Rating"),
    ]);
    let wanted = WantedUnits { parent: which.below, ..WantedUnits::default() };
    let mut slice = Slice::first();
    loop {
        let page = app.unit_scorecards(&which.cycle, &slice, &wanted).await?;
        let last = page.rows.last().map(|card| card.code.clone());
        for card in page.rows {
            table.row([
                card.code.into(),
                card.name_en.into(),
                card.name_zh.into(),
                card.kind.into(),
                card.parent.map_or(Value::Null, Value::from),
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
    table.print(which.format)
}

async fn of_agents(app: &App, which: ScorecardArguments) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("name", "Name"),
        ("unit", "Unit"),
        ("card", "Card"),
        ("state", "State"),
        ("score", "Score"),
        ("rating", "Rating"),
    ]);
    let wanted = Wanted { unit: which.below, ..Wanted::default() };
    let mut slice = Slice::first();
    loop {
        let page = app.scorecards(&which.cycle, &slice, &wanted).await?;
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
    table.print(which.format)
}

pub(super) async fn payouts(place: &Place, which: ResultArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    if let Some(employee_number) = &which.employee_number {
        one_payout(&app.payout_in(&which.cycle, employee_number, which.revision).await?, which.format)?;
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
        objectives(&mut table, &app.plan_in(&which.cycle, employee_number, which.revision).await?);
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

#[cfg(test)]
mod tests {
    use super::name;
    use crate::domain::fixed::Fixed;
    use crate::domain::scorecard::{Absence, Fallback, LineState};

    #[test]
    fn names_of_enums_are_shown_with_and_without_data() {
        assert_eq!(name(LineState::LowSample), "low_sample");
        assert_eq!(name(Absence::Neutral { points: Fixed::HUNDRED }), "neutral");
        assert_eq!(name(Absence::Carry { otherwise: Fallback::Hold }), "carry");
    }
}
