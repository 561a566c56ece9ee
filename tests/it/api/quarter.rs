//! A whole quarter over the API, by people of every role: review, calibration, four eyes, publication, an appeal that varies a result, a late
//! fact after the end that becomes a correction.

use std::time::Duration;

use merit::app::{AccountKind, AccountOrder, App, GrantOrder, TokenKind, TokenOrder, WorkOrder};
use merit::domain::authority::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::company::{Company, FIRST_QUARTER as QUARTER, SECOND_QUARTER as NEXT};
use crate::support::engines;
use crate::support::server::{Server, json as read, token_for};

/// Somebody with a token, at a server.
struct Person<'s> {
    server: &'s Server,
    token: String,
}

impl Person<'_> {
    async fn send(&self, method: Method, path: &str, etag: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let request = self.server.request(method, &format!("/api/v1{path}")).bearer_auth(&self.token).json(body);
        let request = match etag {
            Some(etag) => request.header("if-match", etag),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        read(self.server.with_token(&self.token, &format!("/api/v1{path}")).await).await
    }

    async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Does it, which works.
    async fn does(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, None, &body).await;
        assert!(status.is_success(), "{path} {body}: {status} {answer}");
        answer
    }

    /// Tries it, which is answered by this status, with a detail that says so.
    async fn tries(&self, path: &str, body: Value, status: u16, says: &str) {
        let (answered, answer) = self.send(Method::POST, path, None, &body).await;
        let detail = answer["detail"].as_str().unwrap_or_default();
        assert_eq!((answered.as_u16(), detail.contains(says)), (status, true), "{path} {body}: {answer}");
    }

    /// Asks for a job of this kind, and waits until it is done.
    async fn computes(&self, kind: &str) {
        let job = self.does("/jobs", json!({ "kind": kind, "cycle": QUARTER })).await;
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        for _ in 0..1_200 {
            let job = self.ok(&path).await;
            match job["state"].as_str().unwrap() {
                "done" => return,
                "failed" | "cancelled" => panic!("{job}"),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("{path} does not end");
    }

    async fn acts(&self, act: &str) {
        self.does(&format!("/cycles/{QUARTER}/acts"), json!({ "act": act })).await;
    }

    /// Writes about somebody and hands it in.
    async fn reviews(&self, number: &str, comment: &str) {
        let path = format!("/cycles/{QUARTER}/reviews/{number}/mine");
        let answer = self.server.with_token(&self.token, &format!("/api/v1{path}")).await;
        let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let body = json!({ "answers": [], "comment": comment, "submit": true });
        let (status, answer) = self.send(Method::PUT, &path, Some(&etag), &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let (status, _) = self.send(Method::PUT, &path, Some(&etag), &body).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED, "what was read is not what stands");
    }
}

/// The token of somebody on the roster, with this role besides that of an agent.
async fn on_roster(app: &App, number: &str, role: Option<Role>) -> String {
    let order = AccountOrder { kind: AccountKind::Person, login: number, name: number, agent: Some(number) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let roles = [Some((Role::Agent, None)), role.map(|role| (role, Some("T1")))];
    for (role, unit) in roles.into_iter().flatten() {
        let (first_day, last_day) = (None, None);
        app.grant(GrantOrder { account, role, unit, with_pay: false, first_day, last_day }).await.unwrap();
    }
    let order = TokenOrder { account, name: number, kind: TokenKind::Token, only: None, expires_at: None };
    app.create_token(order).await.unwrap().1
}

/// Payouts of the quarter as payroll reads them.
async fn paid(payroll: &Person<'_>) -> Value {
    payroll.ok(&format!("/cycles/{QUARTER}/payouts")).await["items"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_from_draft_to_closed_and_corrected() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        let people = "employee_number,name,unit,post,from\nS9,Supervisor,T1,supervisor,2026-01-01\n";
        std::fs::write(company.path("lead.csv"), people).unwrap();
        app.import_roster(&company.path("lead.csv"), None, false).await.unwrap();
        app.add_rules(&company.rules(), Some("Spring"), None).await.unwrap();
        let server = Server::start(&app).await;
        let with = |token: String| Person { server: &server, token };
        let hr_token = token_for(&app, "hr", &[(Role::Hr, None, true)]).await;
        let hr = with(hr_token);
        let second = with(token_for(&app, "hr-2", &[(Role::Hr, None, true)]).await);
        let chief = with(token_for(&app, "chief", &[(Role::Approver, None, true)]).await);
        let payroll = with(token_for(&app, "payroll", &[(Role::Payroll, None, true)]).await);
        let auditor = with(token_for(&app, "auditor", &[(Role::Auditor, None, true)]).await);
        let lead = with(on_roster(&app, "S9", Some(Role::Supervisor)).await);
        let (one, two) = (with(on_roster(&app, "E001", None).await), with(on_roster(&app, "E002", None).await));
        let acts = format!("/cycles/{QUARTER}/acts");
        let card = |number: &str| format!("/cycles/{QUARTER}/scorecards/{number}");

        let (stop, stopped) = watch::channel(false);
        let worker = {
            let order = WorkOrder { workers: 1, rules: company.rules(), lost_after: Duration::from_secs(60) };
            let app = app.clone();
            tokio::spawn(async move { app.work(order, stopped).await })
        };
        let draft = json!({ "code": QUARTER, "rules": "Spring", "draft": true });
        lead.tries("/cycles", draft.clone(), 403, "").await;
        assert_eq!(hr.does("/cycles", draft.clone()).await["state"], "draft");
        hr.tries("/cycles", draft, 409, "there is a cycle '2026-Q2' already").await;
        hr.tries(&acts, json!({ "act": "begin_review" }), 409, "is draft: it cannot be put into review").await;
        hr.acts("open").await;
        let days = json!({ "stages": [{ "stage": "review", "working_days": 8 }] });
        let (status, deadlines) = hr.send(Method::PUT, &format!("/cycles/{QUARTER}/deadlines"), None, &days).await;
        assert_eq!((status, deadlines["stages"][2]["working_days"].as_u64()), (StatusCode::OK, Some(8)));

        hr.computes("freeze").await;
        assert_eq!(hr.get(&card("E001")).await.0, StatusCode::NOT_FOUND, "frozen, and not scored");
        hr.computes("score").await;
        hr.acts("begin_review").await;
        lead.reviews("E001", "Calm with angry callers.").await;
        one.reviews("E001", "A hard quarter.").await;
        let calculated = hr.ok(&card("E003")).await["scorecard"]["rating"].as_str().unwrap().to_owned();
        let other = if calculated == "A" { "B" } else { "A" };
        let proposals = format!("/cycles/{QUARTER}/proposed-ratings");
        let proposal = json!({ "employee_number": "E003", "rating": other, "reason": "outside_influence", "comment": "The queue changed." });
        let id = lead.does(&proposals, proposal).await["id"].as_str().unwrap().to_owned();
        hr.tries(&acts, json!({ "act": "calibrate" }), 409, "nobody has decided about 1 proposed ratings").await;
        hr.does(&format!("{proposals}/{id}/decision"), json!({ "decision": "confirm" })).await;
        hr.tries(&acts, json!({ "act": "calibrate" }), 409, "score it again").await;
        hr.computes("score").await;
        hr.acts("calibrate").await;

        // What the approver saw is not what stands by then.
        let sheet = format!("/cycles/{QUARTER}/approval-sheet");
        let seen = chief.ok(&sheet).await["digest"].clone();
        chief.does(&acts, json!({ "act": "send_back", "reason": "E004 was on leave" })).await;
        hr.computes("score").await;
        hr.acts("calibrate").await;
        chief.tries(&acts, json!({ "act": "approve", "digest": seen }), 412, "the revision changed from").await;
        let stands = chief.ok(&sheet).await["digest"].clone();
        hr.tries(&acts, json!({ "act": "approve", "digest": stands }), 403, "").await;
        chief.does(&acts, json!({ "act": "approve", "digest": stands })).await;

        assert_eq!(one.get(&card("E001")).await.0, StatusCode::NOT_FOUND, "not published yet");
        hr.acts("publish").await;
        let own = one.ok(&card("E001")).await;
        assert_eq!(two.get(&card("E001")).await.0, StatusCode::NOT_FOUND, "somebody else's");
        one.does(&format!("/cycles/{QUARTER}/results/E001/acknowledgement"), json!({ "comment": "Seen." })).await;
        assert_eq!(hr.ok(&card("E003")).await["calibrated"]["calculated"], calculated);
        hr.acts("begin_appeals").await;

        // An appeal that is upheld by somebody who did not score, and varies the result.
        let appeal = json!({ "about": "line", "line": "csat_t2b", "grounds": "The survey was down." });
        let id = two.does(&format!("/cycles/{QUARTER}/appeals"), appeal).await["id"].as_str().unwrap().to_owned();
        hr.tries(&acts, json!({ "act": "finalise" }), 409, "1 open appeals").await;
        let vary = json!({ "outcome": "vary", "reason": "It was.", "leave_out": ["csat_t2b"] });
        hr.tries(&format!("/appeals/{id}/decision"), vary.clone(), 409, "").await;
        second.does(&format!("/appeals/{id}/assignment"), json!({})).await;
        let before = hr.ok(&card("E002")).await["scorecard"]["score"].clone();
        second.does(&format!("/appeals/{id}/decision"), vary).await;
        let after = two.ok(&card("E002")).await["scorecard"]["score"].clone();
        assert_ne!(before, after, "{}", database.name);
        let runs = app.cycle(QUARTER).await.unwrap();
        assert!(runs.current_run_id.is_some());
        hr.tries(&acts, json!({ "act": "finalise" }), 409, "may appeal until").await;
        database.execute("UPDATE agent_result SET published_at = '2026-07-08 10:00:00+00:00'").await;
        hr.acts("finalise").await;

        // Closed figures never change: what comes late is a revision, and its difference in pay is posted in the next quarter.
        let closed = paid(&payroll).await;
        hr.acts("close").await;
        company.write_figures(25);
        company.pull(&app).await.unwrap();
        hr.does("/cycles", json!({ "code": NEXT, "rules": "Spring" })).await;
        let late = hr.ok(&format!("/cycles/{QUARTER}/late-facts")).await["items"].as_array().unwrap().len();
        assert!(late > 0);
        let order = json!({ "all_late": true, "reason": "the surveys of June came in August" });
        let corrected = hr.does(&format!("/cycles/{QUARTER}/corrections"), order).await;
        assert_eq!(corrected["posted_in"], NEXT, "{corrected}");
        assert_eq!(paid(&payroll).await, closed);
        let adjustments = hr.ok(&format!("/cycles/{NEXT}/adjustments")).await["items"].as_array().unwrap().len();
        assert!(adjustments > 0);
        assert_eq!(hr.ok(&format!("/cycles/{QUARTER}/results/E001")).await["state"], "corrected");
        assert_ne!(one.ok(&card("E001")).await["scorecard"]["total"], own["scorecard"]["total"]);

        assert_eq!(auditor.ok("/audit/verification").await["faults"], 0);
        stop.send_replace(true);
        worker.await.unwrap();
        let replay = app.replay(QUARTER, &|_| {}).await.unwrap();
        assert!(replay.differences.is_empty(), "{:?}", replay.differences);
    }
}
