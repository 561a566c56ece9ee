//! The server: pages, API, docs and health on one address.

use std::sync::Arc;
use std::time::Duration;

use poem::http::StatusCode;
use poem::http::uri::Scheme;
use poem::middleware::CatchPanic;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, EndpointExt as _, Response, Route, get};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::allowed::Allowed;
use super::connection::{self, Ends};
use super::health::{Draining, live, ready};
use super::idempotency::Idempotency;
use super::manners::Manners;
use super::nul::NoNul;
use super::options::ServerOptions;
use super::problem;
use super::tls::Tls;
use crate::api;
use crate::app::{Actor, App, Clock};
use crate::web;

/// How much longer than one request's own time requests under way may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);
/// Pause after the system refused a connection, such as for want of file handles.
const BREATH: Duration = Duration::from_millis(50);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot listen on {address}: {source}; choose another with --{option} HOST:PORT")]
    Listen { address: String, option: &'static str, source: std::io::Error },
    #[error("{file} cannot be used for secure connections: {problem}; {mend}")]
    Tls { file: String, problem: String, mend: &'static str },
    #[error("metrics cannot be kept: {0}")]
    Metrics(String),
}

/// A server that has its address and is about to run.
pub struct Listening {
    listener: TcpListener,
    options: ServerOptions,
    tls: Option<Tls>,
    /// The address it listens on, with the port the system chose when none was asked for.
    pub address: String,
}

impl Listening {
    /// With the usual manners.
    pub async fn on(address: &str) -> Result<Self, ServerError> {
        Self::with(address, ServerOptions::default()).await
    }

    pub async fn with(address: &str, options: ServerOptions) -> Result<Self, ServerError> {
        let tls = options.tls.clone().map(Tls::read).transpose()?;
        let (listener, address) = bind(address, "listen").await?;
        Ok(Self { listener, options, tls, address })
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// The certificate in use, to have it read again.
    pub fn tls(&self) -> Option<Tls> {
        self.tls.clone()
    }

    /// Answers until `stop` is done, then lets requests under way end.
    pub async fn run(self, app: App, stop: impl Future<Output = ()>) -> Result<(), ServerError> {
        let clock = app.clock();
        self.serve(routes(app), clock, stop).await
    }

    /// The same for any endpoint.
    pub async fn serve(
        self,
        endpoint: impl Endpoint + 'static,
        clock: Clock,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServerError> {
        let Self { listener, options, tls, address: _ } = self;
        let draining = Draining::default();
        let told = draining.clone();
        let drain = options.drain;
        let stop = async move {
            stop.await;
            told.begin();
            tracing::info!(drain_seconds = drain.as_secs(), "asked to stop");
            tokio::time::sleep(drain).await;
        };
        let (head_time, patience) = (options.head_time, options.request_time + GRACE);
        let most = options.most_connections;
        let endpoint = endpoint.with(Manners::new(clock, options, draining));
        answer(Accepting { listener, tls, head_time, patience, most }, endpoint, stop).await;
        Ok(())
    }
}

/// How connections are accepted.
pub(super) struct Accepting {
    pub listener: TcpListener,
    pub tls: Option<Tls>,
    pub head_time: Duration,
    /// How long connections may take to end.
    pub patience: Duration,
    /// Connections at once.
    pub most: usize,
}

pub(super) async fn bind(address: &str, option: &'static str) -> Result<(TcpListener, String), ServerError> {
    let refused = |source| ServerError::Listen { address: address.to_owned(), option, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound.to_string()))
}

/// Accepts and answers until `stop` is done; then nobody new comes in, and whoever is inside may finish.
pub(super) async fn answer<E: Endpoint + 'static>(accepting: Accepting, endpoint: E, stop: impl Future<Output = ()>) {
    let Accepting { listener, tls, head_time, patience, most } = accepting;
    let mut full = false;
    let endpoint = Arc::new(endpoint);
    let (stopping, told) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Whoever comes now waits with the system, in the order of coming: turning them away would only make them come again. Silent connections
        // end after the time for a head, so that there is always room again.
        if !full && connections.len() >= most {
            tracing::warn!(most, "as many connections are open as may be: others wait until one ends");
        }
        full = connections.len() >= most;
        tokio::select! {
            () = stop.as_mut() => break,
            Some(ended) = connections.join_next() => note_panic(ended),
            accepted = listener.accept(), if !full => match accepted {
                Ok((stream, remote)) => {
                    let (endpoint, tls, told) = (endpoint.clone(), tls.clone(), told.clone());
                    connections.spawn(async move {
                        let local = stream.local_addr().map_or_else(|_| LocalAddr::default(), |at| LocalAddr(Addr::SocketAddr(at)));
                        let remote = RemoteAddr(Addr::SocketAddr(remote));
                        welcome(stream, tls, (local, remote), endpoint, head_time, told).await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let ended = tokio::time::timeout(patience, async {
        while let Some(ended) = connections.join_next().await {
            note_panic(ended);
        }
    });
    if ended.await.is_err() {
        tracing::warn!(connections = connections.len(), "requests under way did not end in time and are broken off");
    }
}

async fn welcome<E: Endpoint + 'static>(
    stream: TcpStream,
    tls: Option<Tls>,
    (local, remote): (LocalAddr, RemoteAddr),
    endpoint: Arc<E>,
    head_time: Duration,
    told: watch::Receiver<bool>,
) {
    // Answers are small and written whole; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return connection::serve(stream, Ends { local, remote, scheme: Scheme::HTTP }, endpoint, head_time, told)
            .await;
    };
    if let Ok(Ok(stream)) = tokio::time::timeout(head_time, tls.acceptor().accept(stream)).await {
        connection::serve(stream, Ends { local, remote, scheme: Scheme::HTTPS }, endpoint, head_time, told).await;
    }
}

fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection ended by a fault of the program");
    }
}

/// Everything this server answers.
pub fn routes(app: App) -> impl Endpoint<Output = Response> {
    // Nobody, until a token or a session says who.
    let nobody = app.acting_as(Actor::nobody());
    let service = api::service();
    let allowed = Allowed::of(&service.spec());
    let panicked = CatchPanic::new().with_handler(|_| problem::problem(StatusCode::INTERNAL_SERVER_ERROR, ""));
    Route::new()
        .nest("/docs", service.swagger_ui())
        .at("/api/v1/openapi.yaml", get(service.spec_endpoint_yaml()))
        .at("/health/live", get(live))
        .at("/health/ready", get(ready))
        .nest("/api/v1", service.with(Idempotency { app: nobody.clone() }).with(allowed))
        .nest("/", web::routes())
        .data(nobody)
        .with(NoNul)
        .with(panicked)
}
