//! `merit serve`, `merit migrate`, `merit openapi`.

use std::process::ExitCode;

use super::output::{say, write};
use super::{CliError, Place};
use crate::api;
use crate::http::Listening;

#[derive(clap::Args)]
pub(super) struct ServeArguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "MERIT_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
}

pub(super) async fn run(place: &Place, arguments: ServeArguments) -> Result<ExitCode, CliError> {
    let app = place.open().await?;
    app.migrate().await?;
    let server = Listening::on(&arguments.listen).await?;
    say!("Merit answers on http://{}/ (stop it with Ctrl-C)", server.address);
    server.run(app, stop_signal()).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn migrate(place: &Place) -> Result<ExitCode, CliError> {
    match place.open().await?.migrate().await? {
        0 => say!("The database is up to date."),
        steps => say!("The database was brought up to date (migrations run: {steps})."),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn openapi() -> Result<ExitCode, CliError> {
    write(format_args!("{}", api::spec_yaml()));
    Ok(ExitCode::SUCCESS)
}

/// Done when the process is asked to stop: Ctrl-C, or SIGTERM from a service manager.
pub(super) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
