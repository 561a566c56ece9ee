//! Every error is a problem with a stable code; nothing but health, docs and the first page answers without a token.

use chrono::Days;
use merit::app::{AccountChange, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::support::company::Company;
use crate::support::server::{Server, client, token_for};
use crate::support::spec::{Operation, operations};

async fn problem(response: Response, status: u16, code: &str) -> Value {
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/problem+json"), "{kind}");
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(response.status().as_u16(), status);
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((body["code"].as_str(), body["status"].as_u64()), (Some(code), Some(status.into())), "{body}");
    assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty());
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_answers_without_a_valid_token() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let account = app.account_named("tests").await.unwrap().account.public_id;
    let yesterday = app.clock().now().checked_sub_days(Days::new(1));
    let order = |expires_at| TokenOrder { account, name: "tests", kind: TokenKind::Token, only: None, expires_at };
    let (_, expired) = app.create_token(order(yesterday)).await.unwrap();
    let (token, revoked) = app.create_token(order(None)).await.unwrap();
    app.revoke_token(token.public_id).await.unwrap();
    let disabled = token_for(&app, "disabled", &[(Role::Auditor, None, true)]).await;
    let account = app.account_named("disabled").await.unwrap().account;
    let change = AccountChange { name: None, disabled: Some(true) };
    app.change_account(account.public_id, account.version, change).await.unwrap();
    // Programs exchange their secret without a token.
    for Operation { method, path, .. } in operations().into_iter().filter(|operation| operation.id != "exchange_secret")
    {
        let path = format!("/api/v1{}", path.replace(['{', '}'], ""));
        problem(server.bare(method.clone(), &path).await, 401, "unauthorized").await;
        for token in ["nonsense", &expired, &revoked, &disabled] {
            let request = server.request(method.clone(), &path).bearer_auth(token);
            problem(request.send().await.unwrap(), 401, "unauthorized").await;
        }
    }
    for open in
        ["/", "/problems", "/docs", "/api/v1/openapi.yaml", "/health/live", "/health/ready", "/assets/merit.css"]
    {
        assert_eq!(server.bare(Method::GET, open).await.status(), StatusCode::OK, "{open}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_name_what_is_wrong() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let get = |path: &'static str| server.with_token(&server.token, path);
    let body = problem(get("/api/v1/cycles/2030-Q1").await, 404, "not_found").await;
    assert!(body["detail"].as_str().unwrap().contains("'2030-Q1'"), "{body}");
    problem(get("/api/v1/nothing").await, 404, "not_found").await;
    problem(get("/nothing").await, 404, "not_found").await;
    problem(get("/api/v1/pulls/not-an-id").await, 404, "not_found").await;
    for path in ["/api/v1/agents?limit=0", "/api/v1/agents?limit=501"] {
        let body = problem(get(path).await, 400, "invalid_request").await;
        assert!(body["detail"].as_str().unwrap().contains("between 1 and 500"), "{body}");
    }
    problem(get("/api/v1/agents?limit=many").await, 400, "invalid_request").await;
    let body = problem(get("/api/v1/agents?cursor=%C3%A9").await, 400, "invalid_request").await;
    assert!(body["detail"].as_str().unwrap().starts_with("cursor: "), "{body}");
    problem(server.bare(Method::POST, "/api/v1/agents").await, 405, "method_not_allowed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_is_explained_where_problems_point() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let page = server.bare(Method::GET, "/problems").await.text().await.unwrap();
    for path in ["/api/v1/nothing", "/api/v1/agents?limit=0", "/api/v1/cycles/none"] {
        let (_, problem) = server.get(path).await;
        let (address, code) = problem["type"].as_str().unwrap().split_once('#').unwrap();
        assert_eq!(address, "/problems");
        assert!(page.contains(&format!("id=\"{code}\"")), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_careful_headers() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let response = server.with_token(&server.token, "/api/v1/agents").await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
    assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_is_alive_but_not_ready() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    assert_eq!(server.bare(Method::GET, "/health/ready").await.status(), StatusCode::OK);
    let empty = merit::app::App::open(&company.path("empty.db").display().to_string(), merit::app::Clock::System).await;
    let listening = merit::http::Listening::on("127.0.0.1:0").await.unwrap();
    let address = listening.address.clone();
    tokio::spawn(listening.run(empty.unwrap(), std::future::pending()));
    let get = |path: &str| client().get(format!("http://{address}{path}")).send();
    assert_eq!(get("/health/live").await.unwrap().status(), StatusCode::OK);
    let ready = get("/health/ready").await.unwrap();
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.text().await.unwrap().contains("merit migrate"));
}
