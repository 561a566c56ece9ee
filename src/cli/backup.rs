//! `merit backup`, `merit restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::say;
use super::{CliError, Place};
use crate::app;

#[derive(clap::Args)]
pub(super) struct BackupArguments {
    /// The new file; one that is there is never overwritten
    file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct RestoreArguments {
    /// A file made by 'merit backup'
    file: PathBuf,
    /// Replace the database that is there now; it is lost
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(place: &Place, arguments: BackupArguments) -> Result<ExitCode, CliError> {
    let file = arguments.file;
    let copy = place.open_current().await?.backup(place.database.expose(), &file).await?;
    say!("{}: {} bytes, sha256 {}, examined and sound.", file.display(), copy.bytes, copy.sha256);
    say!("Put it in a database's place with: merit restore {}", file.display());
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(place: &Place, arguments: RestoreArguments) -> Result<ExitCode, CliError> {
    let RestoreArguments { file, replace } = arguments;
    let copy = app::restore(place.database.expose(), &file, replace).await?;
    say!("The database is {} now: {} bytes, sha256 {}, examined and sound.", file.display(), copy.bytes, copy.sha256);
    if copy.behind {
        say!("It was made by an older Merit: run 'merit migrate' before anything else.");
    }
    Ok(ExitCode::SUCCESS)
}
