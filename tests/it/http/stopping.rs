//! A server that is asked to stop lets requests under way end, and takes no new ones.

use std::fs;
use std::time::Duration;

use reqwest::StatusCode;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::company::Company;
use crate::support::postgres;
use crate::support::process::Process;
use crate::support::server::{client, token_for};
use crate::support::wait::until;
use merit::app::{App, Clock};
use merit::domain::authority::Role;

/// A request that waits for a lock in the database, which the test holds.
async fn stopped_with_a_request_under_way(drain: &str) {
    let company = Company::new(1);
    let database = postgres::empty_database().await;
    let app = App::open(&database.url, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let token = token_for(&app, "reader", &[(Role::Auditor, None, true)]).await;
    let process = Process::start(&company, &database.url, |command| {
        command.args(["--drain-seconds", drain]);
    });
    let mut holder = PgConnection::connect(&database.url).await.unwrap();
    holder.execute("BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let request = client().get(format!("{}/api/v1/agents", process.url)).bearer_auth(&token).send();
    let under_way = tokio::spawn(request);
    let mut watcher = PgConnection::connect(&database.url).await.unwrap();
    until("the request waits for the lock", async || {
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_locks WHERE NOT granted")
            .fetch_one(&mut watcher)
            .await
            .unwrap();
        waiting > 0
    })
    .await;
    let ready = format!("{}/health/ready", process.url);
    let live = format!("{}/health/live", process.url);
    assert_eq!(client().get(&ready).send().await.unwrap().status(), StatusCode::OK);
    process.signal("TERM");
    if drain == "0" {
        until("nobody new comes in", async || client().get(&ready).send().await.is_err()).await;
    } else {
        until("readiness says no", async || {
            client().get(&ready).send().await.unwrap().status() == StatusCode::SERVICE_UNAVAILABLE
        })
        .await;
        assert_eq!(
            client().get(&live).send().await.unwrap().status(),
            StatusCode::OK,
            "it lives and answers until then"
        );
        until("nobody new comes in", async || client().get(&ready).send().await.is_err()).await;
    }
    assert!(!under_way.is_finished());
    holder.execute("COMMIT").await.unwrap();
    let answer = under_way.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let (status, log) = tokio::task::spawn_blocking(|| process.end()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_once() {
    stopped_with_a_request_under_way("0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_draining() {
    stopped_with_a_request_under_way("2").await;
}

/// Silent connections and half a request do not keep a server from stopping.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_do_not_delay_the_end() {
    use tokio::io::AsyncWriteExt as _;
    let company = Company::new(1);
    let process = Process::start(&company, &company.sqlite(), |_| {});
    let address = process.url.trim_start_matches("http://").to_owned();
    let kept = client();
    kept.get(format!("{}/health/live", process.url)).send().await.unwrap().text().await.unwrap();
    let silent = tokio::net::TcpStream::connect(&address).await.unwrap();
    let mut half = tokio::net::TcpStream::connect(&address).await.unwrap();
    half.write_all(b"G").await.unwrap();
    let started = std::time::Instant::now();
    let (status, log) = tokio::task::spawn_blocking(|| process.stop()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    drop((silent, half));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_without_its_database() {
    let company = Company::new(1);
    let database = postgres::empty_database().await;
    let process = Process::start(&company, &database.url, |_| {});
    let ready = client().get(format!("{}/health/ready", process.url)).send();
    assert_eq!(ready.await.unwrap().status(), StatusCode::OK);
    drop(database);
    let ready = client().get(format!("{}/health/ready", process.url)).send();
    assert_eq!(ready.await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    let live = client().get(format!("{}/health/live", process.url)).send();
    assert_eq!(live.await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_read_on_hangup() {
    let company = Company::new(1);
    let made = || rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let write = |made: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        fs::write(company.path("cert.pem"), made.cert.pem()).unwrap();
        fs::write(company.path("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([trusted]).build().unwrap()
    };
    let first = write(&made());
    let process = Process::start(&company, &company.sqlite(), |command| {
        command.args(["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    });
    assert!(process.url.starts_with("https://"), "{}", process.url);
    let url = format!("{}/health/live", process.url);
    assert_eq!(first.get(&url).send().await.unwrap().status(), StatusCode::OK);
    let second = write(&made());
    process.signal("HUP");
    until("the new certificate is used", async || second.get(&url).send().await.is_ok()).await;
}
