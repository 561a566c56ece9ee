//! The audit log over HTTP.

use std::time::Duration;

use merit::domain::authority::Role;
use reqwest::StatusCode;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::server::{Server, json, token_for};

#[tokio::test(flavor = "multi_thread")]
async fn readings_over_http_are_listed_with_their_request_and_verified() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        let path = format!("/api/v1/cycles/{FIRST_QUARTER}/payouts/E002");
        let answer = server.with_token(&server.token, &path).await;
        let request = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(answer.status(), StatusCode::OK);

        let found = server.ok("/api/v1/audit?act=payout.read&subject=E002&actor=tests").await;
        let [entry] = found["items"].as_array().unwrap().as_slice() else { panic!("{found}") };
        assert_eq!((entry["request_id"].as_str(), entry["detail"].as_str()), (Some(&*request), Some("cycle=2026-Q2")));
        assert!(entry["actor_account"].is_i64() && entry["hash"].as_str().unwrap().len() == 64, "{entry}");
        let today = app.clock().today();
        let day = |day: chrono::NaiveDate| format!("from={day}&to={day}");
        let of_today = server.ok(&format!("/api/v1/audit?act=payout.read&{}", day(today))).await;
        assert_eq!(of_today["items"].as_array().unwrap().len(), 1);
        let earlier = server.ok(&format!("/api/v1/audit?{}", day(today - chrono::Days::new(2)))).await;
        assert_eq!(earlier["items"].as_array().unwrap().len(), 0);

        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.ok(&format!("/api/v1/audit?limit=3{cursor}")).await;
            seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let newest_first = seen.is_sorted_by(|later, earlier| later > earlier);
        assert!(newest_first && seen.len() > 8, "{seen:?}");
        let verified = server.ok("/api/v1/audit/verification").await;
        assert_eq!((verified["whole"].as_bool(), verified["entries"].as_u64()), (Some(true), Some(seen.len() as u64)));

        let token = token_for(&app, "hr", &[(Role::Hr, None, true)]).await;
        for path in ["/api/v1/audit", "/api/v1/audit/verification"] {
            assert_eq!(server.with_token(&token, path).await.status(), StatusCode::FORBIDDEN);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_that_cannot_be_recorded() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        database.execute("ALTER TABLE audit_entry RENAME TO elsewhere").await;
        for what in ["payouts/E001", "scorecards/E001", "scorecards", "payouts", "plans"] {
            let path = format!("/api/v1/cycles/{FIRST_QUARTER}/{what}");
            let (status, problem) = json(server.with_token(&server.token, &path).await).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{}: {what}: {problem}", database.name);
            assert_eq!(problem["code"], "unavailable");
        }
        assert_eq!(server.get("/api/v1/agents").await.0, StatusCode::OK, "what needs no entry is shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_has_recorded_everything_it_showed() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        let url = server.url(&format!("/api/v1/cycles/{FIRST_QUARTER}/payouts/E001"));
        let (first, mut answered) = tokio::sync::mpsc::channel::<()>(1);
        let requests = (0..32).map(|_| {
            let (url, token, first) = (url.clone(), server.token.clone(), first.clone());
            tokio::spawn(async move {
                let client = crate::support::server::client();
                let mut shown = 0_u64;
                loop {
                    let request = client.get(&url).bearer_auth(&token).timeout(Duration::from_secs(60));
                    let Ok(answer) = request.send().await else { return shown };
                    if answer.status() != StatusCode::OK || answer.bytes().await.is_err() {
                        return shown;
                    }
                    shown += 1;
                    let _ = first.try_send(());
                }
            })
        });
        let requests: Vec<_> = requests.collect();
        for _ in 0..3 {
            answered.recv().await.unwrap();
        }
        drop(server);
        let mut shown = 0;
        for request in requests {
            shown += request.await.unwrap();
        }
        let entries = database.figures("SELECT COUNT(*) AS n FROM audit_entry WHERE act = 'payout.read'").await;
        let entries: u64 = entries[0].parse().unwrap();
        assert!(shown >= 3 && entries >= shown, "{}: {shown} shown, {entries} recorded", database.name);
        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().problems, []);
    }
}
