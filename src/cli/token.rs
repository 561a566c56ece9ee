//! `merit token`: tokens for programs that read the API.

use std::process::ExitCode;

use chrono::Days;
use clap::Subcommand;
use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place};

#[derive(Subcommand)]
pub(super) enum TokenAction {
    /// Make a token and print it, this once
    Create {
        /// What it is for
        name: String,
        /// Days until it expires; it does not when left out
        #[arg(long)]
        days: Option<u32>,
    },
    /// List tokens (never their text)
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Make a token useless at once
    Revoke {
        /// Its name
        name: String,
    },
}

pub(super) async fn run(place: &Place, action: TokenAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        TokenAction::Create { name, days } => {
            let expires = days.and_then(|days| app.clock().now().checked_add_days(Days::new(days.into())));
            say!("{}", app.create_token(&name, expires).await?);
            eprintln!("Keep it now: only its hash is stored.");
        }
        TokenAction::List { format } => {
            let mut table = Table::new(&[
                ("name", "Name"),
                ("created_at", "Created"),
                ("expires_at", "Expires"),
                ("last_used_at", "Last used"),
                ("revoked_at", "Revoked"),
            ]);
            for token in app.tokens().await? {
                let time = |at: Option<chrono::DateTime<chrono::Utc>>| {
                    at.map_or(Value::Null, |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into())
                };
                table.row([
                    token.name.into(),
                    time(Some(token.created_at)),
                    time(token.expires_at),
                    time(token.last_used_at),
                    time(token.revoked_at),
                ]);
            }
            table.print(format)?;
        }
        TokenAction::Revoke { name } => {
            app.revoke_token(&name).await?;
            say!("Token '{name}' is revoked.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
