//! A person with a pocket calculator: recomputes scorecards and payouts from the texts the API prints, and from nothing else.

mod judged;
mod lines;
mod payout;
mod whole;

use rust_decimal::Decimal;
use serde_json::Value;

use super::formula::{evaluate, rounded};

pub(crate) use payout::check_payout;
pub(crate) use whole::check_scorecard;

/// A figure that has to be there.
fn figure(value: &Value) -> Decimal {
    Decimal::from_str_exact(value.as_str().unwrap_or_else(|| panic!("{value} is not a printed figure"))).unwrap()
}

fn maybe(value: &Value) -> Option<Decimal> {
    (!value.is_null()).then(|| figure(value))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}

fn six(value: Decimal) -> Decimal {
    rounded(value, 6)
}

/// Points at a value, on the printed piece of a curve.
fn read(curve: &Value, at: Decimal, of: &Value) -> Decimal {
    let corner = |end: &str| (figure(&curve[end]["value"]), figure(&curve[end]["points"]));
    let ((from, least), (to, most)) = (corner("from"), corner("to"));
    if from == to {
        return least;
    }
    assert!(from <= at && at <= to, "{at} does not lie on the piece of {of}");
    least + six((most - least) * (at - from) / (to - from))
}

/// Weights after those of members that left went to the others: in proportion, to the millionth, adding up to exactly 100.
fn check_weights(members: &[(Decimal, Decimal, bool)], of: &Value) {
    let staying: Decimal = members.iter().filter(|(_, _, stays)| *stays).map(|(weight, ..)| weight).sum();
    if staying.is_zero() {
        return assert!(members.iter().all(|(_, effective, _)| effective.is_zero()), "{of}");
    }
    for (weight, effective, stays) in members {
        let share = if *stays { *weight * Decimal::ONE_HUNDRED / staying } else { Decimal::ZERO };
        assert!((share - effective).abs() < Decimal::new(1, 6), "{share} is not {effective} in {of}");
    }
    assert_eq!(members.iter().map(|(_, effective, _)| effective).sum::<Decimal>(), Decimal::ONE_HUNDRED, "{of}");
}

/// Both languages speak, and every formula for a calculator gives its result. Returns how many were computed.
fn check_explanation(told: &Value) -> usize {
    for language in ["en", "zh"] {
        assert!(told[language].as_str().is_some_and(|text| !text.is_empty()), "{told}");
    }
    let mut computed = 0;
    for step in items(&told["steps"]) {
        let (kind, formula) = (step["kind"].as_str().unwrap(), step["formula"].as_str().unwrap());
        let compares = formula.contains(['<', '≥', '≤', '>']) || formula.starts_with("at most");
        if compares || kind == "interval" {
            continue;
        }
        let apart = (evaluate(formula) - figure(&step["result"])).abs();
        let most = if ["weight", "share"].contains(&kind) { Decimal::new(1, 6) } else { Decimal::ZERO };
        assert!(apart <= most, "{step}");
        computed += 1;
    }
    computed
}

/// The figure that a step of an explanation came to.
fn told<'t>(explanation: &'t Value, kind: &str) -> Option<&'t Value> {
    items(&explanation["steps"]).iter().rev().find(|step| step["kind"] == kind).map(|step| &step["result"])
}
