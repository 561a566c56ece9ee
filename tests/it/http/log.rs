//! What the log says of requests, and what it never says.

use merit::app::{App, Clock};
use merit::domain::secret::Secret;
use serde_json::Value;

use crate::support::command::{merit, refused};
use crate::support::company::Company;
use crate::support::postgres;
use crate::support::process::Process;
use crate::support::server::{client, token_for};
use merit::domain::authority::Role;

async fn ask(process: &Process, token: &str) {
    let url = format!("{}/api/v1/cycles/2030-Q1?cursor=seckret-query", process.url);
    let ask = |id: &str| client().get(&url).bearer_auth(token).header("x-request-id", id).send();
    ask("theirs-42").await.unwrap();
    ask("two words").await.unwrap();
    ask(&"x".repeat(65)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_line_for_programs() {
    let company = Company::new(1);
    let database = company.sqlite();
    let app = company.load(&database).await;
    let token = token_for(&app, "reader", &[(Role::Auditor, None, true)]).await;
    let process = Process::start(&company, &database, |command| {
        command.args(["--log-format", "json"]);
    });
    ask(&process, &token).await;
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 3, "{log}");
    let (line, span) = (answered[0], &answered[0]["span"]);
    assert_eq!((&span["status"], &span["route"]), (&404.into(), &"/api/v1/cycles/{code}".into()), "{line}");
    assert!(span["milliseconds"].as_u64().is_some(), "{line}");
    assert_eq!((&span["method"], &span["path"]), (&"GET".into(), &"/api/v1/cycles/2030-Q1".into()), "{line}");
    assert_eq!((&span["actor"], &span["client"]), (&"reader".into(), &"127.0.0.1".into()), "{line}");
    assert_eq!(span["client_request_id"], "theirs-42");
    assert!(uuid::Uuid::parse_str(span["id"].as_str().unwrap()).is_ok());
    for other in &answered[1..] {
        assert_eq!(other["span"].get("client_request_id"), None, "{other}");
    }
    assert!(!log.contains("seckret-query") && !log.contains(&token), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_for_people_says_the_same() {
    let company = Company::new(1);
    let database = company.sqlite();
    let app = company.load(&database).await;
    let token = token_for(&app, "reader", &[(Role::Auditor, None, true)]).await;
    let process = Process::start(&company, &database, |_| {});
    ask(&process, &token).await;
    let (_, log) = process.stop();
    let line = log.lines().find(|line| line.contains("answered")).unwrap();
    for part in ["GET", "/api/v1/cycles/2030-Q1", "/api/v1/cycles/{code}", "404", "reader", "milliseconds"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!log.contains("seckret-query") && !log.contains(&token), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_do_not_print() {
    assert_eq!(format!("{:?}", Secret::new("geheim")), "***");
    let company = Company::new(1);
    let app = App::open(&company.sqlite(), Clock::System).await.unwrap();
    let app = app.with_environment([("CRM_TOKEN".to_owned(), "geheim".to_owned())]);
    let shown = format!("{app:?} {app:#?}");
    assert!(shown.contains("Sqlite") && !shown.contains("geheim"), "{shown}");
    assert!(!format!("{:?}", merit::http::ServerOptions::default()).contains("geheim"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_stands_in_a_message_or_the_log() {
    let company = Company::new(1);
    let database = postgres::empty_database().await;
    let (_, host) = database.url.split_once('@').unwrap();
    let wrong = [
        // Another user's password, a missing database, a name that resolves to nothing, and an address that cannot be read.
        format!("postgres://nobody:geheim@{host}"),
        format!("postgres://postgres:geheim@{}/none", host.split('/').next().unwrap()),
        "postgres://merit:geheim@127.0.0.1:1/none".to_owned(),
        "postgres://merit:geheim@host:port/none".to_owned(),
        "mysql://merit:geheim@127.0.0.1/none".to_owned(),
        "postgres://merit:geheim@127.0.0.1/none?sslmode=perhaps".to_owned(),
    ];
    for address in wrong {
        for command in [&["cycle", "list"][..], &["migrate"], &["backup", "x"]] {
            let mut run = merit(&company, &address);
            let output = run.env("RUST_LOG", "trace").args(command).output().unwrap();
            let printed = String::from_utf8(output.stdout.clone()).unwrap();
            let said = refused(output, 1);
            assert!(!said.contains("geheim") && !printed.contains("geheim"), "{address}: {said}");
            assert!(said.contains("error: cannot open the database"), "{said}");
        }
    }
}
