//! `merit cycle`: appraisal cycles.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::output::{Format, Table, say};
use super::{CliError, Place, exempt};
use crate::app::Slice;

#[derive(Subcommand)]
pub(super) enum CycleAction {
    /// Open a cycle and pin the rules as they are now
    Open {
        /// 2023-Q3, 2023-08, 2023-H1 or 2023; any name when --first and --last say the days
        code: String,
        /// First day, for cycles that do not follow the calendar (YYYY-MM-DD)
        #[arg(long, requires = "last")]
        first: Option<NaiveDate>,
        /// Last day, included
        #[arg(long, requires = "first")]
        last: Option<NaiveDate>,
    },
    /// Exempt an agent from a cycle, or lift that
    Exempt(exempt::ExemptArguments),
    /// List cycles
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

pub(super) async fn run(place: &Place, action: CycleAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        CycleAction::Exempt(arguments) => return exempt::run(&app, arguments).await,
        CycleAction::Open { code, first, last } => {
            let days = first.zip(last);
            let cycle = app.open_cycle(&code, days, &place.rules).await?;
            let rules = cycle.ruleset_hash.get(..12).unwrap_or_default();
            say!("Cycle {code} is open: {} to {}, rules {rules}.", cycle.period.first, cycle.period.last);
        }
        CycleAction::List { format } => {
            let mut table = Table::new(&[
                ("code", "Cycle"),
                ("kind", "Kind"),
                ("first_day", "First day"),
                ("last_day", "Last day"),
                ("state", "State"),
                ("ruleset", "Rules"),
            ]);
            for cycle in app.cycles(&Slice::first()).await?.rows {
                table.row([
                    cycle.code.into(),
                    cycle.kind.into(),
                    cycle.period.first.to_string().into(),
                    cycle.period.last.to_string().into(),
                    cycle.state.as_str().into(),
                    cycle.ruleset_hash.into(),
                ]);
            }
            table.print(format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
