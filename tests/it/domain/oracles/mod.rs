//! Published worked examples of other systems, checked through the real functions.
//!
//! Every figure of every case is either computed here and compared, or listed with the reason why these rules do not give it.

mod figures;

use std::collections::BTreeMap;

use merit::domain::fixed::Fixed;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use serde_json::Value;

use crate::support::shared_folder;

use figures::figures;

/// Cases that these rules cannot express at all.
const NOT_EXPRESSIBLE: &[(&str, &str)] = &[
    (
        "siebel-draw",
        "a recoverable draw carries a balance from period to period: that is for the ledger, a payout knows one cycle",
    ),
    ("core8-clawback", "taking back what was paid is an entry of the ledger that refers to the earning, not a payout"),
];

/// Single figures of cases that are otherwise checked.
const FIGURES_NOT_EXPRESSIBLE: &[(&str, &str, &str)] = &[
    (
        "joan-bsc",
        "bonus_pct_salary_printed",
        "the source rounds the factor 1.1383 to 1.14 before it multiplies; a payout is rounded once, at the end: 34.15",
    ),
    (
        "zero-target",
        "achievement_pct",
        "a ratio to a target of zero is not 0 % but not applicable: there is no score, and nothing is payable",
    ),
];

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    kind: String,
    inputs: Value,
    expected: BTreeMap<String, Value>,
}

/// A figure that the domain's functions gave.
#[derive(Debug, Clone, PartialEq)]
enum Figure {
    Number(Decimal),
    List(Vec<Decimal>),
    Truth(bool),
}

type Figures = BTreeMap<&'static str, Figure>;

fn number(value: Fixed) -> Figure {
    Figure::Number(value.to_decimal())
}

fn list(values: impl IntoIterator<Item = Fixed>) -> Figure {
    Figure::List(values.into_iter().map(Fixed::to_decimal).collect())
}

#[test]
fn published_examples_give_their_published_figures() {
    let Some(path) = shared_folder::find("oracles/worked_examples.json") else { return };
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut problems = Vec::new();
    let mut compared = 0;
    for case in &cases {
        if NOT_EXPRESSIBLE.iter().any(|(id, _)| *id == case.id) {
            continue;
        }
        match figures(case) {
            Some(figures) => compared += compare(case, &figures, &mut problems),
            None => problems.push(format!("{}: neither checked nor listed as not expressible", case.id)),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared >= cases.len(), "{compared} figures of {} cases", cases.len());
    assert_lists_are_current(&cases);
}

/// Compares every expected figure; returns how many were.
fn compare(case: &Case, figures: &Figures, problems: &mut Vec<String>) -> usize {
    let mut compared = 0;
    for (name, expected) in &case.expected {
        let listed = FIGURES_NOT_EXPRESSIBLE.iter().any(|(id, figure, _)| *id == case.id && figure == name);
        match figures.get(name.as_str()) {
            Some(found) if agrees(found, expected) => compared += 1,
            Some(found) => problems.push(format!("{}.{name}: published {expected}, computed {found:?}", case.id)),
            None if listed => {}
            None => problems.push(format!("{}.{name}: neither computed nor listed as not expressible", case.id)),
        }
    }
    compared
}

fn assert_lists_are_current(cases: &[Case]) {
    let case = |id: &str| cases.iter().find(|case| case.id == id).unwrap_or_else(|| panic!("no case {id}"));
    for (id, _) in NOT_EXPRESSIBLE {
        case(id);
    }
    for (id, figure, _) in FIGURES_NOT_EXPRESSIBLE {
        assert!(case(id).expected.contains_key(*figure), "{id} has no figure {figure}");
    }
}

/// Whether a computed figure, printed with as many decimals as the published one but at least two, is the published one.
fn agrees(found: &Figure, expected: &Value) -> bool {
    match (found, expected) {
        (Figure::Truth(found), Value::Bool(expected)) => found == expected,
        (Figure::Number(found), Value::Number(_)) => same_number(*found, expected),
        (Figure::List(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| same_number(*found, expected))
        }
        _ => false,
    }
}

fn same_number(found: Decimal, expected: &Value) -> bool {
    let expected = Decimal::from_str_exact(&expected.to_string()).expect("published figures are plain decimals");
    found.round_dp_with_strategy(expected.scale().max(2), RoundingStrategy::MidpointAwayFromZero) == expected
}
