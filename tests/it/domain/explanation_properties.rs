//! What holds of explanations whatever is measured: formulas give what they say, and no promise is broken.

use merit::domain::curve::{Corner, Curve};
use merit::domain::explanation::{Explanation, StepKind, explain, next_band};
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::metric::{MetricKind, Unit};
use merit::domain::scorecard::{Card, CardResult, GateEffect, Measure, Scope, check_card, score};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::build::{Facts, card, gate, line, metric};
use super::scorecard_line_properties::{any_case, build};
use crate::support::formula::evaluate;

/// Steps whose formula is not one for a calculator.
fn told_only(kind: StepKind, formula: &str) -> bool {
    matches!(kind, StepKind::Interval | StepKind::Gate | StepKind::Band)
        || (kind == StepKind::Curve && formula.contains(['<', '≥']))
        || (kind == StepKind::Cap && formula.starts_with("at most"))
}

pub(super) fn follows(told: &Explanation) -> Result<(), TestCaseError> {
    for step in &told.steps {
        if told_only(step.kind, &step.formula) {
            continue;
        }
        let apart = (evaluate(&step.formula) - Decimal::from_str_exact(&step.result).unwrap()).abs();
        // Weights add up to exactly 100, so one of them may have a millionth that its proportion has not.
        let most = if step.kind == StepKind::Weight { Decimal::new(1, 6) } else { Decimal::ZERO };
        prop_assert!(apart <= most, "{:?}: {} is not {}", step.kind, step.formula, step.result);
    }
    prop_assert!(!told.en.is_empty() && !told.zh.is_empty());
    Ok(())
}

/// A card of up to three lines with curves of all shapes, some drawn toward peers, with gates on some.
#[derive(Debug, Clone)]
struct Many {
    lines: Vec<One>,
    gates: Vec<(usize, i64, u8)>,
}

#[derive(Debug, Clone)]
struct One {
    cases: i64,
    good: i64,
    mean: bool,
    corners: Vec<(i64, i64)>,
    stairs: bool,
    strength: Option<i64>,
    peers: i64,
    floor: Option<i64>,
}

fn any_one() -> impl Strategy<Value = One> {
    let corners =
        prop::collection::btree_map(0_i64..=1000, 0_i64..=100, 1..5).prop_map(|map| map.into_iter().collect());
    let measured = (1_i64..300, 0_i64..300, any::<bool>());
    let rest = (any::<bool>(), prop::option::of(1_i64..50), 0_i64..=100, prop::option::of(0_i64..50));
    (measured, corners, rest).prop_map(|((cases, good, mean), corners, (stairs, strength, peers, floor))| One {
        cases,
        good: good.min(cases),
        mean,
        corners,
        stairs,
        strength,
        peers,
        floor,
    })
}

fn any_many() -> impl Strategy<Value = Many> {
    let gates = prop::collection::vec((0_usize..4, 0_i64..100, 0_u8..3), 0..3);
    (prop::collection::vec(any_one(), 1..4), gates).prop_map(|(lines, gates)| Many { lines, gates })
}

fn make(many: &Many) -> (Card, Facts) {
    let count = i64::try_from(many.lines.len()).unwrap();
    let mut facts = Facts::of([metric("m3", Unit::Percent, MetricKind::Rate)]);
    facts = facts.with("m3", "60", "100", 100);
    let mut lines = Vec::new();
    for (at, one) in many.lines.iter().enumerate() {
        let name = format!("m{at}");
        let weight = if at == 0 { 100 - (count - 1) * 30 } else { 30 };
        let mut line = line(&name, &weight.to_string());
        let corners = one.corners.iter();
        let corners = corners
            .map(|(value, points)| Corner {
                value: Fixed::from_micros(value * 100_000),
                points: Fixed::from_int(*points),
            })
            .collect();
        line.curve = if one.stairs { Curve::Step { corners } } else { Curve::Linear { corners } };
        line.shrink_strength = one.strength.map(Fixed::from_int);
        line.floor = one.floor.map(Fixed::from_int);
        lines.push(line);
        let kind = if one.mean { MetricKind::Mean } else { MetricKind::Rate };
        let pool = |good: i64, cases: i64| Pooled {
            numerator: Fixed::from_int(good),
            denominator: Fixed::from_int(cases),
            samples: cases,
        };
        facts = facts.and(metric(&name, Unit::Percent, kind)).with_pooled(&name, Scope::Own, pool(one.good, one.cases));
        facts = facts.with_peers(&name, pool(one.peers, 100));
    }
    let mut card = card(lines);
    card.gates = many
        .gates
        .iter()
        .map(|(on, least, effect)| {
            let effect = match effect {
                0 => GateEffect::CapTotal { at: Fixed::from_int(60) },
                1 => GateEffect::CapRating { at: "C".into() },
                _ => GateEffect::ZeroLine { line: "m0".into() },
            };
            let on = if *on < many.lines.len() { *on } else { 3 };
            gate(&format!("m{on}"), &least.to_string(), effect)
        })
        .collect();
    assert_eq!(check_card(&card), []);
    (card, facts)
}

