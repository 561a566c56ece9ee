//! `merit simulate`: other rules on a past cycle, as tables for people and as JSON or CSV for programs.

mod tables;

use std::process::ExitCode;

use serde_json::Value;

use super::output::{Format, Table, say};
use super::rules::Language;
use super::{CliError, Place, progress};
use crate::app::{AgentChange, PayChange, Ranking, Simulation, SimulationOrder};
use crate::domain::fixed::Fixed;
use crate::domain::money::Money;

#[derive(clap::Args)]
pub(super) struct SimulateArguments {
    /// The code of an appraised cycle, such as 2023-Q3
    cycle: String,
    /// CSV holds the agents listed, one a line
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// List everybody who moves, and not only those who win or lose most
    #[arg(long)]
    all: bool,
    /// The language of what changes in the rules, in the table
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
}

pub(super) async fn run(place: &Place, arguments: SimulateArguments) -> Result<ExitCode, CliError> {
    let SimulateArguments { cycle, format, all, lang } = arguments;
    let app = place.open_current().await?;
    let rules = place.rules.to_str();
    let rules = rules.ok_or_else(|| CliError::new(format!("--rules: '{}' is not UTF-8", place.rules.display())))?;
    let bar = progress::count("simulating");
    let order = SimulationOrder { cycle: &cycle, rules, all };
    let simulation = app.simulate(&order, &|agents| bar.set_position(agents)).await?;
    bar.finish_and_clear();
    match format {
        Format::Table => tables::print(&simulation, lang)?,
        Format::Json => say!("{:#}", simulation.to_json()),
        Format::Csv => listed(&simulation).print(Format::Csv)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The agents listed: everybody who moves where they were asked for, else winners and losers.
fn listed(simulation: &Simulation) -> Table {
    let mut table = agents(true);
    match &simulation.movers {
        Some(movers) => movers.iter().for_each(|change| table.row(named("moves", change))),
        None => {
            for Ranking { currency: _, winners, losers } in &simulation.rankings {
                winners.iter().for_each(|change| table.row(named("wins", change)));
                losers.iter().for_each(|change| table.row(named("loses", change)));
            }
        }
    }
    table
}

/// Columns of agents before and after; with the list they stand in, where it is not said otherwise.
fn agents(with_list: bool) -> Table {
    let columns = [
        ("list", "List"),
        ("employee_number", "Agent"),
        ("unit", "Unit"),
        ("outcome_before", "Rating"),
        ("outcome_after", "After"),
        ("score_before", "Score"),
        ("score_after", "After"),
        ("score_change", "Change"),
        ("pay_before", "Pay"),
        ("currency_before", "Currency"),
        ("pay_after", "After"),
        ("currency_after", "Currency"),
        ("pay_change", "Change"),
    ];
    Table::new(columns.get(usize::from(!with_list)..).unwrap_or_default())
}

fn named(list: &str, change: &AgentChange) -> Vec<Value> {
    let mut cells = vec![list.into()];
    cells.extend(cells_of(change));
    cells
}

fn cells_of(change: &AgentChange) -> Vec<Value> {
    let AgentChange { employee_number, unit, before, after } = change;
    vec![
        employee_number.clone().into(),
        unit.clone().into(),
        before.outcome.code().into(),
        after.outcome.code().into(),
        score(before.score),
        score(after.score),
        score(change.score_change()),
        before.pay.map_or(Value::Null, amount),
        before.pay.map_or(Value::Null, |pay| pay.currency.code().into()),
        after.pay.map_or(Value::Null, amount),
        after.pay.map_or(Value::Null, |pay| pay.currency.code().into()),
        difference(change),
    ]
}

/// With the two decimals of scores.
fn score(score: Option<Fixed>) -> Value {
    score.map_or(Value::Null, |score| format!("{score:.2}").into())
}

/// In major units, without the currency.
fn amount(money: Money) -> Value {
    money.to_decimal().to_string().into()
}

fn difference(change: &AgentChange) -> Value {
    match change.pay_change() {
        PayChange::By(money) => amount(money),
        PayChange::Unpaid | PayChange::OtherCurrency => Value::Null,
    }
}
