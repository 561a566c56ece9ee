//! `merit ratings`: what people give their colleagues on the items of a form.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::output::say;
use super::{CliError, Place};
use crate::app::RatingsReport;

#[derive(Subcommand)]
pub(super) enum RatingsAction {
    /// Import a cycle's ratings from CSV or XLSX: employee_number, rater, group, item (or form.item), value, comment
    Import {
        /// The cycle's code
        cycle: String,
        file: PathBuf,
        /// Read and compare, but change nothing
        #[arg(long)]
        dry_run: bool,
        /// End with code 3 when rows were set aside
        #[arg(long)]
        strict: bool,
    },
}

pub(super) async fn run(place: &Place, action: RatingsAction) -> Result<ExitCode, CliError> {
    let RatingsAction::Import { cycle, file, dry_run, strict } = action;
    let app = place.open_current().await?;
    let report = app.import_ratings(&cycle, &file, dry_run).await?;
    print_report(&report);
    Ok(if strict && !report.set_aside.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn print_report(report: &RatingsReport) {
    let dry = if report.dry_run { " (dry run, nothing was changed)" } else { "" };
    say!("{}{dry}: {} rows read", report.file, report.rows);
    let changes = &report.changes;
    if changes.added + changes.changed > 0 {
        say!("  ratings: {} added, {} changed", changes.added, changes.changed);
    } else {
        say!("  nothing to change");
    }
    if !report.set_aside.is_empty() {
        say!("  {} rows set aside:", report.set_aside.len());
    }
    for row in &report.set_aside {
        say!("    {row}");
    }
}
