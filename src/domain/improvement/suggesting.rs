//! From the last periods of an agent's metrics to a suggested plan.

use std::cmp::Ordering;

use chrono::{Days, NaiveDate};

use super::super::fixed::Fixed;
use super::super::metric::{Direction, Metric, MetricId, MetricKind};
use super::{History, ImprovementRules, MAX_OBJECTIVES, Objective, PastValue, Suggestion, Trigger};

/// A plan for the metrics that are below standard, or `None` when none is.
///
/// `metrics` finds a metric by its id (one it does not know triggers nothing), `histories` holds each metric once, and `starts` is the
/// plan's first day. The objectives that matter most come first: effective weight × shortfall from the floor relative to the floor
/// (a floor of zero counts as one), equal ones by metric id.
pub fn suggest<'m>(
    rules: &ImprovementRules,
    metrics: impl Fn(&MetricId) -> Option<&'m Metric>,
    histories: &[History],
    starts: NaiveDate,
) -> Option<Suggestion> {
    let due = starts.checked_add_days(Days::new(rules.duration_days.into()))?;
    let mut found: Vec<Shortfall<'_>> = rules
        .triggers
        .iter()
        .filter_map(|trigger| {
            let history = histories.iter().find(|history| history.metric == trigger.metric)?;
            Shortfall::find(rules, trigger, metrics(&trigger.metric)?, history)
        })
        .collect();
    found.sort_by(Shortfall::gravest_first);
    let most = usize::try_from(rules.max_objectives.min(MAX_OBJECTIVES)).ok()?;
    let objectives: Vec<_> = found.iter().take(most).map(|shortfall| shortfall.objective(rules, due)).collect();
    (!objectives.is_empty()).then_some(Suggestion { starts, due, check_ins: rules.check_ins, objectives })
}

/// A trigger that fired.
struct Shortfall<'a> {
    trigger: &'a Trigger,
    weight: Fixed,
    baseline: Fixed,
    periods_below: u32,
}

/// Whether `value` is worse than `floor`; never for metrics that are best inside a range.
fn is_worse(direction: Direction, value: Fixed, floor: Fixed) -> bool {
    match direction {
        Direction::HigherIsBetter => value < floor,
        Direction::LowerIsBetter => value > floor,
        Direction::InRange => false,
    }
}

/// Whether even the better end of the interval is worse than the floor. A mean has no interval and stands by its value; a rate
/// without one is too thin to judge.
fn is_surely_worse(metric: &Metric, current: &PastValue, floor: Fixed) -> bool {
    match (current.interval, metric.kind) {
        (Some(interval), _) => {
            let better_end = match metric.direction {
                Direction::LowerIsBetter => interval.lower,
                Direction::HigherIsBetter | Direction::InRange => interval.upper,
            };
            is_worse(metric.direction, better_end, floor)
        }
        (None, MetricKind::Mean) => is_worse(metric.direction, current.value, floor),
        (None, MetricKind::Rate) => false,
    }
}

impl<'a> Shortfall<'a> {
    fn find(rules: &ImprovementRules, trigger: &'a Trigger, metric: &Metric, history: &History) -> Option<Self> {
        let current = history.periods.last()?.as_ref()?;
        let looked_at = usize::try_from(rules.of_periods).ok()?;
        let below = history.periods.iter().rev().take(looked_at).flatten();
        let below = below.filter(|past| is_worse(metric.direction, past.value, trigger.floor)).count();
        let periods_below = u32::try_from(below).ok()?;
        let fires = is_worse(metric.direction, current.value, trigger.floor)
            && periods_below >= rules.periods_below
            && current.samples >= trigger.min_samples
            && is_surely_worse(metric, current, trigger.floor);
        fires.then_some(Self { trigger, weight: history.weight, baseline: current.value, periods_below })
    }

    fn objective(&self, rules: &ImprovementRules, due: NaiveDate) -> Objective {
        let Trigger { metric, floor, target, .. } = self.trigger;
        let course = rules.courses.iter().find(|course| course.metrics.contains(metric));
        Objective {
            metric: metric.clone(),
            baseline: self.baseline,
            floor: *floor,
            target: *target,
            due,
            course: course.map(|course| course.id.clone()),
            periods_below: self.periods_below,
            of_periods: rules.of_periods,
        }
    }

    /// Weight × shortfall ÷ floor as an exact fraction.
    fn gravity(&self) -> (u128, u128) {
        let gap = self.baseline.micros().abs_diff(self.trigger.floor.micros());
        let floor = match self.trigger.floor.micros().unsigned_abs() {
            0 => Fixed::ONE.micros().unsigned_abs(),
            micros => micros,
        };
        (u128::from(self.weight.micros().max(0).unsigned_abs()) * u128::from(gap), floor.into())
    }

    fn gravest_first(&self, other: &Self) -> Ordering {
        compare_fractions(other.gravity(), self.gravity()).then_with(|| self.trigger.metric.cmp(&other.trigger.metric))
    }
}

/// Compares `a ÷ b` with `c ÷ d` exactly, by whole parts and then the remainders' reciprocals, so that no product can overflow.
/// `b` and `d` are not zero.
fn compare_fractions((a, b): (u128, u128), (c, d): (u128, u128)) -> Ordering {
    let whole = (a / b).cmp(&(c / d));
    match (whole, a % b, c % d) {
        (Ordering::Equal, 0, 0) => Ordering::Equal,
        (Ordering::Equal, 0, _) => Ordering::Less,
        (Ordering::Equal, _, 0) => Ordering::Greater,
        (Ordering::Equal, left, right) => compare_fractions((d, right), (b, left)),
        (unequal, _, _) => unequal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_compare_exactly_even_where_products_would_overflow() {
        let big = u128::MAX;
        assert_eq!(compare_fractions((1, 3), (2, 6)), Ordering::Equal);
        assert_eq!(compare_fractions((2, 3), (3, 5)), Ordering::Greater);
        assert_eq!(compare_fractions((0, 7), (1, big)), Ordering::Less);
        assert_eq!(compare_fractions((big - 1, big), (big - 2, big - 1)), Ordering::Greater);
        assert_eq!(compare_fractions((big, 3), (big, 2)), Ordering::Less);
    }
}
