//! Figures for Prometheus: kept from the start when asked for, shown on an address of their own.

use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use poem::http::header;
use poem::middleware::AddData;
use poem::web::Data;
use poem::{EndpointExt as _, Response, Route, get, handler};
use tokio::net::TcpListener;

use super::server::{Accepting, ServerError, answer, bind};
use crate::app::App;

/// Upper ends, in seconds: from a read by index to the longest a request may take, and pulls and appraisals beyond that.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0];
/// How often figures are put in order while nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(2);
/// Far more than there are who collect figures.
const MOST_CONNECTIONS: usize = 64;

/// The process has one set of figures, whoever asks.
static KEPT: RwLock<Option<PrometheusHandle>> = RwLock::new(None);
static VERSION: OnceLock<()> = OnceLock::new();

/// Begins to keep figures; they are kept once a process.
fn keep() -> Result<PrometheusHandle, ServerError> {
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = kept.as_ref() {
        return Ok(handle.clone());
    }
    let failed = |error: String| ServerError::Metrics(error);
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS).map_err(|error| failed(error.to_string()))?;
    let handle = builder.install_recorder().map_err(|error| failed(error.to_string()))?;
    VERSION.get_or_init(|| {
        gauge!("merit_build_info", "version" => env!("CARGO_PKG_VERSION"), "engine" => crate::app::ENGINE_VERSION)
            .set(1);
    });
    *kept = Some(handle.clone());
    Ok(handle)
}

/// A request that is being answered.
pub(super) struct UnderWay;

impl UnderWay {
    pub(super) fn begin() -> Self {
        gauge!("http_requests_in_flight").increment(1);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        gauge!("http_requests_in_flight").decrement(1);
    }
}

pub(super) fn answered(method: &'static str, route: &str, status: u16, taken: Duration) {
    let route = route.to_owned();
    histogram!("http_request_duration_seconds", "method" => method, "route" => route.clone()).record(taken);
    counter!("http_requests_total", "method" => method, "route" => route, "status" => status.to_string()).increment(1);
}

/// An address that shows the figures at `/metrics`, and nothing else.
pub struct MetricsListening {
    listener: TcpListener,
    figures: PrometheusHandle,
    pub address: String,
}

impl MetricsListening {
    pub async fn on(address: &str) -> Result<Self, ServerError> {
        let (listener, address) = bind(address, "metrics-listen").await?;
        Ok(Self { listener, figures: keep()?, address })
    }

    pub async fn run(self, app: App, stop: impl Future<Output = ()>) {
        let Self { listener, figures, address: _ } = self;
        let kept = figures.clone();
        let upkeep = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                kept.run_upkeep();
            }
        });
        let routes = Route::new().at("/metrics", get(show)).with(AddData::new(figures)).with(AddData::new(app));
        answer(
            Accepting { listener, tls: None, head_time: PATIENCE, patience: PATIENCE, most: MOST_CONNECTIONS },
            routes.map_to_response(),
            stop,
        )
        .await;
        upkeep.abort();
    }
}

#[handler]
fn show(figures: Data<&PrometheusHandle>, app: Data<&App>) -> Response {
    for pool in app.pools() {
        let set = |state, connections: u32| {
            gauge!("database_connections", "pool" => pool.name, "state" => state).set(connections);
        };
        set("idle", pool.idle);
        set("used", pool.open.saturating_sub(pool.idle));
    }
    Response::builder().header(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8").body(figures.render())
}
