//! `merit fairness`.

use std::process::ExitCode;

use serde_json::Value;

use super::output::{Format, Table, say};
use super::results::figure;
use super::{CliError, Place};
use crate::app::{self, FairnessOrder, FairnessReport, FairnessRow, JudgedBy};
use crate::domain::fixed::Fixed;

#[derive(clap::Args)]
pub(super) struct FairnessArguments {
    /// How many identical agents
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    agents: u32,
    /// What every agent's rate truly is, in percent
    #[arg(long, default_value = "87.5", value_name = "PERCENT")]
    true_rate: Fixed,
    /// Cases of each agent, one number or several
    #[arg(long, default_value = "30,100,300", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=100_000))]
    samples: Vec<u32>,
    /// A scorecard of the rules
    #[arg(long, default_value = "front_line")]
    card: String,
    /// The same seed gives the same agents
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) fn run(place: &Place, arguments: FairnessArguments) -> Result<ExitCode, CliError> {
    let FairnessArguments { agents, true_rate, samples, card, seed, format } = arguments;
    let order = FairnessOrder { agents, true_rate, samples, card, seed };
    let report = app::fairness(&place.rules, &order)?;
    if format == Format::Table {
        introduce(&order, &report)?;
    }
    let mut table = Table::new(&COLUMNS);
    report.rows.iter().for_each(|row| table.row(cells(row, format)));
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [(&str, &str); 14] = [
    ("samples", "n"),
    ("judged_by", "Judged by"),
    ("strength", "Shrunk"),
    ("rate_deviation", "Rate ±"),
    ("rate_spread", "range"),
    ("true_score", "True"),
    ("true_rating", "band"),
    ("score_deviation", "Score ±"),
    ("score_spread", "range"),
    ("no_points_percent", "Line 0"),
    ("full_points_percent", "full"),
    ("other_band_percent", "Other band"),
    ("two_bands_off_percent", "2+ off"),
    ("unrated_percent", "none"),
];

/// What the columns and rules say.
const LEGEND: &str = "n: cases of an agent on that line. Shrunk: strength of the pull toward the peer group's rate, in cases.
±: standard deviation; range: best less worst. True: the score and band that the true values earn.
Percent of agents: line 0, full: nothing or full points on that line; other band, 2+ off: rated in another band than the true
one, and two or more bands from it; none: no total, because too little was measured.
cliff: that line alone, nothing below its curve's first corner, half points from it, full points from the last corner.
curve: that line alone, with its own curve. card: the whole card, where chance moves that line or every rate line.";

/// What the agents are, line by line.
fn introduce(order: &FairnessOrder, report: &FairnessReport) -> Result<(), CliError> {
    let FairnessReport { metric, true_value, true_points, lines, rows: _ } = report;
    say!(
        "{} identical agents, whose {metric} is truly {true_value}; card {}, seed {}.",
        order.agents,
        order.card,
        order.seed
    );
    say!("They truly stand on every line where it earns {true_points} points:\n");
    let mut table = Table::new(&[
        ("line", "Line"),
        ("weight", "Weight"),
        ("true_value", "True value"),
        ("cases_per_hundred", "Cases where n = 100"),
    ]);
    for line in lines {
        let cases = line.cases_per_hundred.map_or("not moved by chance".into(), Value::from);
        table.row([line.line.as_str().into(), figure(Some(line.weight)), figure(Some(line.true_value)), cases]);
    }
    table.print(Format::Table)?;
    say!("\n{LEGEND}\n");
    Ok(())
}

fn cells(row: &FairnessRow, format: Format) -> [Value; 14] {
    let FairnessRow { judged_by, strength, samples, outcome } = row;
    let two_decimals = |value: Fixed| Value::from(format!("{value:.2}"));
    let name = if format == Format::Table { title(*judged_by) } else { judged_by.as_str() };
    [
        (*samples).into(),
        name.into(),
        (*strength).into(),
        two_decimals(outcome.rate.standard_deviation),
        two_decimals(outcome.rate.width()),
        two_decimals(outcome.true_score),
        outcome.true_rating.as_ref().into(),
        outcome.score.map(|score| two_decimals(score.standard_deviation)).into(),
        outcome.score.map(|score| two_decimals(score.width())).into(),
        two_decimals(outcome.no_points),
        two_decimals(outcome.full_points),
        two_decimals(outcome.other_band),
        two_decimals(outcome.two_bands_off),
        two_decimals(outcome.unrated),
    ]
}

fn title(judged_by: JudgedBy) -> &'static str {
    match judged_by {
        JudgedBy::Cliff => "cliff",
        JudgedBy::Curve => "curve",
        JudgedBy::CardOneLine => "card, that line moves",
        JudgedBy::CardRateLines => "card, rate lines move",
    }
}
