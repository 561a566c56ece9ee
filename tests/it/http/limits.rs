//! What is too large, too slow, too deep or too much is refused, early and with a problem.

use std::num::NonZeroU32;
use std::time::Duration;

use merit::app::Clock;
use merit::domain::authority::Role;
use merit::http::{Listening, Rate, ServerOptions};
use poem::web::Json;
use poem::{Body, Route, handler, post};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::company::Company;
use crate::support::server::{Server, client, json, token_for};

#[handler]
async fn length(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes().await?.len().to_string())
}

#[handler]
fn parsed(_: Json<Value>) -> &'static str {
    "parsed"
}

#[handler]
async fn never() {
    std::future::pending().await
}

/// An endpoint that reads bodies, with the server's manners; returns its address.
async fn reader(options: ServerOptions) -> String {
    let routes = Route::new().at("/length", post(length)).at("/parsed", post(parsed)).at("/never", post(never));
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let address = listening.address.clone();
    tokio::spawn(listening.serve(routes, Clock::System, std::future::pending()));
    address
}

async fn post_to(address: &str, path: &str, body: impl Into<reqwest::Body>) -> Response {
    let request =
        client().post(format!("http://{address}{path}")).header("content-type", "application/json").body(body);
    request.send().await.unwrap()
}

async fn problem(response: Response, status: u16, code: &str) -> Value {
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/problem+json"));
    let (found, body) = json(response).await;
    assert_eq!((found.as_u16(), body["code"].as_str()), (status, Some(code)), "{body}");
    body
}

/// What comes back on a bare connection until the server closes it.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut text)).await;
    let _ = read.expect("the server closes the connection");
    String::from_utf8(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_may_be_so_large_and_no_larger() {
    let address = reader(ServerOptions { most_body_bytes: 1000, ..ServerOptions::default() }).await;
    let fits = post_to(&address, "/length", vec![b'x'; 1000]).await;
    assert_eq!(fits.text().await.unwrap(), "1000");
    let body = problem(post_to(&address, "/length", vec![b'x'; 1001]).await, 413, "payload_too_large").await;
    assert!(body["detail"].as_str().unwrap().contains("1000 bytes"), "{body}");
    // Without a length that says so, as soon as it has grown too large.
    let pieces = futures::stream::iter((0..101).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 10])));
    problem(post_to(&address, "/length", reqwest::Body::wrap_stream(pieces)).await, 413, "payload_too_large").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_says_it_is_too_large_is_not_waited_for() {
    let address = reader(ServerOptions::default()).await;
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head = "POST /length HTTP/1.1\r\nHost: merit\r\nContent-Length: 10000000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("payload_too_large"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_may_not_be_nested_without_end() {
    let address = reader(ServerOptions::default()).await;
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(post_to(&address, "/parsed", nested(100)).await.status(), StatusCode::OK);
    problem(post_to(&address, "/parsed", nested(200)).await, 400, "invalid_request").await;
    problem(post_to(&address, "/parsed", nested(300_000)).await, 400, "invalid_request").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_take_too_long_are_broken_off() {
    let options = ServerOptions { request_time: Duration::from_millis(200), ..ServerOptions::default() };
    let address = reader(options).await;
    problem(post_to(&address, "/never", "").await, 503, "timeout").await;
    let silent = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    problem(post_to(&address, "/length", reqwest::Body::wrap_stream(silent)).await, 503, "timeout").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_do_not_come_to_an_end_are_not_waited_for() {
    let options = ServerOptions { head_time: Duration::from_millis(300), ..ServerOptions::default() };
    let address = reader(options).await;
    for sent in ["", "PO", "POST /length HTTP/1.1\r\nHost: me"] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let answer = rest(stream).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(100_000)).as_bytes()).await.unwrap();
    assert!(rest(stream).await.starts_with("HTTP/1.1 431 "));
}

fn rate(per_second: u32, burst: u32) -> ServerOptions {
    let number = |n| NonZeroU32::new(n).unwrap();
    ServerOptions {
        rate: Some(Rate { per_second: number(per_second), burst: number(burst) }),
        ..ServerOptions::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_has_its_own_number_of_requests() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::with(&app, rate(1, 5)).await;
    let other = token_for(&app, "other", &[(Role::Auditor, None, true)]).await;
    let path = "/api/v1/agents";
    // A token's first request is counted by address, from then on by account.
    for token in [&server.token, &other] {
        assert_eq!(server.with_token(token, path).await.status(), StatusCode::OK);
    }
    let answer = server.with_token(&server.token, path).await;
    assert_eq!(answer.headers()["ratelimit-policy"], "\"default\";q=5;w=5");
    assert_eq!(answer.headers()["ratelimit"], "\"default\";r=4;t=1");
    let mut refused = None;
    for _ in 0..20 {
        let answer = server.with_token(&server.token, path).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a limit");
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    assert!(refused.headers()["ratelimit"].to_str().unwrap().starts_with("\"default\";r=0;t="));
    problem(refused, 429, "rate_limited").await;
    assert_eq!(server.with_token(&other, path).await.status(), StatusCode::OK, "another account, the same address");

    // Bad tokens, each another one, are counted together, by address; health always answers.
    let mut answers = Vec::new();
    for nth in 0..20 {
        answers.push(server.with_token(&format!("merit_bad_{nth}"), path).await.status());
    }
    assert!(
        answers.contains(&StatusCode::UNAUTHORIZED) && answers.contains(&StatusCode::TOO_MANY_REQUESTS),
        "{answers:?}"
    );
    for _ in 0..20 {
        assert_eq!(server.bare(reqwest::Method::GET, "/health/ready").await.status(), StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_limit_nobody_is_refused() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::with(&app, ServerOptions { rate: None, ..ServerOptions::default() }).await;
    for _ in 0..30 {
        let answer = server.bare(reqwest::Method::GET, "/problems").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!answer.headers().contains_key("ratelimit"));
    }
}
