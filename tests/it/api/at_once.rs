//! Everybody at work at once: 200 supervisors save and hand in reviews while HR scores.

use std::fmt::Write as _;
use std::sync::Arc;

use merit::app::{AccountKind, AccountOrder, App, GrantOrder, TokenKind, TokenOrder};
use merit::domain::agent_result::ResultState;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::http::ServerOptions;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::company::{Company, FIRST_QUARTER as QUARTER};
use crate::support::cycles::{act, acting};
use crate::support::engines;
use crate::support::server::Server;

const SUPERVISORS: usize = 200;

/// The token of a supervisor of the roster who leads everybody.
async fn supervisor(app: &App, number: &str) -> String {
    let order = AccountOrder { kind: AccountKind::Person, login: number, name: number, agent: Some(number) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let (unit, first_day, last_day) = (Some("T1"), None, None);
    let order = GrantOrder { account, role: Role::Supervisor, unit, with_pay: false, first_day, last_day };
    app.grant(order).await.unwrap();
    let order = TokenOrder { account, name: number, kind: TokenKind::Token, only: None, expires_at: None };
    app.create_token(order).await.unwrap().1
}

/// Saves a draft about the agent and hands it in, each as it was read; gives the statuses.
async fn review(server: &Server, token: &str, agent: &str) -> [u16; 2] {
    let path = format!("/api/v1/cycles/{QUARTER}/reviews/{agent}/mine");
    let mut statuses = [0; 2];
    for (status, submit) in statuses.iter_mut().zip([false, true]) {
        let read = server.with_token(token, &path).await;
        let etag = read.headers()["etag"].to_str().unwrap().to_owned();
        let body = json!({ "answers": [], "comment": format!("About {agent}."), "submit": submit });
        let request = server.request(Method::PUT, &path).bearer_auth(token).header("if-match", etag).json(&body);
        *status = request.send().await.unwrap().status().as_u16();
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_write_while_hr_scores() {
    let company = Company::new(SUPERVISORS);
    let mut people = String::from("employee_number,name,unit,post,from\n");
    for number in 1..=SUPERVISORS {
        writeln!(people, "S{number:03},Supervisor {number},T1,supervisor,2026-01-01").unwrap();
    }
    std::fs::write(company.path("leads.csv"), people).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.import_roster(&company.path("leads.csv"), None, false).await.unwrap();
        app.open_cycle(QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(QUARTER, &|_| {}).await.unwrap();
        act(&app, QUARTER, CycleAct::BeginReview).await.unwrap();
        let options = ServerOptions { rate: None, ..ServerOptions::default() };
        let server = Arc::new(Server::with(&app, options).await);
        let hr = acting(&app, "hr", Role::Hr).await;
        let mut tokens = Vec::new();
        for number in 1..=SUPERVISORS {
            tokens.push(supervisor(&app, &format!("S{number:03}")).await);
        }
        let mut writing = JoinSet::new();
        for (at, token) in tokens.into_iter().enumerate() {
            let server = Arc::clone(&server);
            writing.spawn(async move { review(&server, &token, &format!("E{:03}", at + 1)).await });
        }
        let mut scored = 0;
        while !writing.is_empty() {
            hr.score(QUARTER, &|_| {}).await.unwrap();
            scored += 1;
            while let Some(statuses) = writing.try_join_next() {
                assert_eq!(statuses.unwrap(), [200, 200], "{}", database.name);
            }
        }
        assert!(scored > 0);
        let progress = hr.progress(QUARTER).await.unwrap();
        let team = progress.units.iter().find(|unit| unit.unit == "T1").unwrap();
        assert_eq!(team.results.get(&ResultState::Reviewed), Some(&200), "{}: {team:?}", database.name);
        for number in [1, 77, SUPERVISORS] {
            let about = hr.reviews_about(QUARTER, &format!("E{number:03}")).await.unwrap();
            assert_eq!(about.written[0].comment, format!("About E{number:03}."));
        }
        hr.score(QUARTER, &|_| {}).await.unwrap();
        act(&hr, QUARTER, CycleAct::Calibrate).await.unwrap();
        database.assert_counted().await;
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().faults, 0);
    }
}
