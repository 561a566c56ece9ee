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
        let wall = |side: fn(Fixed, Fixed) -> Option<Fixed>| {
            let mut path = String::new();
            for at in 1..=PLACES {
                let samples = (most.saturating_mul(at) / PLACES).max(1);
                let edge = side(mean, scatter(mean, samples)).unwrap_or(mean).clamp(Fixed::ZERO, Fixed::HUNDRED);
                let pen = if path.is_empty() { 'M' } else { 'L' };
                let _ = write!(path, "{pen}{} {}", across.at(Fixed::from_int(samples)), up.at(edge));
            }
            path
        };
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
    use super::scatter;
    use crate::domain::fixed::Fixed;

    #[test]
    fn few_cases_scatter_widely() {
        // 1.96 × √(0.9 × 0.1 ÷ 100) = 5.88 points.
        assert_eq!(scatter(Fixed::from_int(90), 100).round(2), Fixed::from_micros(5_880_000));
        assert_eq!(scatter(Fixed::HUNDRED, 10), Fixed::ZERO);
        assert_eq!(scatter(Fixed::from_int(50), 1).round(0), Fixed::from_int(98));
    }
}
