//! Merit's own server on loopback, with a token.

use merit::app::{AccountKind, AccountOrder, App, GrantOrder, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use merit::http::{Listening, ServerOptions};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::sync::oneshot;

/// A client of real HTTP.
pub(crate) fn client() -> Client {
    // The first of a process installs it; later ones find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// A role, the code of its unit, and whether it is with pay.
pub(crate) type RoleFor<'a> = (Role, Option<&'a str>, bool);

/// The token of a new program with these roles.
pub(crate) async fn token_for(app: &App, login: &str, roles: &[RoleFor<'_>]) -> String {
    let order = AccountOrder { kind: AccountKind::Client, login, name: login, agent: None };
    let account = app.create_account(order).await.unwrap().account.public_id;
    for (role, unit, with_pay) in roles.iter().copied() {
        let (first_day, last_day) = (None, None);
        app.grant(GrantOrder { account, role, unit, with_pay, first_day, last_day }).await.unwrap();
    }
    app.create_token(TokenOrder { account, name: login, kind: TokenKind::Token, only: None, expires_at: None })
        .await
        .unwrap()
        .1
}

/// A server without an account of its own: its address, and what stops it when dropped.
pub(crate) async fn listen(app: &App) -> (String, oneshot::Sender<()>) {
    listen_with(app, ServerOptions::default()).await
}

pub(crate) async fn listen_with(app: &App, options: ServerOptions) -> (String, oneshot::Sender<()>) {
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let address = listening.address.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let app = app.clone();
    tokio::spawn(async move {
        listening
            .run(app, async {
                let _ = stopped.await;
            })
            .await
    });
    (address, stop)
}

/// A running server; it stops with the value.
pub(crate) struct Server {
    pub address: String,
    pub token: String,
    client: Client,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub(crate) async fn start(app: &App) -> Self {
        Self::with(app, ServerOptions::default()).await
    }

    pub(crate) async fn with(app: &App, options: ServerOptions) -> Self {
        let everything = [(Role::Hr, None, true), (Role::Auditor, None, true), (Role::Admin, None, true)];
        let token = token_for(app, "tests", &everything).await;
        let (address, stop) = listen_with(app, options).await;
        Self { address, token, client: client(), _stop: stop }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request without a token.
    pub(crate) async fn bare(&self, method: Method, path: &str) -> Response {
        self.request(method, path).send().await.unwrap()
    }

    pub(crate) async fn with_token(&self, token: &str, path: &str) -> Response {
        self.client.get(self.url(path)).bearer_auth(token).send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        json(self.with_token(&self.token, path).await).await
    }

    pub(crate) async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }
}

pub(crate) async fn json(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}