/// The card with one metric at a value, measured anew from facts that give it.
fn with_value(many: &Many, name: &str, value: Fixed) -> CardResult {
    let (card, facts) = make(many);
    let cases =
        many.lines.iter().enumerate().find(|(at, _)| format!("m{at}") == name).map_or(100, |(_, one)| one.cases);
    let numerator = value.mul_div(Fixed::from_int(cases), Fixed::HUNDRED).unwrap();
    let pooled = Pooled { numerator, denominator: Fixed::from_int(cases), samples: cases };
    score(&card, &facts.replacing(name, pooled)).unwrap()
}

fn rank(card: &Card, rating: Option<&str>) -> Option<usize> {
    card.bands.iter().position(|band| Some(&*band.id) == rating)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_formula_gives_its_result(case in any_case()) {
        let (card, facts) = build(&case);
        let told = explain(&facts, &card, &score(&card, &facts).unwrap());
        for part in told.lines.iter().chain(&told.gates).chain([&told.total]) {
            follows(part)?;
        }
    }

    #[test]
    fn every_formula_gives_its_result_on_curves_of_all_shapes(many in any_many()) {
        let (card, facts) = make(&many);
        let told = explain(&facts, &card, &score(&card, &facts).unwrap());
        for part in told.lines.iter().chain(&told.gates).chain([&told.total]) {
            follows(part)?;
        }
    }

    #[test]
    fn the_named_value_reaches_the_band_and_no_nearer_one_does(many in any_many()) {
        let (card, facts) = make(&many);
        let result = score(&card, &facts).unwrap();
        let Some(next) = next_band(&facts, &card, &result) else {
            prop_assert_eq!(result.rating.as_deref(), Some("A"));
            return Ok(());
        };
        let wanted = rank(&card, Some(&*next.band));
        prop_assert_eq!(wanted, rank(&card, result.rating.as_deref()).map_or(Some(0), |now| Some(now + 1)));
        for chance in &next.chances {
            let name = chance.metric.as_str();
            let reaches = |value: Fixed| rank(&card, with_value(&many, name, value).rating.as_deref()) >= wanted;
            let grid = 10_000;
            let (low, high) = (0, 10_000);
            match chance.to {
                Some(to) => {
                    prop_assert!(reaches(to), "{:?}", chance);
                    let again = with_value(&many, name, to);
                    prop_assert_eq!((again.printed, again.rating), (Some(chance.score), chance.rating.clone()));
                    let toward = if to > chance.from { -grid } else { grid };
                    let nearer = Fixed::from_micros(to.micros() + toward);
                    let beyond = if toward < 0 { nearer <= chance.from } else { nearer >= chance.from };
                    prop_assert!(beyond || !reaches(nearer), "{:?} is nearer than {:?}", nearer, chance);
                }
                None => {
                    // As far as the figure can go: in hundredths, from the lowest corner or limit to the highest.
                    for hundredths in (low..=high).step_by(97).chain([low, high]) {
                        let value = Fixed::from_micros(hundredths * grid);
                        let one = many.lines.iter().enumerate().find(|(at, _)| format!("m{at}") == name).map(|(_, one)| one);
                        // Drawn means only go as far as their curve speaks of.
                        if one.is_some_and(|one| one.mean && one.strength.is_some()) {
                            continue;
                        }
                        prop_assert!(!reaches(value), "{} reaches, but {:?}", value, chance);
                    }
                }
            }
            if let Some(more) = chance.more_cases {
                let one = &many.lines[name[1..].parse::<usize>().unwrap()];
                let up = chance.to.unwrap() > chance.from;
                let good = if up { one.good + more } else { one.good - more };
                let mut changed = many.clone();
                changed.lines[name[1..].parse::<usize>().unwrap()].good = good;
                let (card, facts) = make(&changed);
                let again = score(&card, &facts).unwrap();
                prop_assert!(rank(&card, again.rating.as_deref()) >= wanted, "{} cases: {:?}", more, chance);
            }
            prop_assert_eq!(chance.measure, Measure::Value);
            prop_assert!(!chance.en.is_empty() && !chance.zh.is_empty());
        }
    }
}
