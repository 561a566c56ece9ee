//! How values look as JSON: numbers as exact texts, names in snake_case, and everything reads back as it was.

use merit::domain::improvement::Suggestion;
use merit::domain::money::{Currency, Money, Rounding};
use merit::domain::payout::{IncentivePlan, PayableStretch, PayoutCurve, PayoutInput, PayoutResult, pay};
use merit::domain::scorecard::{Absence, Card, CardResult, GateEffect, score};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::build::{Facts, card, corners, fixed, gate, line, period, rate, text};

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    serde_json::from_str(&text).unwrap()
}

fn any_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(any_float),
        Value::Object(fields) => fields.values().any(any_float),
        _ => false,
    }
}

fn example_card() -> Card {
    let mut card = card(vec![line("csat", "60"), line("qa", "40")]);
    card.lines[1].no_data = Absence::Neutral { points: fixed("62.5") };
    card.gates = vec![
        gate("csat", "90", GateEffect::CapTotal { at: fixed("70") }),
        gate("csat", "90", GateEffect::CapRating { at: "C".into() }),
        gate("qa", "90", GateEffect::ZeroLine { line: "qa".into() }),
    ];
    card
}

#[test]
fn a_scored_card_keeps_its_working() {
    let card = example_card();
    reads_back::<Card>(&card);
    let facts = Facts::of([rate("csat"), rate("qa")]).with("csat", "131", "150", 150);
    let json = reads_back::<CardResult>(&score(&card, &facts).unwrap());
    assert!(!any_float(&json));
    assert_eq!(
        json["lines"][0],
        json!({
            "id": "csat",
            "metric": "csat",
            "scope": "own",
            "measure": "value",
            "outside": null,
            "state": "measured",
            "treatment": null,
            "pooled": {"numerator": "131", "denominator": "150", "samples": 150},
            "min_samples": 0,
            "value": "87.333333",
            "interval": {"lower": "81.063351", "upper": "91.738871"},
            "interval_method": "wilson",
            "index": null,
            "shrinkage": null,
            "carried": null,
            "reading": {
                "points": "87.333333",
                "from": {"value": "0", "points": "0"},
                "to": {"value": "100", "points": "100"},
            },
            "floor": null,
            "cap": null,
            "points": "87.333333",
            "weight": "60",
            "effective_weight": "60",
            "contribution": "52.4",
        })
    );
    assert_eq!(json["lines"][1]["treatment"], json!({"neutral": {"points": "62.5"}}));
    assert_eq!(json["gates"][1]["effect"], json!({"cap_rating": {"at": "C"}}));
    assert_eq!((&json["state"], &json["printed"], &json["rating"]), (&json!("scored"), &json!("70"), &json!("C")));
}

#[test]
fn a_payout_keeps_its_steps_as_texts() {
    let plan = IncentivePlan {
        id: "quarterly".into(),
        name: text("Quarterly"),
        posts: vec![],
        curve: PayoutCurve::Linear { corners: corners(&[("0", "0"), ("100", "100")]) },
        floor_percent: None,
        cap_percent: Some(fixed("150")),
        excluded_ratings: vec![],
        min_days: 0,
        prorate_days: true,
        prorate_fte: false,
        rounding: Rounding::HalfEven,
    };
    assert_eq!(reads_back(&plan)["rounding"], "half_even");
    let cycle = period("2023-07-01", "2023-09-30");
    let input = PayoutInput {
        cycle,
        score: Some(fixed("87.5")),
        rating: None,
        currency: "CNY".parse().unwrap(),
        stretches: vec![PayableStretch {
            period: period("2023-07-01", "2023-07-31"),
            fte: fixed("1"),
            target_minor: 600_000,
        }],
    };
    assert_eq!(reads_back(&input)["cycle"], json!({"first": "2023-07-01", "last": "2023-09-30"}));
    let json = reads_back::<PayoutResult>(&pay(&plan, &input).unwrap());
    assert!(!any_float(&json));
    assert_eq!(
        (&json["amount_minor"], &json["currency"], &json["withheld"]),
        (&json!(176_902), &json!("CNY"), &Value::Null)
    );
    assert_eq!(
        json["steps"][3],
        json!({
            "kind": "stretch",
            "inputs": [
                {"name": "target", "value": "6000"},
                {"name": "percent", "value": "87.5"},
                {"name": "days", "value": "31"},
                {"name": "cycle_days", "value": "92"},
            ],
            "result": "1769.0217391304347826086956522",
        })
    );
    let float = json!({"name": "target", "value": 0.1});
    assert!(
        serde_json::from_value::<merit::domain::payout::StepInput>(float).is_err(),
        "a JSON number would be inexact"
    );
}

#[test]
fn small_things_read_back() {
    let currency: Currency = "JPY".parse().unwrap();
    assert_eq!(reads_back(&Money { minor: -5, currency }), json!({"minor": -5, "currency": "JPY"}));
    let suggestion = Suggestion {
        starts: "2023-10-09".parse().unwrap(),
        due: "2023-12-08".parse().unwrap(),
        check_ins: 2,
        objectives: vec![],
    };
    assert_eq!(reads_back(&suggestion)["due"], "2023-12-08");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let facts = || Facts::of([rate("csat"), rate("qa")]).with("csat", "131", "150", 150).with("qa", "7", "9", 9);
    let bytes = || serde_json::to_string(&score(&example_card(), &facts()).unwrap()).unwrap();
    assert_eq!(bytes(), bytes());
}
