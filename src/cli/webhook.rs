//! `merit webhook`: addresses of programs that are told what happened.

use std::process::ExitCode;

use clap::Subcommand;
use uuid::Uuid;

use super::notice::WebhookNetworks;
use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{App, WebhookEdit, WebhookOrder};
use crate::domain::secret::Secret;

#[derive(Subcommand)]
pub(super) enum WebhookAction {
    /// Make a webhook and print its secret, this once
    Add {
        /// Begins with https:// or http://
        url: String,
        /// What it is told of: results_published, pull_failed, source_overdue
        #[arg(long, value_delimiter = ',', required = true)]
        kinds: Vec<String>,
        #[command(flatten)]
        networks: WebhookNetworks,
    },
    /// List webhooks (never their secrets)
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Make another secret and print it, this once; the one before signs as well for a day
    Rotate {
        /// As 'merit webhook list' shows it
        id: Uuid,
    },
    /// Send nothing there for now
    Disable {
        /// As 'merit webhook list' shows it
        id: Uuid,
    },
    /// Let a disabled webhook work again
    Enable {
        /// As 'merit webhook list' shows it
        id: Uuid,
    },
    /// Remove a webhook
    Remove {
        /// As 'merit webhook list' shows it
        id: Uuid,
    },
}

pub(super) async fn run(place: &Place, action: WebhookAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        WebhookAction::Add { url, kinds, networks } => {
            let app = app.with_webhook_networks(networks.networks());
            let (webhook, secret) = app.create_webhook(WebhookOrder { url: &url, kinds: &kinds }).await?;
            say!("Webhook {} is made. Its secret, shown this once:", webhook.public_id);
            show(&secret);
        }
        WebhookAction::List { format } => list(&app, format).await?,
        WebhookAction::Rotate { id } => {
            let (_, secret) = app.rotate_webhook(id).await?;
            say!("The new secret of webhook {id}, shown this once; the one before signs as well for a day:");
            show(&secret);
        }
        WebhookAction::Disable { id } => {
            disable(&app, id, true).await?;
            say!("Webhook {id} is disabled; what waited for it is given up.");
        }
        WebhookAction::Enable { id } => {
            disable(&app, id, false).await?;
            say!("Webhook {id} works again.");
        }
        WebhookAction::Remove { id } => {
            app.remove_webhook(id).await?;
            say!("Webhook {id} is removed.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(secret: &Secret) {
    say!("{}", secret.expose());
}

async fn disable(app: &App, id: Uuid, disabled: bool) -> Result<(), CliError> {
    let webhook = app.shown_webhook(id).await?;
    let edit = WebhookEdit { disabled: Some(disabled), ..WebhookEdit::default() };
    app.change_webhook(id, webhook.version, edit).await?;
    Ok(())
}

async fn list(app: &App, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("id", "Webhook"),
        ("url", "Address"),
        ("kinds", "Told of"),
        ("failing_since", "Failing since"),
        ("disabled", "Disabled"),
    ]);
    for webhook in app.webhooks().await? {
        let kinds: Vec<&str> = webhook.kinds.iter().map(|kind| kind.as_str()).collect();
        let since = webhook.failing_since.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        table.row([
            webhook.public_id.to_string().into(),
            webhook.url.into(),
            kinds.join(" ").into(),
            since.into(),
            webhook.disabled_at.is_some().into(),
        ]);
    }
    table.print(format)
}
