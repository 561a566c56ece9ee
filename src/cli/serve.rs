//! `merit serve`, `merit migrate`, `merit openapi`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::watch;

use super::job::Working;
use super::notice::{Senders, Sending};
use super::output::{say, write};
use super::sign_in::BaseUrl;
use super::upkeep::Keeping;
use super::{CliError, Place};
use crate::api;
use crate::app::{App, read_providers};
use crate::http::{Listening, MetricsListening, Rate, ServerOptions, Tls, TlsFiles};

#[derive(clap::Args)]
pub(super) struct ServeArguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "MERIT_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// PEM file of a certificate with its chain; HTTPS only, then. Read again on SIGHUP
    #[arg(long, env = "MERIT_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file of the certificate's key
    #[arg(long, env = "MERIT_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Bytes a request's body may have
    #[arg(long, env = "MERIT_MAX_BODY", default_value_t = 1 << 20)]
    max_body: u64,
    /// Connections at once; whoever comes beyond them waits until another has ended
    #[arg(long, env = "MERIT_MAX_CONNECTIONS", default_value_t = ServerOptions::CONNECTIONS, value_parser = at_least_one)]
    max_connections: usize,
    /// Seconds a request may take until its answer begins
    #[arg(long, env = "MERIT_REQUEST_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    request_seconds: u64,
    /// Requests a second of one account, or of one address before its account is known; 0 for no limit
    #[arg(long, env = "MERIT_RATE_LIMIT", default_value_t = 100)]
    rate_limit: u32,
    /// Requests of one account or address at once, after a pause
    #[arg(long, env = "MERIT_RATE_BURST", default_value_t = 1000)]
    rate_burst: u32,
    /// A proxy (address or network, such as 10.0.0.0/8) whose X-Forwarded-For and -Proto count; repeat it, or use commas
    #[arg(long = "trusted-proxy", env = "MERIT_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// Address that shows figures for Prometheus at /metrics, without a token; nothing else is there
    #[arg(long, env = "MERIT_METRICS_LISTEN")]
    metrics_listen: Option<String>,
    /// Send spans to this OpenTelemetry collector (OTLP over HTTP), such as http://localhost:4318
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
    /// Seconds to go on accepting requests after being asked to stop, while /health/ready says no
    #[arg(long, env = "MERIT_DRAIN_SECONDS", default_value_t = 0)]
    drain_seconds: u64,
    /// File that names the providers of OpenID Connect at which people may sign in
    #[arg(long, env = "MERIT_OIDC")]
    oidc_config: Option<PathBuf>,
    #[command(flatten)]
    work: Working,
    #[command(flatten)]
    keeping: Keeping,
    #[command(flatten)]
    sending: Sending,
    #[command(flatten)]
    base: BaseUrl,
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>().or_else(|_| address()).map_err(|_| "give an address or a network, such as 10.0.0.0/8".into())
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "give a whole number from 1 on".into())
}

impl ServeArguments {
    pub(super) fn collector(&self) -> Option<&str> {
        self.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty())
    }

    fn options(&self) -> ServerOptions {
        let tls = self.tls_cert.clone().zip(self.tls_key.clone());
        let rate = NonZeroU32::new(self.rate_limit);
        ServerOptions {
            most_body_bytes: self.max_body,
            most_connections: self.max_connections,
            request_time: Duration::from_secs(self.request_seconds),
            rate: rate
                .map(|per_second| Rate { per_second, burst: NonZeroU32::new(self.rate_burst).unwrap_or(per_second) }),
            trusted_proxies: self.trusted_proxies.clone(),
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
            drain: Duration::from_secs(self.drain_seconds),
            ..ServerOptions::default()
        }
    }
}

pub(super) async fn run(place: &Place, arguments: ServeArguments) -> Result<ExitCode, CliError> {
    let app = with_providers(place.open().await?, &arguments)?.with_rules_folder(&place.rules);
    let app = app.with_settings(place.settings.clone());
    let app = app.with_webhook_networks(arguments.sending.networks());
    let delivery = arguments.sending.delivery(&arguments.base)?;
    app.migrate().await?;
    for (provider, unit) in app.unknown_units_of_providers().await? {
        say!("{provider}: unit '{unit}' is not on the roster; until it is, claims grant nothing for it");
    }
    let server = Listening::with(&arguments.listen, arguments.options()).await?;
    let (end, ended) = watch::channel(false);
    let figures = match &arguments.metrics_listen {
        None => None,
        Some(address) => {
            let metrics = MetricsListening::on(address).await?;
            say!("Figures for Prometheus are on http://{}/metrics", metrics.address);
            let (app, mut ended) = (app.clone(), ended);
            Some(tokio::spawn(async move {
                // Until the very end, so that the last requests are still counted.
                let ended = async move {
                    let _ = ended.wait_for(|ended| *ended).await;
                };
                metrics.run(app, ended).await;
            }))
        }
    };
    if let Some(tls) = server.tls() {
        reread_on_hangup(tls);
    }
    let stop = stop_signal();
    say!("Merit answers on {}://{}/ (stop it with Ctrl-C)", server.scheme(), server.address);
    let workers =
        arguments.work.begin(&app, &place.rules).with_schedules(&app).with_upkeep(&app, arguments.keeping.retention());
    let senders = Senders::begin(&app, delivery);
    let asked_to_stop = async {
        stop.await;
        workers.tell();
        senders.tell();
    };
    server.run(app, asked_to_stop).await?;
    workers.end().await;
    senders.end().await;
    end.send_replace(true);
    if let Some(figures) = figures {
        let _ = figures.await;
    }
    Ok(ExitCode::SUCCESS)
}

fn with_providers(app: App, arguments: &ServeArguments) -> Result<App, CliError> {
    let Some(file) = arguments.oidc_config.as_deref().filter(|file| !file.as_os_str().is_empty()) else {
        return Ok(app);
    };
    let environment = |name: &str| std::env::var(name).ok();
    let providers = read_providers(file, &arguments.base.base_url, &environment).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        CliError::new(lines.join("\n"))
    })?;
    for provider in providers.iter() {
        say!("People may sign in at {}; answers come to {}", provider.issuer(), provider.returns_to());
    }
    Ok(app.with_providers(providers))
}

/// Whoever renews certificates sends SIGHUP afterwards.
fn reread_on_hangup(tls: Tls) {
    #[cfg(unix)]
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        while hangup.recv().await.is_some() {
            match tls.reread() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the certificate in use stays"),
            }
        }
    });
    #[cfg(not(unix))]
    drop(tls);
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

/// Done when the process is asked to stop: Ctrl-C, or SIGTERM from a service manager. Both are heeded from the call on, not only once it is
/// waited for.
pub(super) fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate()).and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)))
    };
    async move {
        #[cfg(unix)]
        if let Ok((mut terminate, mut interrupt)) = signals {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
