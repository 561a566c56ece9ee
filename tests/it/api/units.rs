//! Scorecards of units over the API, on both engines.

use reqwest::StatusCode;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::server::Server;

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str_exact(value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_listed_and_shown_with_their_working() {
    let company = Company::new(6);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let server = Server::start(&app).await;
        let cycle = format!("/api/v1/cycles/{FIRST_QUARTER}");
        let (status, early) = server.get(&format!("{cycle}/unit-scorecards")).await;
        assert_eq!((status, &early["code"]), (StatusCode::NOT_FOUND, &"not_found".into()), "{early}");
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();

        let first = server.ok(&format!("{cycle}/unit-scorecards?limit=1")).await;
        assert_eq!((&first["items"][0]["unit"], &first["items"][0]["kind"]), (&"HQ".into(), &"headquarters".into()));
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = server.ok(&format!("{cycle}/unit-scorecards?limit=1&cursor={cursor}")).await;
        let team = &second["items"][0];
        assert_eq!((&team["unit"], &team["parent"], &team["card"]), (&"T1".into(), &"HQ".into(), &"unit_team".into()));
        assert_eq!((&team["name_en"], &team["name_zh"]), (&"Team 1".into(), &"一组".into()));
        assert!(second["next_cursor"].is_null());
        let teams = server.ok(&format!("{cycle}/unit-scorecards?kind=team")).await;
        assert_eq!(teams["items"], serde_json::json!([team]));
        let below = server.ok(&format!("{cycle}/unit-scorecards?parent=HQ")).await;
        assert_eq!(below["items"], teams["items"]);

        let detail = server.ok(&format!("{cycle}/units/T1/scorecard")).await;
        assert_eq!(&detail["scorecard"], team);
        let card = &detail["card"];
        let lines = card["lines"].as_array().unwrap();
        assert_eq!((lines.len(), &lines[0]["scope"]), (8, &"unit".into()));
        let agents = server.ok(&format!("{cycle}/scorecards")).await;
        let mut replies = Decimal::ZERO;
        for agent in agents["items"].as_array().unwrap() {
            let number = agent["employee_number"].as_str().unwrap();
            let one = server.ok(&format!("{cycle}/scorecards/{number}")).await;
            replies += decimal(&one["stretches"][0]["card"]["lines"][0]["denominator"]);
        }
        assert_eq!(decimal(&lines[0]["denominator"]), replies, "the facts of everybody, pooled");
        let mut sum = Decimal::ZERO;
        for line in lines.iter().filter(|line| line["state"] == "measured") {
            let product = decimal(&line["points"]) * decimal(&line["effective_weight"]) / Decimal::ONE_HUNDRED;
            let away = RoundingStrategy::MidpointAwayFromZero;
            assert_eq!(product.round_dp_with_strategy(6, away), decimal(&line["contribution"]), "{line}");
            sum += decimal(&line["contribution"]);
        }
        assert_eq!(sum, decimal(&card["subtotal"]));
        assert_eq!((&card["score"], &card["rating"]), (&team["score"], &team["rating"]));
        let told = &lines[0]["explanation"];
        assert!(told["en"].as_str().unwrap().contains("of the unit") && told["zh"].is_string(), "{told}");
        assert!(card["explanation"]["en"].is_string() && detail["next_band"]["band"].is_string(), "{detail}");

        for (path, said) in [
            (format!("{cycle}/units/T9/scorecard"), "no scorecard of unit 'T9'"),
            (format!("{cycle}/unit-scorecards?parent=T9"), "there is no unit 'T9'"),
            ("/api/v1/cycles/2030-Q1/unit-scorecards".to_owned(), "'2030-Q1'"),
        ] {
            let (status, problem) = server.get(&path).await;
            assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &"not_found".into()), "{path}");
            assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
        }
        let (status, problem) = server.get(&format!("{cycle}/unit-scorecards?limit=0")).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &"invalid_request".into()));
    }
}
