//! What holds of every card, whatever is measured and whatever is missing.

use merit::domain::curve::{Corner, Curve};
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{Absence, Card, CardState, GateEffect, LineState, Scope, score};
use proptest::prelude::*;

use super::build::{Facts, card, fixed, gate, line, rate};

/// What one line finds.
#[derive(Debug, Clone, Copy)]
struct Found {
    weight: i64,
    pooled: Option<(i64, i64)>,
    min_samples: i64,
    absence: Absence,
}

fn any_absence() -> impl Strategy<Value = Absence> {
    prop_oneof![
        4 => Just(Absence::Redistribute),
        1 => Just(Absence::Hold),
        1 => Just(Absence::Zero),
        1 => (0_i64..=100_000_000).prop_map(|points| Absence::Neutral { points: Fixed::from_micros(points) }),
    ]
}

fn any_found() -> impl Strategy<Value = Found> {
    let pooled =
        prop::option::of((0_i64..=500, 0_i64..500).prop_map(|(numerator, more)| (numerator, numerator + more)));
    (1_i64..1_000_000_000, pooled, 0_i64..100, any_absence()).prop_map(|(weight, pooled, min_samples, absence)| Found {
        weight,
        pooled,
        min_samples,
        absence,
    })
}

/// A rising curve: values ascend, points never fall.
fn any_rising() -> impl Strategy<Value = Curve> {
    (prop::collection::vec((1_i64..30_000_000, 0_i64..40_000_000), 1..5), any::<bool>()).prop_map(
        |(steps, straight)| {
            let (mut value, mut points) = (0, 0);
            let corners = steps
                .into_iter()
                .map(|(run, rise)| {
                    value += run;
                    points += rise;
                    Corner { value: Fixed::from_micros(value), points: Fixed::from_micros(points) }
                })
                .collect();
            if straight { Curve::Linear { corners } } else { Curve::Step { corners } }
        },
    )
}

fn name(index: usize) -> String {
    format!("m{index}")
}

/// A card whose weights add up to 100 exactly, and the facts found for it.
fn card_and_facts(found: &[(Found, Curve)]) -> (Card, Facts) {
    let sum: i64 = found.iter().map(|(found, _)| found.weight).sum();
    let mut left = Fixed::HUNDRED.micros();
    let mut lines = Vec::new();
    for (index, (found, curve)) in found.iter().enumerate() {
        let share = i64::try_from(i128::from(found.weight) * 100_000_000 / i128::from(sum)).unwrap();
        left -= share;
        let mut line = line(&name(index), "1");
        line.weight = Fixed::from_micros(share);
        line.curve = curve.clone();
        line.min_samples = found.min_samples;
        line.low_sample = found.absence;
        line.no_data = found.absence;
        lines.push(line);
    }
    let first = &mut lines[0];
    first.weight = Fixed::from_micros(first.weight.micros() + left);
    let facts = Facts::of((0..found.len()).map(|index| rate(&name(index))));
    let facts = found.iter().enumerate().fold(facts, |facts, (index, (found, _))| match found.pooled {
        Some((numerator, denominator)) => facts.with_pooled(&name(index), Scope::Own, pool(numerator, denominator)),
        None => facts,
    });
    let mut card = card(lines);
    // The steepest of these curves reaches 200.
    card.points_up_to = fixed("200");
    (card, facts)
}

fn pool(numerator: i64, denominator: i64) -> Pooled {
    Pooled { numerator: Fixed::from_int(numerator), denominator: Fixed::from_int(denominator), samples: denominator }
}

fn any_card() -> impl Strategy<Value = Vec<(Found, Curve)>> {
    prop::collection::vec((any_found(), any_rising()), 1..9)
}

fn sum(numbers: impl IntoIterator<Item = Fixed>) -> Fixed {
    Fixed::from_micros(numbers.into_iter().map(Fixed::micros).sum())
}

proptest! {
    #[test]
    fn contributions_add_up_to_the_subtotal_and_follow_from_points_and_weight(found in any_card()) {
        let (card, facts) = card_and_facts(&found);
        let result = score(&card, &facts).unwrap();
        for line in &result.lines {
            let by_hand = line.points.unwrap_or(Fixed::ZERO).mul_div(line.effective_weight, Fixed::HUNDRED).unwrap();
            prop_assert_eq!(line.contribution, by_hand);
        }
        match result.state {
            CardState::Scored => {
                prop_assert_eq!(result.subtotal, Some(sum(result.lines.iter().map(|line| line.contribution))));
                prop_assert_eq!(result.total, result.subtotal);
                prop_assert_eq!(result.printed, result.total.map(|total| total.round(2)));
                prop_assert!(result.rating.is_some());
            }
            CardState::OnHold | CardState::InsufficientData => {
                prop_assert_eq!((result.subtotal, result.total, result.printed, result.rating), (None, None, None, None));
            }
        }
    }

    #[test]
    fn effective_weights_are_a_hundred_whatever_is_missing(found in any_card()) {
        let (card, facts) = card_and_facts(&found);
        let result = score(&card, &facts).unwrap();
        let effective = sum(result.lines.iter().map(|line| line.effective_weight));
        let expected = if result.state == CardState::InsufficientData { Fixed::ZERO } else { Fixed::HUNDRED };
        prop_assert_eq!(effective, expected);
        let staying = sum(result.lines.iter().filter(|line| line.treatment != Some(Absence::Redistribute)).map(|line| line.weight));
        for line in &result.lines {
            if line.treatment == Some(Absence::Redistribute) {
                prop_assert_eq!((line.effective_weight, line.points, line.contribution), (Fixed::ZERO, None, Fixed::ZERO));
            } else {
                let proportional = line.weight.mul_div(Fixed::HUNDRED, staying).unwrap();
                prop_assert!((proportional.micros() - line.effective_weight.micros()).abs() <= 1);
            }
        }
    }

    #[test]
    fn a_better_value_never_lowers_the_total(found in any_card(), index in 0_usize..9, better in 1_i64..100) {
        let index = index % found.len();
        let mut raised = found.clone();
        let Some((numerator, denominator)) = found[index].0.pooled else { return Ok(()) };
        raised[index].0.pooled = Some(((numerator + better).min(denominator), denominator));
        let total = |found: &[(Found, Curve)]| {
            let (mut card, facts) = card_and_facts(found);
            card.gates = vec![gate(&name(index), "50", GateEffect::CapTotal { at: fixed("40") })];
            card.gates.push(gate(&name(index), "30", GateEffect::ZeroLine { line: name(0).into() }));
            score(&card, &facts).unwrap().total
        };
        prop_assert!(total(&found) <= total(&raised));
    }

    #[test]
    fn a_state_says_what_was_found(found in any_card()) {
        let (card, facts) = card_and_facts(&found);
        let result = score(&card, &facts).unwrap();
        for (line, (found, _)) in result.lines.iter().zip(&found) {
            let expected = match found.pooled {
                None | Some((_, 0)) => LineState::NoData,
                Some((_, samples)) if samples < found.min_samples => LineState::LowSample,
                Some(_) => LineState::Measured,
            };
            prop_assert_eq!(line.state, expected);
            prop_assert_eq!(line.treatment.is_none(), expected == LineState::Measured);
            prop_assert_eq!(line.value.is_some(), !matches!(expected, LineState::NoData));
        }
    }
}
