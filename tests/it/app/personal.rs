//! What is known of a person: handed out whole, and forgotten when its time is over.

use std::fs;

use merit::app::{AccountKind, AccountOrder, AppError};
use merit::domain::job::JobOrder;
use merit::store::{Doer, NewIdentity, NewJob, Store};
use serde_json::Value;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

/// E001 left long ago, as the roster says afterwards.
const LEAVER: &str = "employee_number,name,unit,post,from,to,hired,left\nE001,Agent 1,T1,front_line,2016-01-01,2019-06-30,2016-01-01,2019-06-30\n";

#[tokio::test(flavor = "multi_thread")]
async fn everything_held_about_a_person_is_handed_out_and_a_leaver_is_forgotten() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let data = app.personal_data("E001").await.unwrap();
        let assignment = &data["assignments"][0];
        assert_eq!(
            (&data["name"], &assignment["target_incentive"]),
            (&Value::from("Agent 1"), &Value::from("3000.00"))
        );
        // 26 weeks of six metrics.
        assert_eq!(data["facts"].as_array().unwrap().len(), 156, "{}", database.name);
        let results = &data["cycles"][0];
        assert_eq!(results["cycle"], FIRST_QUARTER);
        let shown = app.scorecard(FIRST_QUARTER, "E001").await.unwrap();
        assert_eq!(results["scorecard"]["total"], shown.result.total.unwrap().to_string());
        assert!(results["payout"]["steps"].is_array(), "{results}");

        let order =
            AccountOrder { kind: AccountKind::Person, login: "agent.one", name: "Agent 1", agent: Some("E001") };
        let account = app.create_account(order).await.unwrap().account;
        let store = Store::open(&database.url).await.unwrap();
        let (issuer, subject, created_at) = ("https://id.example.com".to_owned(), "one".to_owned(), app.clock().now());
        store.link_identity(&NewIdentity { account_id: account.id, issuer, subject, created_at }).await.unwrap();
        let job = NewJob {
            public_id: app.clock().new_id(),
            order: JobOrder::Appraise { cycle: FIRST_QUARTER.into() },
            asked_by: Doer::Account(account.id),
            only: None,
            asked_at: created_at,
            not_before: None,
            due: None,
        };
        let job = store.ask_job(&job).await.unwrap().unwrap().public_id;
        fs::write(company.path("left.csv"), LEAVER).unwrap();
        app.import_roster(&company.path("left.csv"), None, false).await.unwrap();
        assert!(app.forget_leavers(50, false).await.unwrap().is_empty());
        assert_eq!(app.forget_leavers(5, true).await.unwrap(), ["E001"]);
        assert_eq!(app.agent("E001").await.unwrap().agent.name, "Agent 1", "a preview changes nothing");
        assert_eq!(app.forget_leavers(5, false).await.unwrap(), ["E001"]);
        assert!(app.forget_leavers(5, false).await.unwrap().is_empty(), "once is enough");
        assert_eq!(app.job(job).await.unwrap().asked_by, format!("former-{}", account.id));
        let whole = app.personal_data("E001").await.unwrap().to_string();
        assert!(!whole.contains("Agent 1"), "{whole}");
        assert!(matches!(app.account_named("agent.one").await, Err(AppError::NotFound(_))));
        assert_eq!(store.identity("https://id.example.com", "one").await.unwrap(), None);
        let accounts = app.accounts(&merit::app::Slice::first()).await.unwrap().rows;
        assert!(accounts.iter().all(|view| view.account.name != "Agent 1" && view.account.disabled_at.is_some()));
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((replay.agents, replay.differing), (2, 0), "{}", database.name);
    }
}
