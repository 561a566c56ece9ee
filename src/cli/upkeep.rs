//! `merit upkeep`: what ended long ago is cleared away.

use std::process::ExitCode;

use super::output::say;
use super::{CliError, Place};
use crate::app::{Cleared, Retention};

/// How long things are kept once they have ended.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Keeping {
    /// Days for which ended jobs, and notices that were sent or given up, are kept; the audit log stays
    #[arg(long = "keep-days", env = "MERIT_KEEP_DAYS", default_value_t = Retention::USUAL.days, value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,
    /// Days for which the files of exports are kept
    #[arg(long = "keep-file-days", env = "MERIT_KEEP_FILE_DAYS", default_value_t = Retention::USUAL.file_days, value_parser = clap::value_parser!(u32).range(1..))]
    file_days: u32,
}

impl Keeping {
    pub(super) fn retention(self) -> Retention {
        Retention { days: self.days, file_days: self.file_days }
    }
}

pub(super) async fn run(place: &Place, keeping: Keeping) -> Result<ExitCode, CliError> {
    let Cleared { jobs, notices, files, uploads } = place.open_current().await?.clear_away(keeping.retention()).await?;
    say!("Cleared away: {jobs} jobs, {notices} notices, {files} files of exports, {uploads} uploaded files.");
    Ok(ExitCode::SUCCESS)
}
