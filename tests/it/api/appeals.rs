//! An appeal over HTTP, from its files to the revision.

use merit::app::{AccountKind, AccountOrder, App, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::publish;
use crate::support::server::{Server, json as answer, token_for};

async fn agent_token(app: &App, agent: &str) -> String {
    let login = agent.to_lowercase();
    let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Agent", agent: Some(agent) };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let order = TokenOrder { account, name: "phone", kind: TokenKind::Token, only: None, expires_at: None };
    app.create_token(order).await.unwrap().1
}

async fn post(server: &Server, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = server.request(Method::POST, &format!("/api/v1{path}")).bearer_auth(token).json(&body);
    answer(request.send().await.unwrap()).await
}

async fn get(server: &Server, token: &str, path: &str) -> (StatusCode, Value) {
    answer(server.with_token(token, &format!("/api/v1{path}")).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_with_a_file_is_decided_over_http() {
    let company = Company::new(4);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    publish(&app, FIRST_QUARTER).await;
    let server = Server::start(&app).await;
    let (agent, hr) = (agent_token(&app, "E003").await, token_for(&app, "hr", &[(Role::Hr, None, true)]).await);
    let appeals = format!("/cycles/{FIRST_QUARTER}/appeals");

    let (status, problem) = post(&server, &agent, &appeals, json!({ "about": "line", "grounds": "because" })).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_request")), "{problem}");
    let order = json!({ "about": "line", "line": "qa_score", "grounds": "the recordings were lost" });
    let (status, raised) = post(&server, &agent, &appeals, order.clone()).await;
    assert_eq!((status, raised["state"].as_str()), (StatusCode::OK, Some("open")), "{raised}");
    let id = raised["id"].as_str().unwrap();
    let (status, again) = post(&server, &agent, &appeals, order).await;
    assert_eq!((status, again["code"].as_str()), (StatusCode::CONFLICT, Some("refused")), "{again}");

    let upload = async |name: &str, content: Vec<u8>| {
        let path = format!("/api/v1/appeals/{id}/evidence/{name}");
        let request = server.request(Method::POST, &path).bearer_auth(&agent).body(content);
        request.header("content-type", "application/octet-stream").send().await.unwrap()
    };
    // Larger than what other operations take.
    let mut large = b"%PDF-1.7\n".to_vec();
    large.resize(2 << 20, b' ');
    let (status, file) = answer(upload("%E4%BF%A1%20%22.pdf", large.clone()).await).await;
    assert_eq!((status, file["code"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_request")), "{file}");
    let (status, file) = answer(upload("%E4%BF%A1%201.pdf", large.clone()).await).await;
    assert_eq!((status, file["media_type"].as_str()), (StatusCode::OK, Some("application/pdf")), "{file}");
    assert_eq!(file["name"], "信 1.pdf");
    large.resize((5 << 20) + 1, b' ');
    assert_eq!(upload("more.pdf", large).await.status(), StatusCode::BAD_REQUEST);

    let file = format!("/api/v1/evidence/{}", file["id"].as_str().unwrap());
    let download = server.with_token(&hr, &file).await;
    let header = |name: &str| download.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''%E4%BF%A1%201.pdf");
    assert_eq!(
        (header("x-content-type-options").as_str(), header("content-type").as_str()),
        ("nosniff", "application/octet-stream")
    );
    assert_eq!(download.bytes().await.unwrap().len(), 2 << 20);
    let stranger = agent_token(&app, "E004").await;
    assert_eq!(server.with_token(&stranger, &file).await.status(), StatusCode::NOT_FOUND);

    let (status, _) = post(&server, &hr, &format!("/appeals/{id}/assignment"), json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let decision = format!("/appeals/{id}/decision");
    for wrong in [
        json!({ "outcome": "uphold", "reason": "because", "leave_out": ["qa_score"] }),
        json!({ "outcome": "vary", "reason": "because", "rating": "A" }),
        json!({ "outcome": "vary", "reason": "because", "rating": "A", "rating_reason": "mood" }),
        json!({ "outcome": "vary", "reason": " ", "leave_out": ["qa_score"] }),
    ] {
        let (status, problem) = post(&server, &hr, &decision, wrong.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {problem}");
    }
    let before = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/scorecards/E003")).await.1;
    let vary = json!({ "outcome": "vary", "reason": "they are lost indeed", "leave_out": ["qa_score"] });
    let (status, decided) = post(&server, &hr, &decision, vary).await;
    assert_eq!((status, decided["revision"].as_i64()), (StatusCode::OK, Some(2)), "{decided}");
    let after = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/scorecards/E003")).await.1;
    assert_ne!(after["scorecard"]["total"], before["scorecard"]["total"]);
    assert_eq!(after.to_string().matches(r#""state":"left_out""#).count(), 1, "{after}");
    let old = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/scorecards/E003?revision=1")).await.1;
    assert_eq!(old, before);
    let (status, _) = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/scorecards/E003?revision=9")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let revisions = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/scorecards/E003/revisions")).await.1;
    assert_eq!(revisions["items"][1]["kind"], "varied");
    assert!(!revisions["items"][1]["difference"]["pay"].as_array().unwrap().is_empty(), "{revisions}");
    let summary = get(&server, &hr, &format!("{appeals}/summary")).await.1;
    assert_eq!((summary["all"]["varied"].as_u64(), summary["all"]["varied_percent"].as_str()), (Some(1), Some("100")));
    let (status, deadlines) = get(&server, &agent, &format!("/cycles/{FIRST_QUARTER}/deadlines")).await;
    let window = deadlines["stages"].as_array().unwrap().iter().find(|stage| stage["stage"] == "appeal").unwrap();
    assert_eq!((status, window["working_days"].as_u64()), (StatusCode::OK, Some(5)));
    assert_eq!(window["state"], "running");
    let neither =
        post(&server, &hr, &format!("/cycles/{FIRST_QUARTER}/corrections"), json!({ "reason": "late" })).await;
    assert_eq!(neither.0, StatusCode::BAD_REQUEST);
}
