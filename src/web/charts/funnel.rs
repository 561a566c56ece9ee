//! Rates beside how many cases they rest on: few cases scatter widely by chance alone, and the funnel shows how widely.

use std::fmt::Write as _;

use askama::Template;

use super::scale::{Scale, Tick};
use crate::domain::fixed::Fixed;
use crate::domain::interval::Interval;
use crate::web::format::grouped;
use crate::web::language::Language;

/// Places along the funnel's walls.
const PLACES: i64 = 48;
/// z for 95 %, in millionths.
const Z: u128 = 1_959_964;

/// One rate in percent.
pub(in crate::web) struct Dot {
    pub name: String,
    /// Where its page is.
    pub address: String,
    pub samples: i64,
    pub value: Fixed,
    pub interval: Option<Interval>,
}

struct DrawnDot {
    name: String,
    address: String,
    samples: String,
    value: Fixed,
    interval: Option<Interval>,
    x: Fixed,
    y: Fixed,
    /// Further from the mean than chance explains.
    out: bool,
}

#[derive(Template)]
#[template(path = "charts/funnel.html")]
pub(in crate::web) struct Funnel {
    language: Language,
    title: String,
    /// What the names are names of, for the table.
    who: String,
    dots: Vec<DrawnDot>,
    across: Vec<Tick>,
    up: Vec<Tick>,
    mean: Fixed,
    upper: String,
    lower: String,
}

impl Funnel {
    /// Around the rate of all cases together; `None` without any.
    pub(in crate::web) fn new(
        language: Language,
        title: String,
        who: String,
        mean: Fixed,
        dots: Vec<Dot>,
    ) -> Option<Self> {
        let most = dots.iter().map(|dot| dot.samples).max().filter(|most| *most > 0)?;
        let up = Scale::around(dots.iter().map(|dot| dot.value).chain([mean]), 190, 10)?;
        let across = Scale::new(Fixed::ZERO, Fixed::from_int(most), 56, 610);
        let wall = |side: fn(Fixed, Fixed) -> Option<Fixed>| wall((mean, most), side, across, up);
        let (upper, lower) = (wall(Fixed::checked_add), wall(Fixed::checked_sub));
        let drawn = dots.into_iter().map(|Dot { name, address, samples, value, interval }| DrawnDot {
            x: across.at(Fixed::from_int(samples)),
            y: up.at(value),
            out: interval.is_some_and(|interval| mean < interval.lower || mean > interval.upper),
            samples: grouped(&samples.to_string()),
            name,
            address,
            value,
            interval,
        });
        let dots = drawn.collect();
        let (across, mean, up) = (across.ticks(), up.at(mean), up.ticks());
        Some(Self { language, title, who, dots, across, up, mean, upper, lower })
    }
}

/// One side of the funnel, from where it comes into the picture.
fn wall((mean, most): (Fixed, i64), side: impl Fn(Fixed, Fixed) -> Option<Fixed>, across: Scale, up: Scale) -> String {
    let mut path = String::new();
    for at in 1..=PLACES {
        let samples = (most.saturating_mul(at) / PLACES).max(1);
        let edge = side(mean, scatter(mean, samples)).unwrap_or(mean).clamp(Fixed::ZERO, Fixed::HUNDRED);
        if up.holds(edge) {
            let pen = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{pen}{} {}", across.at(Fixed::from_int(samples)), up.at(edge));
        }
    }
    path
}

/// How far 95 of 100 rates of so many cases are from the true one at most, in percent: 1.96 × √(p (1 − p) ÷ n).
fn scatter(mean: Fixed, samples: i64) -> Fixed {
    let percent = u128::try_from(mean.clamp(Fixed::ZERO, Fixed::HUNDRED).micros()).unwrap_or_default();
    let whole = u128::try_from(Fixed::HUNDRED.micros()).unwrap_or_default();
    let variance = percent * (whole - percent) / u128::try_from(samples.max(1)).unwrap_or(1);
    let edge = variance.isqrt() * Z / 1_000_000;
    Fixed::from_micros(i64::try_from(edge).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::scale::Scale;
    use super::{scatter, wall};
    use crate::domain::fixed::Fixed;

    #[test]
    fn walls_are_drawn_where_the_picture_holds_them() {
        let (across, up) = (
            Scale::new(Fixed::ZERO, Fixed::from_int(480), 0, 480),
            Scale::new(Fixed::from_int(80), Fixed::from_int(95), 150, 0),
        );
        let upper = wall((Fixed::from_int(90), 480), Fixed::checked_add, across, up);
        // 1.96 × √(0.9 × 0.1 ÷ 140) = 4.97 points: the first place of 10 cases each at which the wall is below 95.
        assert!(upper.starts_with("M140 0.3L150 "), "{upper}");
        assert_eq!(upper.matches('L').count(), 34);
        let beyond = wall((Fixed::from_int(99), 480), Fixed::checked_add, across, up);
        assert_eq!(beyond, "");
    }

    #[test]
    fn few_cases_scatter_widely() {
        // 1.96 × √(0.9 × 0.1 ÷ 100) = 5.88 points.
        assert_eq!(scatter(Fixed::from_int(90), 100).round(2), Fixed::from_micros(5_880_000));
        assert_eq!(scatter(Fixed::HUNDRED, 10), Fixed::ZERO);
        assert_eq!(scatter(Fixed::from_int(50), 1).round(0), Fixed::from_int(98));
    }
}
