//! The sample company's quality system: a real HTTP server on loopback that answers inspections page by page.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpAcceptor, TcpListener};
use poem::web::headers::authorization::Bearer;
use poem::web::{Data, Json, Query, TypedHeader, headers::Authorization};
use poem::{EndpointExt as _, Route, Server, get, handler};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::cli::CliError;

const PAGE: usize = 1000;

/// The running server; it ends with this value.
pub(super) struct QualitySystem {
    pub address: String,
    pub token: String,
    task: JoinHandle<()>,
}

struct Inspections {
    records: Vec<Value>,
    token: String,
}

impl QualitySystem {
    /// Serves `records` on a free port of this machine.
    pub(super) async fn start(records: Vec<Value>, token: String) -> Result<Self, CliError> {
        let acceptor: TcpAcceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
        let port = acceptor.local_addr().first().and_then(|address| address.as_socket_addr().map(|at| at.port()));
        let port = port.ok_or_else(|| CliError::new("the sample's quality system found no free port on 127.0.0.1"))?;
        let data = Arc::new(Inspections { records, token: token.clone() });
        let routes = Route::new().at("/inspections", get(inspections)).data(data);
        let task = tokio::spawn(async move {
            if let Err(error) = Server::new_with_acceptor(acceptor).run(routes).await {
                tracing::error!(%error, "the sample's quality system stopped");
            }
        });
        Ok(Self { address: format!("http://127.0.0.1:{port}"), token, task })
    }
}

impl Drop for QualitySystem {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Deserialize)]
struct Page {
    /// How many records were read before.
    #[serde(default)]
    cursor: usize,
}

#[handler]
async fn inspections(
    data: Data<&Arc<Inspections>>,
    Query(page): Query<Page>,
    TypedHeader(token): TypedHeader<Authorization<Bearer>>,
) -> poem::Result<Json<Value>> {
    if token.token() != data.token {
        return Err(poem::Error::from_status(StatusCode::UNAUTHORIZED));
    }
    let items: Vec<&Value> = data.records.iter().skip(page.cursor).take(PAGE).collect();
    let read = page.cursor + items.len();
    let next = (read < data.records.len()).then(|| read.to_string());
    Ok(Json(json!({ "items": items, "next": next })))
}
