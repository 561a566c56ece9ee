//! The log on standard error, as text or JSON, and spans for an OpenTelemetry collector when one is named.

use async_trait::async_trait;
use bytes::Bytes;
use clap::ValueEnum;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::CliError;

/// Where below a collector's address spans are sent.
const TRACES: &str = "v1/traces";

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// For programs: a JSON object a line.
    Json,
}

/// What is to be told, and to whom.
pub(super) struct Order<'a> {
    pub format: LogFormat,
    /// What is told when `RUST_LOG` does not say.
    pub default_filter: &'static str,
    /// A collector's address; spans below it go to /v1/traces.
    pub collector: Option<&'a str>,
}

/// Spans on their way to the collector; sent before the program ends.
pub(super) struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Starts the log; `runtime` carries what is sent to the collector.
    pub(super) fn start(order: &Order<'_>, runtime: &Handle) -> Result<Self, CliError> {
        let filter = || EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(order.default_filter));
        let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let log = match order.format {
            LogFormat::Text => layer.with_filter(filter()).boxed(),
            LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).with_filter(filter()).boxed(),
        };
        let provider = order.collector.map(|collector| provider(collector, runtime)).transpose()?;
        // Only Merit's own spans: those of its libraries, the exporter's client among them, say nothing about its work.
        let spans = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("merit"))
                .with_filter(EnvFilter::new("off,merit=info"))
        });
        tracing_subscriber::registry().with(spans).with(log).init();
        Ok(Self(provider))
    }

    /// Sends what has not been sent; blocks, for the collector's time at most.
    pub(super) fn end(self) {
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last spans could not be sent to the collector");
        }
    }
}

fn provider(collector: &str, runtime: &Handle) -> Result<SdkTracerProvider, CliError> {
    let refuse = |problem: String| {
        CliError::new(format!(
            "--otlp-endpoint: {problem}; give the collector's address, such as http://localhost:4318"
        ))
    };
    // The first of a process installs it; later ones find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().map_err(|error| refuse(error.to_string()))?;
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(OnRuntime { client, runtime: runtime.clone() })
        .with_endpoint(format!("{}/{TRACES}", collector.trim_end_matches('/')))
        .build()
        .map_err(|error| refuse(error.to_string()))?;
    let resource = Resource::builder().with_service_name("merit").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// The exporter works on a thread of its own that no runtime drives, where the client alone would panic; so its requests
/// are carried out by the program's runtime.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let answer = client.execute(request.try_into()?).await?;
            let mut response = Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                headers.clone_from(answer.headers());
            }
            Ok::<_, HttpError>(response.body(answer.bytes().await?)?)
        });
        sent.await?
    }
}
