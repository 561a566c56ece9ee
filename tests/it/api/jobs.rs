//! Jobs over real HTTP: asked for, polled, followed as a stream of events, cancelled.

use std::time::Duration;

use futures::StreamExt as _;
use merit::app::{App, WorkOrder};
use merit::domain::authority::Role;
use merit::http::ServerOptions;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::server::{Server, client, json, listen_with, token_for};

/// A worker that goes on until the test ends.
fn work(app: &App, company: &Company) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let (app, rules) = (app.clone(), company.rules());
    let order = WorkOrder { workers: 1, rules, lost_after: Duration::from_secs(60) };
    tokio::spawn(async move { app.work(order, stopped).await });
    stop
}

async fn ask(server: &Server, token: &str, body: Value) -> Response {
    server.request(Method::POST, "/api/v1/jobs").bearer_auth(token).json(&body).send().await.unwrap()
}

/// The events of a stream up to its end: their names and data.
async fn events(response: Response) -> Vec<(String, Value)> {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut stream = response.bytes_stream();
    while let Some(part) = stream.next().await {
        text.push_str(std::str::from_utf8(&part.unwrap()).unwrap());
    }
    let field = |event: &str, name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let events = text.split("\n\n").filter(|event| event.contains("data:"));
    events
        .map(|event| {
            let data = field(event, "data:").unwrap();
            (field(event, "event:").unwrap().trim().to_owned(), serde_json::from_str(data.trim()).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_asked_for_and_followed_to_its_end() {
    let company = Company::new(8);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        // The time that a request may take does not count for a stream.
        let options = ServerOptions { request_time: Duration::from_secs(2), ..ServerOptions::default() };
        let server = Server::with(&app, options).await;
        let asked = ask(&server, &server.token, json!({ "kind": "appraise", "cycle": FIRST_QUARTER })).await;
        let location = asked.headers()["location"].to_str().unwrap().to_owned();
        let (status, job) = json(asked).await;
        assert_eq!((status, job["state"].as_str()), (StatusCode::ACCEPTED, Some("queued")));
        assert_eq!(location, format!("/api/v1/jobs/{}", job["id"].as_str().unwrap()));
        let stream = server.with_token(&server.token, &format!("{location}/events")).await;
        let following = tokio::spawn(events(stream));
        tokio::time::timeout(Duration::from_secs(3), std::future::pending::<()>()).await.unwrap_err();
        let _workers = work(&app, &company);
        let events = following.await.unwrap();
        let states: Vec<&str> = events.iter().map(|(_, job)| job["state"].as_str().unwrap()).collect();
        assert_eq!((states.first(), states.last()), (Some(&"queued"), Some(&"done")), "{states:?}");
        assert!(events.iter().all(|(_, job)| job["id"] == events[0].1["id"] && job.get("result").is_none()));
        let last: Vec<bool> = events.iter().map(|(name, _)| name == "end").collect();
        assert_eq!(last.iter().filter(|last| **last).count(), 1, "{events:?}");
        assert!(last.last().unwrap());

        let polled = server.ok(&location).await;
        assert_eq!((polled["done"].as_i64(), polled["total"].as_i64()), (Some(8), Some(8)), "{polled}");
        assert!(polled["per_second"].as_i64().is_some() && polled.get("seconds_left").is_none(), "{polled}");
        assert_eq!(polled["result"]["agents"].as_i64(), Some(8));
        // A stream of a job that has ended says so, and ends.
        let again = server.with_token(&server.token, &format!("{location}/events")).await;
        let again = super::jobs::events(again).await;
        assert_eq!((again.len(), again[0].0.as_str()), (1, "end"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_tells_count_rate_and_time_left() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let server = Server::start(&app).await;
        let (_, job) = json(ask(&server, &server.token, json!({ "kind": "pull", "source": "daily" })).await).await;
        let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        // As a worker leaves it in the midst of its work: a hundred seconds for a quarter of it.
        let began = if database.is_postgres() {
            "now() - interval '100 seconds'"
        } else {
            "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-100 seconds')"
        };
        database
            .execute(&format!(
                "UPDATE job SET state = 'running', worker = 'x', heartbeat_at = asked_at, started_at = {began}, attempts = 1,
                counted = 'rows', done = 250000, total = 1000000"
            ))
            .await;
        let job = server.ok(&path).await;
        assert_eq!((job["counted"].as_str(), job["done"].as_i64()), (Some("rows"), Some(250_000)));
        let (rate, left) = (job["per_second"].as_i64().unwrap(), job["seconds_left"].as_i64().unwrap());
        assert!((2_000..=2_500).contains(&rate) && (300..=375).contains(&left), "{job}");
        let list = server.ok("/api/v1/jobs?state=running").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert!(server.ok("/api/v1/jobs?state=done").await["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_means_nothing_is_refused_in_words() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await.with_rules_folder(&company.rules());
    let server = Server::start(&app).await;
    for (body, status, says) in [
        (json!({ "kind": "pull" }), 400, "source: 'pull' needs it"),
        (json!({ "kind": "appraise", "cycle": "" }), 400, "cycle: 'appraise' needs it"),
        (json!({ "kind": "appraise", "cycle": "x", "all": false }), 400, "all: it has no meaning for 'appraise'"),
        (json!({ "kind": "pull", "source": "daily", "cycle": "x" }), 400, "cycle: it has no meaning for 'pull'"),
        (json!({ "kind": "simulate", "cycle": "x" }), 400, "rules: 'simulate' needs it"),
        (json!({ "kind": "dance" }), 400, "found \"dance\""),
        (json!({ "kind": "pull", "source": "nowhere" }), 404, "no source 'nowhere'; they have daily"),
        (json!({ "kind": "appraise", "cycle": "x" }), 404, "x"),
        (json!({ "kind": "pull", "source": "daily", "from": "2026-05-02", "to": "2026-05-01" }), 400, "from and to"),
    ] {
        let (found, problem) = json(ask(&server, &server.token, body.clone()).await).await;
        assert_eq!(found.as_u16(), status, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{body}: {problem}");
    }
    let stranger = token_for(&app, "stranger", &[(Role::Auditor, None, true)]).await;
    let (status, problem) = json(ask(&server, &stranger, json!({ "kind": "pull", "source": "daily" })).await).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (403, Some("forbidden")));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_is_once_and_for_all_and_strangers_see_nothing() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let server = Server::start(&app).await;
    let stranger = token_for(&app, "stranger", &[(Role::Auditor, None, true)]).await;
    let (_, job) = json(ask(&server, &server.token, json!({ "kind": "pull", "source": "daily" })).await).await;
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    for hidden in [path.clone(), format!("{path}/events")] {
        assert_eq!(server.with_token(&stranger, &hidden).await.status(), StatusCode::NOT_FOUND);
    }
    let cancel = async |token: &str| {
        let request = server.request(Method::POST, &format!("{path}/cancel")).bearer_auth(token);
        json(request.send().await.unwrap()).await
    };
    assert_eq!(cancel(&stranger).await.0, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        let (status, job) = cancel(&server.token).await;
        assert_eq!((status, job["state"].as_str()), (StatusCode::OK, Some("cancelled")), "{job}");
    }
    let (_, job) = json(ask(&server, &server.token, json!({ "kind": "pull", "source": "daily" })).await).await;
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let _workers = work(&app, &company);
    events(server.with_token(&server.token, &format!("{path}/events")).await).await;
    let request = server.request(Method::POST, &format!("{path}/cancel")).bearer_auth(&server.token);
    let (status, problem) = json(request.send().await.unwrap()).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("refused")), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_the_server_stops_and_when_rights_are_lost() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let (address, stop) = listen_with(&app, ServerOptions::default()).await;
    let token = token_for(&app, "hr", &[(Role::Hr, None, true)]).await;
    let asked = client().post(format!("http://{address}/api/v1/jobs")).bearer_auth(&token);
    let asked = asked.json(&json!({ "kind": "pull", "source": "daily" })).send().await.unwrap();
    let location = asked.headers()["location"].to_str().unwrap().to_owned();
    let connect =
        async || client().get(format!("http://{address}{location}/events")).bearer_auth(&token).send().await.unwrap();
    let follow = |stream| tokio::spawn(tokio::time::timeout(Duration::from_secs(20), events(stream)));
    let following = follow(connect().await);
    let found = app.account_named("hr").await.unwrap().account;
    let change = |disabled| merit::app::AccountChange { name: None, disabled: Some(disabled) };
    let found = app.change_account(found.public_id, found.version, change(true)).await.unwrap().account;
    assert_eq!(following.await.unwrap().expect("the stream ends").len(), 1);
    app.change_account(found.public_id, found.version, change(false)).await.unwrap();
    let following = follow(connect().await);
    drop(stop);
    assert_eq!(following.await.unwrap().expect("the stream ends").len(), 1);
}
