//! `merit spread`: how ratings are spread, beside the guidance.

use std::process::ExitCode;

use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::Wanted;
use crate::domain::guidance::notice;

#[derive(clap::Args)]
pub(super) struct SpreadArguments {
    /// The cycle's code, such as 2023-Q3
    cycle: String,
    /// Only this unit and those below it (its code)
    #[arg(long)]
    unit: Option<String>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) async fn run(place: &Place, which: SpreadArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let mut table = Table::new(&[
        ("card", "Card"),
        ("band", "Band"),
        ("agents", "Agents"),
        ("percent", "Percent"),
        ("guided_percent", "Guidance"),
        ("deviation", "Deviation"),
        ("agents_apart", "Agents apart"),
    ]);
    let wanted = Wanted { unit: which.unit, ..Wanted::default() };
    let cards = app.spread(&which.cycle, &wanted).await?;
    for card in &cards {
        for (band, agents) in &card.bands {
            let found = card.deviations.iter().find(|deviation| deviation.band == *band);
            let percent = |percent| Value::from(format!("{percent:.2}"));
            table.row([
                card.card.as_str().into(),
                band.as_str().into(),
                (*agents).into(),
                found.map_or(Value::Null, |found| percent(found.actual)),
                found.map_or(Value::Null, |found| percent(found.guided)),
                found.map_or(Value::Null, |found| percent(found.deviation)),
                found.map_or(Value::Null, |found| found.agents_apart.into()),
            ]);
        }
    }
    table.print(which.format)?;
    if which.format == Format::Table && cards.iter().any(|card| !card.deviations.is_empty()) {
        say!("{}", notice().en);
    }
    Ok(ExitCode::SUCCESS)
}
