//! Intervals against figures computed with sixty digits, and against their definition.

use merit::domain::fixed::Fixed;
use merit::domain::interval::{Interval, IntervalMethod, declared_95, wilson_95};
use merit::domain::metric::{Metric, MetricKind, Unit};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::build::{decimal, fixed, mean, metric, pooled, rate};

fn interval(lower: &str, upper: &str) -> Interval {
    Interval { lower: fixed(lower), upper: fixed(upper) }
}

#[test]
fn known_rates_have_their_published_bounds() {
    for (successes, trials, lower, upper) in [
        ("8", "10", "49.016247", "94.331785"),
        ("0", "1", "0", "79.345069"),
        ("1", "1", "20.654931", "100"),
        ("0", "30", "0", "11.351339"),
        ("30", "30", "88.648661", "100"),
        ("85", "100", "76.716440", "90.694015"),
        ("90", "100", "82.563434", "94.477086"),
        ("875", "1000", "85.305616", "89.407377"),
        ("123456", "140000", "88.012713", "88.350906"),
        ("9000000000", "9200000000", "97.825789", "97.826385"),
        ("1", "3", "6.149194", "79.234040"),
        ("2.25", "3.5", "21.353214", "92.268057"),
        ("1", "9000000000000", "0", "0"),
    ] {
        let found = wilson_95(fixed(successes), fixed(trials));
        assert_eq!(found, Some(interval(lower, upper)), "{successes} of {trials}");
    }
}

#[test]
fn what_is_no_rate_has_no_interval() {
    for (successes, trials) in [("0", "0"), ("1", "0"), ("0.5", "0.9"), ("-1", "10"), ("11", "10"), ("0", "-5")] {
        assert_eq!(wilson_95(fixed(successes), fixed(trials)), None, "{successes} of {trials}");
    }
}

#[test]
fn a_metric_gives_the_interval_in_its_own_unit() {
    let facts = pooled("8", "10", 10);
    assert_eq!(Interval::of(&rate("csat"), &facts), Some(interval("49.016247", "94.331785")));
    let share = metric("csat", Unit::Ratio, MetricKind::Rate);
    assert_eq!(Interval::of(&share, &facts), Some(interval("0.490162", "0.943318")));
    assert_eq!(Interval::of(&mean("exam"), &facts), None);
}

#[test]
fn a_mean_has_the_interval_its_declared_spread_gives() {
    for (value, deviation, samples, lower, upper) in [
        ("311.764706", "240", 102, "265.188166", "358.341246"),
        ("4.21", "1.1", 100, "3.9944", "4.4256"),
        ("84", "8", 2, "72.912566", "95.087434"),
        ("0", "0.000001", 1, "-0.000002", "0.000002"),
        ("5", "1000000000", 7, "-740810362.098085", "740810372.098085"),
        ("1", "0.5", 1_000_000, "0.99902", "1.00098"),
        ("7", "0", 3, "7", "7"),
    ] {
        let found = declared_95(fixed(value), fixed(deviation), samples);
        assert_eq!(found, Some(interval(lower, upper)), "{value} ± 1.96 × {deviation} ÷ √{samples}");
    }
    for (value, deviation, samples) in
        [("1", "1", 0), ("1", "1", -4), ("1", "-1", 4), ("9223372036854", "1000", 1), ("1", "9000000000000", 1)]
    {
        assert_eq!(declared_95(fixed(value), fixed(deviation), samples), None, "{value}, {deviation}, {samples}");
    }
}

#[test]
fn the_method_is_said_and_a_mean_without_spread_has_no_interval() {
    let facts = pooled("31800", "102", 102);
    assert_eq!(Interval::stated(&mean("aht"), &facts), None);
    let standard_deviation = fixed("240");
    let aht = Metric { standard_deviation: Some(standard_deviation), ..metric("aht", Unit::Seconds, MetricKind::Mean) };
    let declared = IntervalMethod::Declared { standard_deviation };
    assert_eq!(Interval::stated(&aht, &facts), Some((interval("265.188166", "358.341246"), declared)));
    assert_eq!(Interval::stated(&aht, &pooled("0", "0", 5)), None);
    let wilson = Interval::stated(&rate("csat"), &pooled("8", "10", 10)).map(|(_, method)| method);
    assert_eq!(wilson, Some(IntervalMethod::Wilson));
}

/// (p − π)² − z²·π·(1 − π) ÷ n, which is zero at both bounds, negative between them, positive outside.
fn definition(share: Decimal, trials: Decimal, percent: Decimal) -> Decimal {
    let z = decimal("1.959963984540054");
    let pi = percent / Decimal::ONE_HUNDRED;
    let apart = share - pi;
    apart * apart - z * z * pi * (Decimal::ONE - pi) / trials
}

proptest! {
    #[test]
    fn bounds_solve_the_definition_to_the_last_digit(trials in 1_i64..2_000_000, successes in 0_i64..2_000_000) {
        let successes = successes % (trials + 1);
        let found = wilson_95(Fixed::from_int(successes), Fixed::from_int(trials)).unwrap();
        let (n, share) = (Decimal::from(trials), Decimal::from(successes) / Decimal::from(trials));
        let last_digit = decimal("0.000001");
        for (bound, inward) in [(found.lower, last_digit), (found.upper, -last_digit)] {
            let bound = bound.to_decimal();
            prop_assert!(definition(share, n, bound + inward) <= Decimal::ZERO);
            let outside = bound - inward;
            prop_assert!(
                outside.is_sign_negative() || outside > Decimal::ONE_HUNDRED || definition(share, n, outside) >= Decimal::ZERO
            );
        }
    }

    #[test]
    fn the_value_lies_inside_and_failures_mirror_successes(trials in 1_i64..10_000_000, successes in 0_i64..10_000_000) {
        let successes = successes.min(trials);
        let found = wilson_95(Fixed::from_int(successes), Fixed::from_int(trials)).unwrap();
        let value = Fixed::from_int(successes).mul_div(Fixed::HUNDRED, Fixed::from_int(trials)).unwrap();
        prop_assert!(Fixed::ZERO <= found.lower && found.lower <= value && value <= found.upper && found.upper <= Fixed::HUNDRED);
        let mirror = wilson_95(Fixed::from_int(trials - successes), Fixed::from_int(trials)).unwrap();
        let sum = found.lower.checked_add(mirror.upper).unwrap();
        prop_assert!(sum.checked_sub(Fixed::HUNDRED).unwrap().micros().abs() <= 1);
    }

    /// The half width h is the nearest to √x: (h − ½)² ≤ x ≤ (h + ½)², in millionths, with x = (1.96 × deviation)² ÷ samples.
    #[test]
    fn a_declared_half_width_is_the_nearest_millionth(deviation in 0_i64..2_000_000_000, samples in 1_i64..100_000) {
        let found = declared_95(Fixed::ZERO, Fixed::from_micros(deviation), samples).unwrap();
        prop_assert_eq!(found.lower.micros(), -found.upper.micros());
        let twice = 2 * i128::from(found.upper.micros());
        let square = 4 * (196 * i128::from(deviation)).pow(2);
        let scale = 10_000 * i128::from(samples);
        prop_assert!((twice + 1).pow(2) * scale >= square);
        prop_assert!(twice == 0 || (twice - 1).pow(2) * scale <= square);
    }
}
