//! Confidence intervals shown beside every rate, so that small samples are seen for what they are.

use serde::{Deserialize, Serialize};

use super::fact::Pooled;
use super::fixed::Fixed;
use super::metric::{Metric, MetricKind, Unit};

/// A 95 % interval in the metric's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub lower: Fixed,
    pub upper: Fixed,
}

/// z for 95 %, in units of 10⁻¹⁵: the 0.975 quantile of the standard normal distribution, the value that double precision
/// libraries give (`NormalDist().inv_cdf(0.975)` of Python's `statistics`: 1.9599639845400536).
const Z_E15: u128 = 1_959_963_984_540_054;

/// Binary fraction digits of the computation. With 60 of them every intermediate result fits 128 bits, and its error stays far
/// below the six decimals shown.
const BITS: u32 = 60;
const ONE: u128 = 1 << BITS;

const Z_SQUARED: u128 = ((Z_E15 * Z_E15 / 10_u128.pow(12)) << BITS) / 10_u128.pow(18);

/// Millionths in a share of one, and in the same share as percent.
const RATIO: u128 = 1_000_000;
const PERCENT: u128 = 100 * RATIO;

/// The Wilson score interval of a rate at 95 %, in percent (0 to 100), six decimals, rounded half up.
///
/// `None` when there is no rate to speak of: less than one trial, negative successes, or more successes than trials.
pub fn wilson_95(successes: Fixed, trials: Fixed) -> Option<Interval> {
    wilson(successes, trials, PERCENT)
}

impl Interval {
    /// The interval of a metric's value in its unit: Wilson's for rates; means have none.
    pub fn of(metric: &Metric, pooled: &Pooled) -> Option<Self> {
        match (metric.kind, metric.unit) {
            (MetricKind::Mean, _) => None,
            (MetricKind::Rate, Unit::Percent) => wilson(pooled.numerator, pooled.denominator, PERCENT),
            (MetricKind::Rate, _) => wilson(pooled.numerator, pooled.denominator, RATIO),
        }
    }
}

/// With p = successes ÷ trials and c = z² ÷ trials, Wilson's bounds are (p + c/2 ∓ √(c·p·(1 − p) + c²/4)) ÷ (1 + c).
fn wilson(successes: Fixed, trials: Fixed, unit: u128) -> Option<Interval> {
    if trials < Fixed::ONE || successes > trials {
        return None;
    }
    let trials = u128::from(u64::try_from(trials.micros()).ok()?);
    let successes = u128::from(u64::try_from(successes.micros()).ok()?);
    let share = (successes << BITS) / trials;
    let c = Z_SQUARED * RATIO / trials;
    let spread = (share * (ONE - share)) >> BITS;
    let half_width = (c * spread + c * c / 4).isqrt();
    let centre = share + c / 2;
    let bound = |sum: u128| {
        let micros = (sum * unit + (ONE + c) / 2) / (ONE + c);
        i64::try_from(micros.min(unit)).ok().map(Fixed::from_micros)
    };
    Some(Interval { lower: bound(centre.saturating_sub(half_width))?, upper: bound(centre + half_width)? })
}
