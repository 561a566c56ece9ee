//! What the API says of a company, on both engines.

use serde_json::Value;

use crate::support::company::{Company, SECOND_QUARTER};
use crate::support::engines;
use crate::support::recompute::{check_payout, check_scorecard};
use crate::support::server::Server;

/// Every item of a list, read page by page.
async fn all(server: &Server, path: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = server.ok(&format!("{path}?limit={limit}{after}")).await;
        let rows = page["items"].as_array().unwrap();
        assert!(rows.len() <= limit);
        items.extend(rows.iter().cloned());
        match &page["next_cursor"] {
            Value::String(next) => cursor = Some(next.clone()),
            next => {
                assert!(next.is_null(), "{next}");
                return items;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_every_item_once_in_order() {
    let company = Company::new(23);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        let expected: Vec<String> = (1..=23).map(|agent| format!("E{agent:03}")).collect();
        let cycle = format!("/api/v1/cycles/{SECOND_QUARTER}");
        for path in ["/api/v1/agents".to_owned(), format!("{cycle}/scorecards"), format!("{cycle}/payouts")] {
            for limit in [1, 5, 23, 100] {
                let items = all(&server, &path, limit).await;
                let numbers: Vec<&str> = items.iter().map(|item| item["employee_number"].as_str().unwrap()).collect();
                assert_eq!(numbers, expected, "{} {path} {limit}", database.name);
            }
        }
        let units = all(&server, "/api/v1/units", 1).await;
        assert_eq!((units[0]["code"].as_str(), units[1]["parent"].as_str()), (Some("HQ"), Some("HQ")));
        let of_team = server.ok("/api/v1/agents?unit=T1&limit=500").await;
        assert_eq!(of_team["items"].as_array().unwrap().len(), 23);
        let found = server.ok("/api/v1/agents?search=agent%2017").await;
        assert_eq!(found["items"][0]["employee_number"], "E017");
        let pulls = all(&server, "/api/v1/pulls", 1).await;
        assert_eq!((pulls.len(), pulls[0]["state"].as_str()), (1, Some("complete")));
        assert_eq!(all(&server, "/api/v1/cycles", 1).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scorecard_and_its_payout_can_be_recomputed_from_what_the_api_prints() {
    let company = Company::new(6);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
        let server = Server::start(&app).await;
        for agent in 1..=6 {
            let path = |kind: &str| format!("/api/v1/cycles/{SECOND_QUARTER}/{kind}/E{agent:03}");
            let detail = server.ok(&path("scorecards")).await;
            assert_eq!(detail["stretches"][0]["card"]["lines"].as_array().unwrap().len(), 8);
            assert_eq!(check_scorecard(&detail), 2, "{detail}");
            let payout = server.ok(&path("payouts")).await;
            // The lowest rating earns nothing.
            assert!(check_payout(&payout, &detail) || detail["scorecard"]["rating"] == "D", "{payout}");
        }
    }
}
