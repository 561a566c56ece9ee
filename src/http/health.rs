//! Whether the server lives, and whether it should be sent requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse as _, Request, Response, handler};
use serde_json::json;

use crate::app::{App, Health};

/// Whether the server was asked to stop; data of every request.
#[derive(Debug, Clone, Default)]
pub(super) struct Draining(Arc<AtomicBool>);

impl Draining {
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The process answers; the database does not matter.
#[handler]
pub(super) fn live() -> Json<serde_json::Value> {
    Json(json!({ "status": "live" }))
}

/// The database answers and has this version's schema, and the server is not about to stop.
#[handler]
pub(super) async fn ready(request: &Request, app: Data<&App>) -> Response {
    let (status, state) = if request.data::<Draining>().is_some_and(Draining::has_begun) {
        (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping")
    } else {
        match app.health().await {
            Health::Ready => (StatusCode::OK, "ready"),
            Health::Behind => (StatusCode::SERVICE_UNAVAILABLE, "the database needs 'merit migrate'"),
            Health::Ahead => (StatusCode::SERVICE_UNAVAILABLE, "the database belongs to a newer version of Merit"),
            Health::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached"),
        }
    };
    Json(json!({ "status": state })).with_status(status).into_response()
}
