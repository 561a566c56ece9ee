//! `merit pull`: facts from a source.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;
use indicatif::ProgressBar;
use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place, progress};
use crate::app::{App, PullOrder, PullProgress, PullReport, Slice};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(super) struct PullArguments {
    /// The source's id in the rules
    source: Option<String>,
    /// First day to pull (YYYY-MM-DD); the source's facts outside the days stay as they are
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day to pull, included; today when only --from is given
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Read and compare, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// End with code 3 when rows were set aside
    #[arg(long)]
    strict: bool,
    /// Remove facts even if more of them would go than the source allows
    #[arg(long)]
    allow_removals: bool,
    #[command(subcommand)]
    action: Option<PullAction>,
}

#[derive(Subcommand)]
pub(super) enum PullAction {
    /// Pulls so far, newest first
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// One pull: its counts, or the rows it set aside
    Show {
        /// The pull's id
        id: String,
        /// The rows set aside, each with file, line and reason
        #[arg(long)]
        rejected: bool,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

/// The exit code of `--strict` when rows were set aside.
const SET_ASIDE: u8 = 3;

pub(super) async fn run(place: &Place, arguments: PullArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match (arguments.action, arguments.source) {
        (Some(PullAction::List { format }), _) => list(&app, format).await,
        (Some(PullAction::Show { id, rejected, format }), _) => show(&app, &id, rejected, format).await,
        (None, Some(source)) => {
            let bar = progress::bytes(&source);
            let order = PullOrder {
                rules: &place.rules,
                source: &source,
                days: days(arguments.from, arguments.to, app.clock().today()),
                dry_run: arguments.dry_run,
                allow_removals: arguments.allow_removals,
                progress: &|at: PullProgress| show_progress(&bar, at),
            };
            let report = app.pull(order).await;
            bar.finish_and_clear();
            let report = report?;
            print_report(&report);
            let aside = report.pull.rows_set_aside > 0 && arguments.strict;
            Ok(if aside { ExitCode::from(SET_ASIDE) } else { ExitCode::SUCCESS })
        }
        (None, None) => Err(CliError::new("name the source to pull, or 'list' or 'show ID'")),
    }
}

/// The days asked for: open ends reach back to 1970 and on to today.
fn days(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    if from.is_none() && to.is_none() {
        return None;
    }
    Some((from.unwrap_or_default(), to.unwrap_or(today)))
}

/// Bytes of all bytes where that is known, rows otherwise.
pub(super) fn show_progress(bar: &ProgressBar, at: PullProgress) {
    match at.total_bytes {
        Some(total) => {
            bar.set_length(total);
            bar.set_position(at.bytes);
        }
        None => bar.set_position(at.rows),
    }
}

/// What a pull did, for people.
pub(super) fn print_report(report: &PullReport) {
    let pull = &report.pull;
    let dry = if report.dry_run { " (dry run, nothing was changed)" } else { "" };
    say!("{}{dry}:", pull.source);
    say!("  {:>9} rows read", pull.rows_read);
    say!("  {:>9} used", pull.rows_used);
    for (count, what) in [
        (pull.rows_superseded, "replaced by a later row of the same key"),
        (pull.rows_deleted, "deleted by their last row"),
        (pull.rows_set_aside, "set aside:"),
    ] {
        if count > 0 {
            say!("  {count:>9} {what}");
        }
    }
    for (reason, rows) in &report.reasons {
        say!("  {rows:>9}   {reason}");
    }
    say!("  facts: {} added, {} changed, {} removed", pull.facts_added, pull.facts_changed, pull.facts_removed);
    if report.new_agents > 0 {
        say!("  {} agents added to the roster", report.new_agents);
    }
    if !report.reasons.is_empty() && !report.dry_run {
        say!("  rows set aside: merit pull show {} --rejected", pull.id);
    }
}

async fn list(app: &App, format: Format) -> Result<ExitCode, CliError> {
    let mut table = Table::new(&[
        ("id", "Pull"),
        ("source", "Source"),
        ("state", "State"),
        ("started_at", "Started"),
        ("rows_read", "Read"),
        ("rows_used", "Used"),
        ("rows_set_aside", "Set aside"),
        ("facts_added", "Added"),
        ("facts_changed", "Changed"),
        ("facts_removed", "Removed"),
    ]);
    let (pulls, _) = app.pulls(None, &Slice::first()).await?;
    for pull in pulls {
        table.row([
            pull.id.to_string().into(),
            pull.source.into(),
            pull.state.into(),
            pull.started_at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
            pull.rows_read.into(),
            pull.rows_used.into(),
            pull.rows_set_aside.into(),
            pull.facts_added.into(),
            pull.facts_changed.into(),
            pull.facts_removed.into(),
        ]);
    }
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}

async fn show(app: &App, id: &str, rejected: bool, format: Format) -> Result<ExitCode, CliError> {
    let report = app.pull_report(id).await?;
    if !rejected {
        print_report(&report);
        if let Some(error) = &report.pull.error {
            say!("  failed: {error}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&[("file", "File"), ("line", "Line"), ("reason", "Reason"), ("row", "Row")]);
    let mut slice = Slice::first();
    loop {
        let page = app.rejected(id, &slice).await?;
        let last = page.rows.last().map(|(number, _)| number.to_string());
        for (_, row) in page.rows {
            table.row([row.file.into(), row.line.map_or(Value::Null, Value::from), row.detail.into(), row.row.into()]);
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}
