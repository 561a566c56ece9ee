//! The server: pages, API, docs and health on one address.

use std::time::Duration;

use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpAcceptor, TcpListener};
use poem::middleware::CatchPanic;
use poem::web::{Data, Json};
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Route, Server, get, handler};
use serde_json::json;

use super::allowed::Allowed;
use super::idempotency::Idempotency;
use super::middleware::Outermost;
use super::problem;
use crate::api;
use crate::app::{Actor, App, Health};
use crate::web;

/// How long requests under way may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot listen on {address}: {source}; choose another with --listen HOST:PORT")]
    Listen { address: String, source: std::io::Error },
    #[error("the server stopped: {0}")]
    Stopped(#[from] std::io::Error),
}

/// A server that has its address and is about to run.
pub struct Listening {
    acceptor: TcpAcceptor,
    /// The address it listens on, with the port the system chose when none was asked for.
    pub address: String,
}

impl Listening {
    pub async fn on(address: &str) -> Result<Self, ServerError> {
        let bound = TcpListener::bind(address.to_owned()).into_acceptor().await;
        let acceptor = bound.map_err(|source| ServerError::Listen { address: address.to_owned(), source })?;
        let bound = acceptor.local_addr().first().map(ToString::to_string);
        let address =
            bound.map_or_else(|| address.to_owned(), |bound| bound.trim_start_matches("socket://").to_owned());
        Ok(Self { acceptor, address })
    }

    /// Answers until `stop` is done, then lets requests under way end.
    pub async fn run(self, app: App, stop: impl Future<Output = ()>) -> Result<(), ServerError> {
        Server::new_with_acceptor(self.acceptor).run_with_graceful_shutdown(routes(app), stop, Some(GRACE)).await?;
        Ok(())
    }
}

/// Everything this server answers.
pub fn routes(app: App) -> impl Endpoint<Output = Response> {
    let clock = app.clock();
    // Nobody, until a token or a session says who.
    let nobody = app.acting_as(Actor::nobody());
    let service = api::service();
    let allowed = Allowed::of(&service.spec());
    let panicked = CatchPanic::new().with_handler(|_| problem::problem(StatusCode::INTERNAL_SERVER_ERROR, ""));
    Route::new()
        .nest("/docs", service.swagger_ui())
        .at("/api/v1/openapi.yaml", service.spec_endpoint_yaml())
        .at("/health/live", get(live))
        .at("/health/ready", get(ready))
        .nest("/api/v1", service.with(Idempotency { app: nobody.clone() }).with(allowed))
        .nest("/", web::routes())
        .data(nobody)
        .with(panicked)
        .with(Outermost { clock })
}

/// The process answers.
#[handler]
fn live() -> Json<serde_json::Value> {
    Json(json!({ "status": "live" }))
}

/// The database answers and has this version's schema.
#[handler]
async fn ready(app: Data<&App>) -> Response {
    let (status, state) = match app.health().await {
        Health::Ready => (StatusCode::OK, "ready"),
        Health::Behind => (StatusCode::SERVICE_UNAVAILABLE, "the database needs 'merit migrate'"),
        Health::Ahead => (StatusCode::SERVICE_UNAVAILABLE, "the database belongs to a newer version of Merit"),
        Health::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached"),
    };
    Json(json!({ "status": state })).with_status(status).into_response()
}
