//! Whether the server lives, and whether it should be sent requests.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{IntoResponse as _, Request, Response, handler};
use serde_json::json;
use tokio::sync::watch;

use crate::api::Closing;
use crate::app::{App, Health};

/// Whether the server was asked to stop; data of every request.
#[derive(Debug, Clone, Default)]
pub(super) struct Draining(Arc<watch::Sender<bool>>);

impl Draining {
    pub(super) fn begin(&self) {
        self.0.send_replace(true);
    }

    fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// For answers that go on until something ends: they end when it begins.
    pub(super) fn closing(&self) -> Closing {
        Closing(self.0.subscribe())
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
