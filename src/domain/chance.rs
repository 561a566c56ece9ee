//! How often chance alone decides: statistics that inform the people who write rules. No score is ever computed from them.

use super::fixed::Fixed;
use super::metric::{Metric, MetricKind, Unit};

/// Terms of the distribution smaller than this beside its largest are left out; together they do not reach a billionth.
const NEGLIGIBLE: f64 = 1e-20;

/// The chance, 0 to 1, that a rate comes out below `edge` in a period of `samples` cases, for somebody whose true rate is exactly
/// `edge` (in the metric's unit): the binomial distribution's, summed term by term.
///
/// `None` for a mean, without samples, and where the edge does not lie between none and all of the cases, since chance moves
/// nothing there.
#[expect(clippy::float_arithmetic, reason = "a statistic that informs; scores are fixed-point")]
pub fn falls_below(metric: &Metric, edge: Fixed, samples: u32) -> Option<f64> {
    let whole = whole(metric)?;
    if samples == 0 || edge <= Fixed::ZERO || edge >= whole {
        return None;
    }
    let share = edge.micros() as f64 / whole.micros() as f64;
    let odds = share / (1.0 - share);
    let count = Fixed::from_int(i64::from(samples));
    let below =
        |successes: u32| Fixed::from_int(i64::from(successes)).mul_div(whole, count).is_some_and(|value| value < edge);
    let n = f64::from(samples);
    // Terms beside that of the most likely number of successes, upward and downward from it.
    let start = likely(edge, whole, samples);
    let mut sums = Sums::default();
    let mut term = 1.0;
    for successes in start..=samples {
        sums.add(term, below(successes));
        let k = f64::from(successes);
        term *= odds * (n - k) / (k + 1.0);
        if term < NEGLIGIBLE {
            break;
        }
    }
    term = 1.0;
    for successes in (0..start).rev() {
        let k = f64::from(successes);
        term *= (k + 1.0) / (n - k) / odds;
        if term < NEGLIGIBLE {
            break;
        }
        sums.add(term, below(successes));
    }
    Some(sums.below / sums.all)
}

/// A chance as people read it: percent with one decimal.
#[expect(clippy::float_arithmetic, reason = "a statistic that informs; scores are fixed-point")]
pub fn percent(chance: f64) -> String {
    format!("{:.1}", chance * 100.0)
}

/// All cases of a rate, in the metric's unit; `None` for a mean.
pub fn whole(metric: &Metric) -> Option<Fixed> {
    match (metric.kind, metric.unit) {
        (MetricKind::Mean, _) => None,
        (MetricKind::Rate, Unit::Percent) => Some(Fixed::HUNDRED),
        (MetricKind::Rate, _) => Some(Fixed::ONE),
    }
}

/// About the most likely number of successes; any number near it serves as a start.
fn likely(edge: Fixed, whole: Fixed, samples: u32) -> u32 {
    let expected = Fixed::from_int(i64::from(samples)).mul_div(edge, whole).unwrap_or_default().micros() / Fixed::SCALE;
    u32::try_from(expected).unwrap_or_default().min(samples)
}

#[derive(Default)]
struct Sums {
    all: f64,
    below: f64,
}

impl Sums {
    #[expect(clippy::float_arithmetic, reason = "a statistic that informs; scores are fixed-point")]
    fn add(&mut self, term: f64, below: bool) {
        self.all += term;
        if below {
            self.below += term;
        }
    }
}
