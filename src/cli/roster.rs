//! `merit roster`: units, agents and assignments.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::output::say;
use super::{CliError, Place};
use crate::app::RosterReport;

#[derive(Subcommand)]
pub(super) enum RosterAction {
    /// Import units, or agents with their assignments, from CSV or XLSX
    Import {
        file: PathBuf,
        /// How the file's columns map to the roster (YAML); not needed for Merit's own column names
        #[arg(long)]
        mapping: Option<PathBuf>,
        /// Read and compare, but change nothing
        #[arg(long)]
        dry_run: bool,
        /// End with code 3 when rows were set aside
        #[arg(long)]
        strict: bool,
    },
}

pub(super) async fn run(place: &Place, action: RosterAction) -> Result<ExitCode, CliError> {
    let RosterAction::Import { file, mapping, dry_run, strict } = action;
    let app = place.open_current().await?;
    let report = app.import_roster(&file, mapping.as_deref(), dry_run).await?;
    print_report(&report);
    Ok(if strict && !report.set_aside.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// What an import did, for people.
pub(super) fn print_report(report: &RosterReport) {
    let dry = if report.dry_run { " (dry run, nothing was changed)" } else { "" };
    say!("{}{dry}: {} rows read", report.file, report.rows);
    let changes = &report.changes;
    for (what, added, changed) in [
        ("units", changes.units_added, changes.units_changed),
        ("agents", changes.agents_added, changes.agents_changed),
        ("assignments", changes.assignments_added, changes.assignments_changed),
    ] {
        if added + changed > 0 {
            say!("  {what}: {added} added, {changed} changed");
        }
    }
    let all = [
        changes.units_added,
        changes.units_changed,
        changes.agents_added,
        changes.agents_changed,
        changes.assignments_added,
        changes.assignments_changed,
    ];
    if all.iter().all(|count| *count == 0) {
        say!("  nothing to change");
    }
    if !report.set_aside.is_empty() {
        say!("  {} rows set aside:", report.set_aside.len());
    }
    for row in &report.set_aside {
        say!("    {row}");
    }
}
