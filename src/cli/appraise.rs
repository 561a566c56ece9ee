//! `merit appraise`, `merit cycle freeze|score` and `merit replay`.

use std::process::ExitCode;

use super::output::say;
use super::{CliError, Place, progress};
use crate::app::{App, AppraisalReport, FreezeReport, ReplayReport};

#[derive(clap::Args)]
pub(super) struct CycleArguments {
    /// The cycle's code, such as 2023-Q3
    cycle: String,
}

pub(super) async fn run(place: &Place, arguments: CycleArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let bar = progress::count("appraising");
    let report = app.appraise(&arguments.cycle, &|agents| bar.set_position(agents)).await?;
    bar.finish_and_clear();
    print_report(&arguments.cycle, &report);
    Ok(ExitCode::SUCCESS)
}

/// `merit cycle freeze`.
pub(super) async fn freeze(app: &App, cycle: &str) -> Result<(), CliError> {
    let bar = progress::count("freezing");
    let FreezeReport { revision, agents, snapshot_hash } =
        app.freeze(cycle, &|agents| bar.set_position(agents)).await?;
    bar.finish_and_clear();
    say!("Cycle {cycle} is frozen, revision {revision}: {agents} agents\n  snapshot {snapshot_hash}");
    Ok(())
}

/// `merit cycle score`.
pub(super) async fn score(app: &App, cycle: &str) -> Result<(), CliError> {
    let bar = progress::count("scoring");
    let report = app.score(cycle, &|agents| bar.set_position(agents)).await?;
    bar.finish_and_clear();
    print_report(cycle, &report);
    Ok(())
}

/// What an appraisal did, for people.
pub(super) fn print_report(cycle: &str, report: &AppraisalReport) {
    say!("Cycle {cycle}, revision {}:", report.revision);
    say!("  {:>6} agents assigned in the cycle", report.agents);
    say!("  {:>6} scored", report.scored);
    for (count, what) in [
        (report.on_hold, "on hold (a line waits for data)"),
        (report.insufficient, "without enough data for any line"),
        (report.exempt, "exempt (too few days or cases, or a decision with a reason)"),
        (report.without_card, "in posts that no scorecard measures"),
    ] {
        if count > 0 {
            say!("  {count:>6} {what}");
        }
    }
    let units = report.units;
    for (count, what) in [
        (units.scored, "units scored"),
        (units.on_hold, "units on hold (a line waits for data)"),
        (units.insufficient, "units without enough data for any line"),
    ] {
        if count > 0 {
            say!("  {count:>6} {what}");
        }
    }
    let ratings = report.ratings.iter().map(|(rating, count)| format!("{rating} {count}"));
    if !report.ratings.is_empty() {
        say!("  ratings: {}", ratings.collect::<Vec<_>>().join(", "));
    }
    for amount in &report.payable {
        say!("  payable: {amount}");
    }
    say!("  {:>6} improvement plans suggested", report.plans);
    say!("  snapshot {}\n  result   {}", report.snapshot_hash, report.result_hash);
}

pub(super) async fn replay(place: &Place, arguments: CycleArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let bar = progress::count("replaying");
    let report = app.replay(&arguments.cycle, &|agents| bar.set_position(agents)).await?;
    bar.finish_and_clear();
    if report.differences.is_empty() {
        say!("Cycle {}: {} recomputed, all the same to the byte.", arguments.cycle, recomputed(&report));
        say!("  snapshot {}\n  result   {}", report.snapshot_hash, report.result_hash);
        return Ok(ExitCode::SUCCESS);
    }
    for difference in &report.differences {
        say!("{difference}");
    }
    let shown = report.differences.len();
    say!(
        "Cycle {}: of {}, {} differ ({shown} differences shown).",
        arguments.cycle,
        recomputed(&report),
        report.differing
    );
    Ok(ExitCode::FAILURE)
}

/// `250 results of agents and 31 of units`.
fn recomputed(report: &ReplayReport) -> String {
    let whole = format!("{} results of agents and {} of units", report.agents, report.units);
    match report.revised {
        0 => whole,
        revised => format!("{whole}, and {revised} of appeals and corrections"),
    }
}
