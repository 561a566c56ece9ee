//! Spans reach an OpenTelemetry collector, the last of them before the program ends.

use std::sync::{Arc, Mutex};

use merit::app::Clock;
use merit::http::Listening;
use poem::web::Data;
use poem::{Body, EndpointExt as _, Request, Route, handler, post};

use crate::support::company::Company;
use crate::support::process::Process;
use crate::support::server::client;

type Received = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

#[handler]
async fn traces(request: &Request, body: Body, received: Data<&Received>) -> poem::Result<Vec<u8>> {
    let kind = request.content_type().unwrap_or_default().to_owned();
    let bytes = body.into_bytes().await?;
    received.lock().unwrap().push((kind, bytes.to_vec()));
    Ok(Vec::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_receives_them() {
    let received = Received::default();
    let listening = Listening::on("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listening.address);
    let routes = Route::new().at("/v1/traces", post(traces)).data(received.clone());
    tokio::spawn(listening.serve(routes, Clock::System, std::future::pending()));

    let company = Company::new(1);
    let database = company.sqlite();
    company.load(&database).await;
    let process = Process::start(&company, &database, |command| {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector);
    });
    let answer = client().get(format!("{}/health/ready", process.url)).send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (status, log) = tokio::task::spawn_blocking(|| process.stop()).await.unwrap();
    assert!(status.success(), "{log}");
    let received = received.lock().unwrap();
    assert!(!received.is_empty(), "{log}");
    assert!(received.iter().all(|(kind, _)| kind == "application/x-protobuf"));
    let all: Vec<u8> = received.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let has = |text: &str| all.windows(text.len()).any(|window| window == text.as_bytes());
    for part in ["service.name", "merit", "request", "/health/ready", "status", &id] {
        assert!(has(part), "{part} is in no span");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_does_no_harm() {
    let company = Company::new(1);
    let database = company.sqlite();
    company.load(&database).await;
    let process = Process::start(&company, &database, |command| {
        command.args(["--otlp-endpoint", "http://127.0.0.1:9"]);
    });
    let answer = client().get(format!("{}/health/ready", process.url)).send().await.unwrap();
    assert!(answer.status().is_success());
    let (status, log) = tokio::task::spawn_blocking(|| process.stop()).await.unwrap();
    assert!(status.success(), "{log}");
}
