//! `merit source`: the sources of the rules.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{self, DraftOrder, DraftedSource};
use crate::rules::draft::Said;

#[derive(Subcommand)]
pub(super) enum SourceAction {
    /// Sources with their last pull, when they are due next, and whether they are overdue
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Draft a new source from an export (CSV, TSV or Excel): which column is what, and which metrics it gives
    Draft {
        /// The new source's id, such as contacts
        id: String,
        export: PathBuf,
        /// IANA time zone of times without one
        #[arg(long, default_value = "Asia/Shanghai")]
        time_zone: String,
        /// The column with the agent's number, where it is not found by itself
        #[arg(long, value_name = "COLUMN")]
        agent: Option<String>,
        /// The column that says when it was, where it is not found by itself
        #[arg(long, value_name = "COLUMN")]
        day: Option<String>,
    },
}

pub(super) async fn run(place: &Place, action: SourceAction) -> Result<ExitCode, CliError> {
    let format = match action {
        SourceAction::List { format } => format,
        SourceAction::Draft { id, export, time_zone, agent, day } => {
            let said = Said { agent: agent.as_deref(), begun: day.as_deref(), time_zone: &time_zone };
            let rules = Path::new(&place.rules);
            tell(&id, &app::draft_source(DraftOrder { rules, id: &id, export: &export, said })?);
            return Ok(ExitCode::SUCCESS);
        }
    };
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

fn tell(id: &str, drafted: &DraftedSource) {
    let DraftedSource { file, draft, cards } = drafted;
    say!("{} was drafted:", file.display());
    for (header, understood) in &draft.columns {
        say!("  {header} → {understood}");
    }
    say!("Metrics: {}", if draft.metrics.is_empty() { "none".to_owned() } else { draft.metrics.join(", ") });
    for (card, weight) in cards {
        say!("  {weight} % of the weights of scorecard '{card}'");
    }
    for doubt in &draft.doubts {
        say!("Look at this first: {doubt}.");
    }
    say!("Read the file through, then: merit check, merit pull {id} --dry-run");
}
