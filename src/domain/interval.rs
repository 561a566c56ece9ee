//! Confidence intervals shown beside every rate, and every mean that states its spread, so that small samples are seen for what
//! they are.

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

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Wilson's score interval of a rate.
    Wilson,
    /// Value ± 1.96 × the declared standard deviation of one case ÷ √samples.
    Declared { standard_deviation: Fixed },
}

impl Interval {
    /// The interval of a metric's value in its unit, see [`Interval::stated`].
    pub fn of(metric: &Metric, pooled: &Pooled) -> Option<Self> {
        Self::stated(metric, pooled).map(|(interval, _)| interval)
    }

    /// The interval of a metric's value in its unit, and how it was found: Wilson's for rates; for means from the standard
    /// deviation that the metric declares, and none where it declares none.
    pub fn stated(metric: &Metric, pooled: &Pooled) -> Option<(Self, IntervalMethod)> {
        let rate =
            |unit| wilson(pooled.numerator, pooled.denominator, unit).map(|found| (found, IntervalMethod::Wilson));
        match (metric.kind, metric.unit) {
            (MetricKind::Mean, _) => {
                let standard_deviation = metric.standard_deviation?;
                let found = declared_95(metric.value(pooled)?, standard_deviation, pooled.samples)?;
                Some((found, IntervalMethod::Declared { standard_deviation }))
            }
            (MetricKind::Rate, Unit::Percent) => rate(PERCENT),
            (MetricKind::Rate, _) => rate(RATIO),
        }
    }

    /// Both ends × `by` ÷ `per`, rounded to six decimals.
    pub fn scaled(self, by: Fixed, per: Fixed) -> Option<Self> {
        Some(Self { lower: self.lower.mul_div(by, per)?, upper: self.upper.mul_div(by, per)? })
    }
}

/// The 95 % interval of a mean of `samples` cases, each with this standard deviation: `mean ± 1.96 × standard_deviation ÷ √samples`,
/// the half width rounded to six decimals, half up. It is not cut at the ends of a scale.
///
/// `None` without samples, with a negative standard deviation, or where a figure does not fit.
pub fn declared_95(mean: Fixed, standard_deviation: Fixed, samples: i64) -> Option<Interval> {
    let samples = u128::try_from(samples).ok().filter(|samples| *samples > 0)?;
    let hundredfold = u128::try_from(standard_deviation.micros()).ok()?.checked_mul(196)?;
    // Rounding √x to the nearest whole number is cutting (√(4x) + 1) ÷ 2, which whole numbers do exactly.
    let fourfold_square = hundredfold.checked_mul(hundredfold)?.checked_mul(4)? / samples.checked_mul(10_000)?;
    let half_width = Fixed::from_micros(i64::try_from(fourfold_square.isqrt().div_ceil(2)).ok()?);
    Some(Interval { lower: mean.checked_sub(half_width)?, upper: mean.checked_add(half_width)? })
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
