//! What holds of every appraisal, whatever its stretches.

use merit::domain::appraisal::{AppraisalState, Standing, StretchBasis, StretchCard, combine, samples_of};
use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{Card, CardState, Scope, score};
use proptest::prelude::*;

use super::build::{Facts, card, fixed, line, period, rate};

/// Total in millionths (none without facts), days, cases.
type Part = (Option<i64>, i64, i64);

fn any_part() -> impl Strategy<Value = Part> {
    (prop::option::weighted(0.9, 0_i64..=100_000_000), 0_i64..60, 0_i64..300)
}

fn any_basis() -> impl Strategy<Value = StretchBasis> {
    prop_oneof![Just(StretchBasis::Days), Just(StretchBasis::Samples)]
}

fn front(basis: StretchBasis, stretch_min_days: i64) -> Card {
    let mut card = card(vec![line("csat", "100")]);
    card.stretch_basis = basis;
    card.eligibility.stretch_min_days = stretch_min_days;
    card
}

fn stretch(card: &Card, (total, days, samples): Part) -> StretchCard {
    let facts = Facts::of([rate("csat")]);
    let facts = match total {
        Some(total) => {
            let facts_of = merit::domain::fact::Pooled {
                numerator: Fixed::from_micros(total),
                denominator: fixed("100"),
                samples,
            };
            facts.with_pooled("csat", Scope::Own, facts_of)
        }
        None => facts,
    };
    let card = score(card, &facts).unwrap();
    let samples = samples_of(&card);
    let period = period("2026-04-01", "2026-04-30");
    StretchCard { unit: "T1".into(), post: "agent".into(), period, days, samples, card }
}

fn combined(card: &Card, parts: &[Part]) -> merit::domain::appraisal::AppraisalResult {
    combine(|_| Some(card), parts.iter().map(|part| stretch(card, *part)).collect(), None).unwrap()
}

proptest! {
    #[test]
    fn shares_add_up_to_exactly_100(
        parts in prop::collection::vec(any_part(), 1..8), basis in any_basis(), least in 0_i64..30,
    ) {
        let result = combined(&front(basis, least), &parts);
        let sum: i64 = result.stretches.iter().map(|stretch| stretch.share.micros()).sum();
        match result.state {
            AppraisalState::Scored => prop_assert_eq!(sum, Fixed::HUNDRED.micros()),
            _ => prop_assert_eq!((sum, result.total, &result.rating), (0, None, &None)),
        }
        for stretch in &result.stretches {
            let left = matches!(stretch.standing, Standing::TooShort | Standing::NoScore);
            prop_assert!(!left || stretch.share == Fixed::ZERO);
        }
    }

    #[test]
    fn a_total_follows_from_the_printed_shares_and_lies_between_the_stretches(
        parts in prop::collection::vec(any_part(), 1..8), basis in any_basis(), least in 0_i64..30,
    ) {
        let result = combined(&front(basis, least), &parts);
        let Some(total) = result.total else { return Ok(()) };
        let counted: Vec<(Fixed, Fixed)> = result
            .stretches
            .iter()
            .filter(|stretch| stretch.share > Fixed::ZERO)
            .map(|stretch| (stretch.stretch.card.total.unwrap(), stretch.share))
            .collect();
        let by_hand: i128 = counted.iter().map(|(total, share)| i128::from(total.micros()) * i128::from(share.micros())).sum();
        prop_assert!((by_hand - i128::from(total.micros()) * 100_000_000).abs() <= 50_000_000);
        prop_assert!(counted.iter().map(|(total, _)| *total).min().unwrap() <= total);
        prop_assert!(total <= counted.iter().map(|(total, _)| *total).max().unwrap());
        prop_assert_eq!(result.printed, Some(total.round(2)));
        prop_assert!(result.rating.is_some());
    }

    #[test]
    fn one_stretch_is_its_card(part in any_part(), basis in any_basis(), least in 0_i64..90) {
        let card = front(basis, least);
        let alone = stretch(&card, part).card;
        let result = combined(&card, &[part]);
        prop_assert_eq!(result.state == AppraisalState::Scored, alone.state == CardState::Scored);
        prop_assert_eq!((result.total, result.printed, result.rating), (alone.total, alone.printed, alone.rating.clone()));
        prop_assert_eq!(&result.stretches[0].stretch.card, &alone);
    }

    #[test]
    fn splitting_a_stretch_changes_the_total_by_no_more_than_rounding(
        total in 0_i64..=100_000_000, days in 2_i64..60, samples in 2_i64..300, rest in prop::collection::vec(any_part(), 0..4),
        cut in 1_i64..60, basis in any_basis(),
    ) {
        let cut_days = 1 + cut % (days - 1).max(1);
        let cut_samples = samples * cut_days / days;
        let whole: Vec<Part> = rest.iter().copied().chain([(Some(total), days, samples)]).collect();
        let halves = [(Some(total), cut_days, cut_samples), (Some(total), days - cut_days, samples - cut_samples)];
        let split: Vec<Part> = rest.iter().copied().chain(halves).collect();
        let card = front(basis, 0);
        // Where nobody was there for a day, stretches count alike, and a split one twice.
        prop_assume!(combined(&card, &whole).basis == basis && combined(&card, &split).basis == basis);
        let of = |parts: &[Part]| combined(&card, parts).total.unwrap().micros();
        // A share is off by less than two millionths of a percent, once a stretch.
        prop_assert!((of(&whole) - of(&split)).abs() <= 2 * 6);
    }
}
