//! An API on loopback that answers by script, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Body, Endpoint, IntoResponse as _, Request, Response, Server};
use serde_json::Value;

/// One answer.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(Value),
    /// JSON with a `Link` header to the next page.
    Linked(Value, String),
    Text(&'static str),
    Status(u16, Vec<(&'static str, String)>),
    /// Half a body, then the connection is cut.
    Cut(&'static str),
}

/// What came: path with query, the sign-in, and when.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) api_key: Option<String>,
    pub(crate) at: Instant,
}

/// The server; it ends with the test's runtime.
pub(crate) struct Api {
    pub(crate) url: String,
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

struct Scripted {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Endpoint for Scripted {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let header = |name: &str| request.header(name).map(str::to_owned);
        self.asked.lock().unwrap().push(Asked {
            path: request.uri().to_string(),
            authorization: header("authorization"),
            api_key: header("x-api-key"),
            at: Instant::now(),
        });
        let answer = self.script.lock().unwrap().pop_front().unwrap_or(Answer::Status(410, vec![]));
        Ok(match answer {
            Answer::Json(page) => Response::builder().content_type("application/json").body(page.to_string()),
            Answer::Linked(page, next) => {
                Response::builder().header("link", format!("<{next}>; rel=\"next\"")).body(page.to_string())
            }
            Answer::Text(text) => text.into_response(),
            Answer::Status(status, headers) => {
                let mut response = Response::builder().status(status.try_into().unwrap());
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.finish()
            }
            Answer::Cut(half) => {
                let broken = [Ok(half), Err(std::io::Error::other("cut"))];
                Response::builder().body(Body::from_bytes_stream(futures::stream::iter(broken)))
            }
        })
    }
}

impl Api {
    pub(crate) async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let endpoint = Scripted { script: Arc::clone(&script), asked: Arc::clone(&asked) };
        tokio::spawn(Server::new_with_acceptor(acceptor).run(endpoint));
        Self { url: format!("http://{address}"), script, asked }
    }

    /// Further answers, after those that are left.
    pub(crate) fn then(&self, script: impl IntoIterator<Item = Answer>) {
        self.script.lock().unwrap().extend(script);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}
