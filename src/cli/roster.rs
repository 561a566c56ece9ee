//! `merit roster`: units, agents and assignments.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::output::say;
use super::{CliError, Place};
use crate::app::{LeaveChanges, LeaveReport, RosterReport};

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
    /// Print everything Merit holds about an agent, as JSON
    Data {
        /// Employee number
        agent: String,
    },
    /// Forget who everybody was that left long ago; figures stay under the employee number, replays stay whole
    Forget {
        /// How many years after leaving
        #[arg(long)]
        years: u32,
        /// Say who it would be, but change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Import leave from CSV or XLSX, with the columns employee_number, from, to (included) and kind
    ///
    /// Kinds are annual, sick, parental, family, injury, unpaid, training and other; withdrawn takes back the leave that begins on
    /// that day.
    Leave {
        file: PathBuf,
        /// Read and compare, but change nothing
        #[arg(long)]
        dry_run: bool,
        /// End with code 3 when rows were set aside
        #[arg(long)]
        strict: bool,
    },
}

pub(super) async fn run(place: &Place, action: RosterAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let (all_taken, strict) = match action {
        RosterAction::Data { agent } => {
            say!("{:#}", app.personal_data(&agent).await?);
            return Ok(ExitCode::SUCCESS);
        }
        RosterAction::Forget { years, dry_run } => {
            let forgotten = app.forget_leavers(years, dry_run).await?;
            let done = if dry_run { "would be forgotten" } else { "forgotten" };
            say!(
                "{} leavers {done}{}{}",
                forgotten.len(),
                if forgotten.is_empty() { "" } else { ": " },
                forgotten.join(", ")
            );
            return Ok(ExitCode::SUCCESS);
        }
        RosterAction::Import { file, mapping, dry_run, strict } => {
            let report = app.import_roster(&file, mapping.as_deref(), dry_run).await?;
            print_report(&report);
            (report.set_aside.is_empty(), strict)
        }
        RosterAction::Leave { file, dry_run, strict } => {
            let report = app.import_leave(&file, dry_run).await?;
            print_leave(&report);
            (report.set_aside.is_empty(), strict)
        }
    };
    Ok(if strict && !all_taken { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// What an import of leave did, for people.
fn print_leave(report: &LeaveReport) {
    print_head(&report.file, report.rows, report.dry_run);
    let LeaveChanges { added, changed, withdrawn, unchanged: _ } = report.changes;
    if added + changed + withdrawn > 0 {
        say!("  leave: {added} added, {changed} changed, {withdrawn} withdrawn");
    } else {
        say!("  nothing to change");
    }
    print_set_aside(&report.set_aside);
}

fn print_head(file: &str, rows: usize, dry_run: bool) {
    let dry = if dry_run { " (dry run, nothing was changed)" } else { "" };
    say!("{file}{dry}: {rows} rows read");
}

fn print_set_aside(set_aside: &[String]) {
    if !set_aside.is_empty() {
        say!("  {} rows set aside:", set_aside.len());
    }
    for row in set_aside {
        say!("    {row}");
    }
}

/// What an import did, for people.
pub(super) fn print_report(report: &RosterReport) {
    print_head(&report.file, report.rows, report.dry_run);
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
    print_set_aside(&report.set_aside);
}
