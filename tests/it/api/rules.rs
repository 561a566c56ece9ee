//! Versions of the rules over the API, on both engines.

use std::fs;

use reqwest::StatusCode;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_what_changes_between_them() {
    let place = tempfile::tempdir().unwrap();
    for database in engines::databases(&place.path().join("merit.db")).await {
        let company = Company::new(1);
        let app = company.load(&database.url).await;
        let first = app.add_rules(&company.rules(), Some("Spring"), Some("agreed")).await.unwrap().version;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let plan = company.rules().join("incentives/front_line.yaml");
        let text = fs::read_to_string(&plan).unwrap();
        fs::write(&plan, text.replacen("min_days: 30", "min_days: 29", 1)).unwrap();
        let second = app.add_rules(&company.rules(), None, None).await.unwrap().version;
        let server = Server::start(&app).await;

        let page = server.ok("/api/v1/rules?limit=1").await;
        assert_eq!((&page["items"][0]["hash"], &page["items"][0]["state"]), (&second.hash.into(), &"draft".into()));
        let cursor = page["next_cursor"].as_str().unwrap();
        let page = server.ok(&format!("/api/v1/rules?limit=1&cursor={cursor}")).await;
        let item = &page["items"][0];
        assert_eq!((&item["name"], &item["note"]), (&"Spring".into(), &"agreed".into()));
        assert_eq!((&item["state"], &item["effective_from"]), (&"published".into(), &"2026-04-01".into()));
        assert_eq!((&item["cycles"][0], &page["next_cursor"]), (&FIRST_QUARTER.into(), &serde_json::Value::Null));

        let one = server.ok(&format!("/api/v1/rules/{}", first.hash)).await;
        assert_eq!((&one["version"]["name"], &one["content"]["format"]), (&"Spring".into(), &1.into()));
        assert_eq!(one["sections"][0]["title"]["en"], "Card 'Back office'");
        assert!(one["sections"][0]["lines"][0]["zh"].is_string());
        let short = server.ok(&format!("/api/v1/rules/{}", &first.hash[..8])).await;
        assert_eq!(short["version"], one["version"]);

        let newest = server.ok("/api/v1/rules").await["items"][0]["hash"].as_str().unwrap().to_owned();
        let diff = server.ok(&format!("/api/v1/rules/Spring/diff/{newest}")).await;
        assert_eq!((&diff["before"], &diff["after"]), (&first.hash.clone().into(), &newest.clone().into()));
        let change = &diff["changes"][0];
        assert_eq!((&change["area"], &change["path"]), (&"incentive_plan".into(), &"plans/front_line/min_days".into()));
        assert_eq!((&change["before"], &change["after"]), (&30.into(), &29.into()));
        assert!(change["sentence_en"].as_str().unwrap().ends_with("goes from 30 to 29."), "{change}");
        let same = server.ok(&format!("/api/v1/rules/{newest}/diff/{newest}")).await;
        assert_eq!(same["changes"], serde_json::json!([]));

        for unknown in ["/api/v1/rules/Winter", "/api/v1/rules/Spring/diff/00000000", "/api/v1/rules/abc"] {
            let (status, body) = server.get(unknown).await;
            assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &"not_found".into()), "{unknown}: {body}");
        }
    }
}
