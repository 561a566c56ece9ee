//! The chance of a step against exact sums of the binomial distribution.

use merit::domain::chance::{falls_below, percent};
use merit::domain::metric::{Metric, MetricKind, Unit};
use proptest::prelude::*;

use super::build::{fixed, mean, metric, rate};

fn share(name: &str) -> Metric {
    metric(name, Unit::Ratio, MetricKind::Rate)
}

#[test]
fn known_edges_have_their_exact_chance() {
    // Exact sums with fractions: P(X < n × edge).
    for (metric, edge, samples, expected) in [
        (rate("m"), "90", 100, 41.684_448_773_350_816),
        (rate("m"), "85", 30, 47.553_125_367_439_556),
        (rate("m"), "5", 100, 43.598_130_068_571_19),
        (rate("m"), "90", 1000, 47.340_091_870_483_484),
        // A third of three cases is printed as 33.333333, which is not below that edge.
        (rate("m"), "33.333333", 3, 29.629_630_074_074_075),
        (share("m"), "0.001", 50, 95.120_562_819_703_14),
    ] {
        let found = falls_below(&metric, fixed(edge), samples).unwrap() * 100.0;
        assert!((found - expected).abs() < 1e-9, "{edge} at {samples}: {found}");
    }
    assert_eq!(percent(0.416_844_487), "41.7");
}

#[test]
fn where_chance_moves_nothing_there_is_no_chance() {
    for (metric, edge, samples) in [
        (rate("m"), "0", 100),
        (rate("m"), "100", 100),
        (share("m"), "1", 100),
        (rate("m"), "90", 0),
        (mean("m"), "90", 9),
    ] {
        assert_eq!(falls_below(&metric, fixed(edge), samples), None, "{edge} at {samples}");
    }
}

proptest! {
    /// The median of a binomial distribution lies within one case of its mean, so the chance is near a half for many cases.
    #[test]
    fn a_large_sample_is_nearly_a_coin(edge in 5_i64..95, samples in 20_000_u32..60_000) {
        let found = falls_below(&rate("m"), fixed(&edge.to_string()), samples).unwrap();
        prop_assert!((0.45..0.55).contains(&found), "{}", found);
    }
}
