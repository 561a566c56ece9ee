//! `merit check`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::say;
use super::{CliError, Place};
use crate::app;

#[derive(clap::Args)]
pub(super) struct CheckArguments {
    /// The folder of the rules; that of --rules when left out
    folder: Option<PathBuf>,
}

pub(super) async fn run(place: &Place, arguments: CheckArguments) -> Result<ExitCode, CliError> {
    let folder = arguments.folder.as_deref().unwrap_or(&place.rules);
    let report = app::check(folder).await?;
    for problem in &report.problems {
        say!("{problem}");
    }
    if report.errors > 0 {
        say!("{}: {} errors, {} warnings", folder.display(), report.errors, report.warnings);
        return Ok(ExitCode::FAILURE);
    }
    say!(
        "{}: {} metrics, {} scorecards, {} incentive plans, {} sources, {} calendars; {} worked examples hold; {} warnings",
        folder.display(),
        report.metrics,
        report.cards,
        report.plans,
        report.sources,
        report.calendars,
        report.examples,
        report.warnings
    );
    say!("ruleset {}", report.ruleset_hash);
    Ok(ExitCode::SUCCESS)
}
