//! `merit notice`: what people and programs are told, and whether it arrived.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use ipnet::IpNet;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::output::{Format, Table, say};
use super::sign_in::BaseUrl;
use super::{CliError, Place};
use crate::app::{App, Delivery, DeliveryOptions, MailOptions, Networks, NoticeRecord, Slice};
use crate::domain::notice::NoticeState;
use crate::domain::secret::Secret;

/// How long senders may take to end what is under way when the process is asked to stop.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Subcommand)]
pub(super) enum NoticeAction {
    /// Notices, newest first
    List {
        /// Only those that stand so
        #[arg(long, value_enum)]
        state: Option<StateName>,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// One notice: where it goes, how often it was tried, why it did not arrive
    Show {
        /// The notice's id
        id: Uuid,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Have a notice that waits, or was given up, tried at once
    Retry {
        /// The notice's id
        id: Uuid,
    },
    /// Send what is due now, once; 'merit serve' does it all the time
    Send {
        #[command(flatten)]
        sending: Sending,
        #[command(flatten)]
        base: BaseUrl,
    },
}

/// A state as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum StateName {
    Waiting,
    Sent,
    GivenUp,
}

impl From<StateName> for NoticeState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Waiting => Self::Waiting,
            StateName::Sent => Self::Sent,
            StateName::GivenUp => Self::GivenUp,
        }
    }
}

/// How notices leave.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Sending {
    /// The mail server: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required (STARTTLS) or smtp://HOST
    #[arg(long, env = "MERIT_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<Secret>,
    /// PEM file of the authority that signed the mail server's certificate, where the system does not know it
    #[arg(long, env = "MERIT_SMTP_CA")]
    smtp_ca: Option<PathBuf>,
    /// Whom mail is from, such as 'Merit <merit@example.com>'
    #[arg(long, env = "MERIT_MAIL_FROM")]
    mail_from: Option<String>,
    /// Seconds after which a sender that does not say how its attempt ended is taken for lost, and the notice is sent by another
    #[arg(long, env = "MERIT_NOTICE_LOST_SECONDS", default_value_t = DeliveryOptions::HOLD.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    notice_lost_seconds: u64,
    #[command(flatten)]
    networks: WebhookNetworks,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct WebhookNetworks {
    /// A network of one's own (such as 10.1.0.0/16) that webhooks may reach; repeat it, or use commas
    #[arg(long = "webhook-network", env = "MERIT_WEBHOOK_NETWORKS", value_delimiter = ',')]
    webhook_networks: Vec<IpNet>,
}

impl WebhookNetworks {
    pub(super) fn networks(&self) -> Networks {
        Networks::new(self.webhook_networks.clone())
    }
}

/// Senders of this process.
pub(super) struct Senders {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sending {
    pub(super) fn networks(&self) -> Networks {
        self.networks.networks()
    }

    pub(super) fn delivery(&self, base: &BaseUrl) -> Result<Delivery, CliError> {
        // The environment may hold empty values.
        let url = self.smtp_url.clone().filter(|url| !url.expose().is_empty());
        let from = self.mail_from.clone().filter(|from| !from.is_empty());
        let ca = self.smtp_ca.clone().filter(|ca| !ca.as_os_str().is_empty());
        let mail = match (url, from) {
            (Some(url), Some(from)) => Some(MailOptions { url, from, ca }),
            (Some(_), None) => {
                return Err(CliError::new("MERIT_SMTP_URL needs MERIT_MAIL_FROM: say whom mail is from"));
            }
            (None, _) => None,
        };
        let held_for = Duration::from_secs(self.notice_lost_seconds);
        let options = DeliveryOptions { mail, base_url: base.base_url.clone(), networks: self.networks(), held_for };
        Ok(Delivery::new(&options)?)
    }
}

impl Senders {
    pub(super) fn begin(app: &App, delivery: Delivery) -> Self {
        if !delivery.has_mail() {
            tracing::info!("there is no mail server (MERIT_SMTP_URL): e-mail waits");
        }
        let (stop, stopped) = watch::channel(false);
        let app = app.clone();
        Self { stop, task: tokio::spawn(async move { app.deliver(&delivery, stopped).await }) }
    }

    /// Asks them to stop.
    pub(super) fn tell(&self) {
        self.stop.send_replace(true);
    }

    /// Waits for them to end what is under way.
    pub(super) async fn end(self) {
        self.tell();
        if tokio::time::timeout(PATIENCE, self.task).await.is_err() {
            tracing::warn!(
                "a notice under way did not arrive in time; it is sent again when its sender is taken for lost"
            );
        }
    }
}

pub(super) async fn run(place: &Place, action: NoticeAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        NoticeAction::List { state, format } => list(&app, state.map(Into::into), format).await?,
        NoticeAction::Show { id, format } => {
            let mut table = Table::new(&COLUMNS);
            table.row(cells(app.shown_notice(id).await?));
            table.print(format)?;
        }
        NoticeAction::Retry { id } => {
            app.retry_notice(id).await?;
            say!("Notice {id} is tried again.");
        }
        NoticeAction::Send { sending, base } => {
            let delivery = sending.delivery(&base)?;
            if !delivery.has_mail() {
                say!("There is no mail server (MERIT_SMTP_URL): e-mail waits.");
            }
            let delivered = app.deliver_due(&delivery).await?;
            say!("Sent {}, to be tried again {}, given up {}.", delivered.sent, delivered.again, delivered.given_up);
        }
    }
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [(&str, &str); 10] = [
    ("id", "Notice"),
    ("kind", "Kind"),
    ("about", "About"),
    ("channel", "By"),
    ("login", "For"),
    ("address", "To"),
    ("state", "State"),
    ("attempts", "Attempts"),
    ("created_at", "Written"),
    ("last_problem", "Problem"),
];

fn cells(notice: NoticeRecord) -> Vec<serde_json::Value> {
    vec![
        notice.public_id.to_string().into(),
        notice.kind.as_str().into(),
        notice.about.into(),
        notice.channel.as_str().into(),
        notice.login.into(),
        notice.address.into(),
        notice.state.as_str().into(),
        notice.attempts.into(),
        notice.created_at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
        notice.last_problem.into(),
    ]
}

async fn list(app: &App, state: Option<NoticeState>, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&COLUMNS);
    let (notices, _) = app.notices(&Slice::first(), state).await?;
    notices.into_iter().for_each(|notice| table.row(cells(notice)));
    table.print(format)
}
