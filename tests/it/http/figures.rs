//! Figures for Prometheus, on an address of their own.

use merit::http::MetricsListening;
use reqwest::{Method, StatusCode};

use crate::support::company::Company;
use crate::support::process::Process;
use crate::support::server::{Server, client};

/// The value of a series, by its name and labels as they are printed.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_pulls_and_connections_are_counted() {
    let company = Company::new(1);
    let metrics = MetricsListening::on("127.0.0.1:0").await.unwrap();
    let address = metrics.address.clone();
    let app = company.load(&company.sqlite()).await;
    tokio::spawn(metrics.run(app.clone(), std::future::pending()));
    let server = Server::start(&app).await;
    for number in ["E001", "E999", "E998"] {
        server.get(&format!("/api/v1/cycles/{number}")).await;
    }
    server.ok("/api/v1/agents").await;
    for nth in 0..50 {
        server.bare(Method::GET, &format!("/nothing/{nth}")).await;
        server.bare(Method::GET, &format!("/api/v1/nothing/{nth}")).await;
    }
    let invented = Method::from_bytes(b"INVENTED").unwrap();
    server.bare(invented, "/").await;

    let get = |path: &str| client().get(format!("http://{address}{path}")).send();
    let answer = get("/metrics").await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = answer.text().await.unwrap();
    let requests = |labels: &str| value(&text, &format!("http_requests_total{{{labels}}}"));
    assert_eq!(requests("method=\"GET\",route=\"/api/v1/cycles/{code}\",status=\"404\""), Some(3.0), "{text}");
    assert_eq!(requests("method=\"GET\",route=\"/api/v1/agents\",status=\"200\""), Some(1.0), "{text}");
    assert!(text.contains("method=\"other\"") && !text.contains("INVENTED"), "{text}");
    assert!(!text.contains("E999") && !text.contains("nothing"), "raw paths are no labels: {text}");
    let routes = text.lines().filter(|line| line.starts_with("http_requests_total{")).count();
    assert!(routes < 12, "{text}");
    let bucket = "http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/v1/agents\",le=\"+Inf\"}";
    assert_eq!(value(&text, bucket), Some(1.0), "{text}");
    assert_eq!(value(&text, "http_requests_in_flight"), Some(0.0), "{text}");
    assert_eq!(value(&text, "merit_pulls_total{source=\"daily\",outcome=\"complete\"}"), Some(1.0), "{text}");
    assert!(text.contains("merit_pull_duration_seconds_bucket{source=\"daily\""), "{text}");
    assert!(text.contains("database_connections{pool=\"writer\",state=\"idle\"} "), "{text}");
    assert!(text.contains("merit_build_info{version=\""), "{text}");

    for path in ["/", "/api/v1/agents", "/health/live", "/metrics/x"] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(server.bare(Method::GET, "/metrics").await.status(), StatusCode::NOT_FOUND, "not for users");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_shows_them_where_it_says() {
    let company = Company::new(1);
    let process = Process::start(&company, &company.sqlite(), |command| {
        command.args(["--metrics-listen", "127.0.0.1:0"]);
    });
    let url = process.said.iter().find_map(|line| line.trim().strip_prefix("Figures for Prometheus are on ")).unwrap();
    let ready = client().get(format!("{}/health/ready", process.url)).send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK);
    let text = client().get(url).send().await.unwrap().text().await.unwrap();
    let ready = "http_requests_total{method=\"GET\",route=\"/health/ready\",status=\"200\"}";
    assert_eq!(value(&text, ready), Some(1.0), "{text}");
    let (status, log) = tokio::task::spawn_blocking(|| process.stop()).await.unwrap();
    assert!(status.success(), "{log}");
}
