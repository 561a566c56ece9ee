//! Tiers, flat and marginal.

use merit::domain::fixed::Fixed;
use merit::domain::tiers::{Tier, TiersError, check, flat, marginal, slices, tier_of};
use proptest::prelude::*;

use super::build::{fixed, tiers};

#[test]
fn a_flat_rate_is_that_of_the_tier_the_amount_lies_in_from_its_lower_edge_on() {
    let tiers = tiers(&[("0", "1"), ("100", "1.4"), ("120", "1.6")]);
    for (amount, rate) in
        [("0", "1"), ("99.999999", "1"), ("100", "1.4"), ("119.99", "1.4"), ("120", "1.6"), ("9999", "1.6")]
    {
        assert_eq!(flat(&tiers, fixed(amount)), Some(fixed(rate)), "{amount}");
    }
    assert_eq!(flat(&tiers, fixed("-0.01")), None);
    assert_eq!(flat(&[], fixed("1")), None);
    assert_eq!(tier_of(&tiers, fixed("110")).map(|tier| tier.from), Some(fixed("100")));
}

#[test]
fn a_marginal_rate_pays_every_slice_by_its_own_tier() {
    let tiers = tiers(&[("0", "1"), ("100", "1.4"), ("120", "1.6")]);
    for (amount, sum) in [("0", "0"), ("80", "80"), ("100", "100"), ("110", "114"), ("130", "144"), ("-5", "0")] {
        assert_eq!(marginal(&tiers, fixed(amount)), Some(fixed(sum)), "{amount}");
    }
    let parts: Vec<_> = slices(&tiers, fixed("130")).map(|slice| (slice.amount, slice.rate)).collect();
    assert_eq!(parts, [(fixed("100"), fixed("1")), (fixed("20"), fixed("1.4")), (fixed("10"), fixed("1.6"))]);
    assert_eq!(marginal(&[], fixed("1")), None);
}

#[test]
fn slices_are_counted_from_zero_even_when_the_first_tier_starts_below() {
    assert_eq!(marginal(&tiers(&[("-50", "2"), ("10", "3")]), fixed("20")), Some(fixed("50")));
    assert_eq!(marginal(&tiers(&[("-50", "9"), ("-10", "2")]), fixed("20")), Some(fixed("40")));
}

#[test]
fn tiers_that_leave_an_amount_without_a_rate_are_refused() {
    assert_eq!(check(&[]), Err(TiersError::Empty));
    assert_eq!(check(&tiers(&[("10", "1")])), Err(TiersError::StartsAboveZero(fixed("10"))));
    let unordered = check(&tiers(&[("0", "1"), ("20", "1"), ("20", "2")]));
    assert_eq!(unordered, Err(TiersError::NotAscending { after: fixed("20"), from: fixed("20") }));
    assert_eq!(check(&tiers(&[("0", "1"), ("20", "1")])), Ok(()));
    assert_eq!(
        check(&tiers(&[("10", "1")])).unwrap_err().to_string(),
        "the first tier starts from 10: let it start from 0, so that every amount has a rate"
    );
}

fn any_tiers() -> impl Strategy<Value = Vec<Tier>> {
    prop::collection::vec((1_i64..50_000_000, 0_i64..5_000_000), 1..6).prop_map(|widths| {
        let mut from = 0;
        widths
            .into_iter()
            .map(|(width, rate)| {
                let tier = Tier { from: Fixed::from_micros(from), rate: Fixed::from_micros(rate) };
                from += width;
                tier
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn slices_add_up_to_the_amount(tiers in any_tiers(), amount in 0_i64..300_000_000) {
        let sum: i64 = slices(&tiers, Fixed::from_micros(amount)).map(|slice| slice.amount.micros()).sum();
        prop_assert_eq!(sum, amount);
    }

    #[test]
    fn marginal_is_the_sum_of_its_slices_and_at_most_the_best_rate(tiers in any_tiers(), amount in 0_i64..300_000_000) {
        let amount = Fixed::from_micros(amount);
        let found = marginal(&tiers, amount).unwrap();
        let exact: i128 = slices(&tiers, amount).map(|slice| i128::from(slice.amount.micros()) * i128::from(slice.rate.micros())).sum();
        prop_assert!((i128::from(found.micros()) * 1_000_000 - exact).abs() <= 500_000);
        let best = tiers.iter().map(|tier| tier.rate).max().unwrap();
        prop_assert!(found <= amount.mul_div(best, Fixed::ONE).unwrap());
    }

    #[test]
    fn a_split_at_an_edge_changes_nothing(tiers in any_tiers(), amount in 0_i64..300_000_000, edge in 0_usize..6) {
        let edge = tiers.get(edge).map_or(Fixed::ZERO, |tier| tier.from).min(Fixed::from_micros(amount));
        let whole = marginal(&tiers, Fixed::from_micros(amount)).unwrap();
        let below = marginal(&tiers, edge).unwrap();
        let shifted: Vec<Tier> = tiers
            .iter()
            .map(|tier| Tier { from: tier.from.checked_sub(edge).unwrap(), rate: tier.rate })
            .collect();
        let above = marginal(&shifted, Fixed::from_micros(amount).checked_sub(edge).unwrap()).unwrap();
        prop_assert!((whole.micros() - below.micros() - above.micros()).abs() <= 1);
    }

    #[test]
    fn more_never_earns_less(tiers in any_tiers(), amount in 0_i64..300_000_000, more in 0_i64..50_000_000) {
        prop_assert!(marginal(&tiers, Fixed::from_micros(amount)) <= marginal(&tiers, Fixed::from_micros(amount + more)));
    }
}
