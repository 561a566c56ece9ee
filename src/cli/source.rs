//! `merit source`: the sources of the rules.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::Value;

use super::output::{Format, Table};
use super::{CliError, Place};

#[derive(Subcommand)]
pub(super) enum SourceAction {
    /// Sources with their last pull, when they are due next, and whether they are overdue
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

pub(super) async fn run(place: &Place, action: SourceAction) -> Result<ExitCode, CliError> {
    let SourceAction::List { format } = action;
    let app = place.open_current().await?.with_rules_folder(&place.rules);
    let mut table = Table::new(&[
        ("source", "Source"),
        ("schedule", "Schedule"),
        ("time_zone", "Time zone"),
        ("last_pull", "Last pull"),
        ("last_complete_at", "Last complete"),
        ("next_due", "Next due"),
        ("overdue", "Overdue"),
    ]);
    for source in app.sources().await? {
        let (cron, zone) = source.schedule.unzip();
        table.row([
            source.id.into(),
            cron.into(),
            zone.into(),
            source.last_pull.map(|pull| pull.state).into(),
            moment(source.last_complete_at),
            moment(source.next_due),
            source.overdue.into(),
        ]);
    }
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}

fn moment(moment: Option<DateTime<Utc>>) -> Value {
    moment.map_or(Value::Null, |moment| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string().into())
}
