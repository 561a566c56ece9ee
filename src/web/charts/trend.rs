//! A figure over time, with the interval it is known to.

use std::fmt::Write as _;

use askama::Template;

use super::scale::{Scale, Tick};
use crate::domain::fixed::Fixed;
use crate::web::language::Language;

const WIDTH: i64 = 640;
const HEIGHT: i64 = 180;
/// Room for the figures of the axis.
const LEFT: i64 = 56;

/// A figure at one time.
pub(in crate::web) struct Moment {
    pub name: String,
    pub value: Option<Fixed>,
    pub interval: Option<(Fixed, Fixed)>,
    /// The value as people read it.
    pub shown: String,
    /// The interval as people read it.
    pub shown_interval: String,
    /// Whether it says the same as the one before; where it does not, no line joins them.
    pub joins: bool,
}

struct DrawnMoment {
    name: String,
    shown: String,
    shown_interval: String,
    x: Fixed,
    y: Option<Fixed>,
    /// Where what is measured changed since the moment before.
    apart: Option<Fixed>,
    whisker: Option<(Fixed, Fixed)>,
}

/// Moments from left to right.
#[derive(Template)]
#[template(path = "charts/trend.html")]
pub(in crate::web) struct Trend {
    language: Language,
    title: String,
    moments: Vec<DrawnMoment>,
    ticks: Vec<Tick>,
    line: String,
    has_intervals: bool,
}

impl Trend {
    /// `None` where nothing was measured.
    pub(in crate::web) fn new(language: Language, title: String, moments: Vec<Moment>) -> Option<Self> {
        let figures = moments.iter().flat_map(|moment| {
            moment.value.into_iter().chain(moment.interval.into_iter().flat_map(|(lower, upper)| [lower, upper]))
        });
        let up = Scale::around(figures, HEIGHT - 30, 10)?;
        let across: Vec<Fixed> = places(moments.len(), LEFT + 20, WIDTH - 50).collect();
        let before = std::iter::once(None).chain(across.iter().copied().map(Some));
        let has_intervals = moments.iter().any(|moment| moment.interval.is_some());
        let line = path(
            moments.iter().zip(&across).map(|(moment, x)| (*x, moment.value.map(|value| up.at(value)), moment.joins)),
        );
        let drawn =
            moments.into_iter().zip(across.iter().copied().zip(before)).map(|(moment, (x, before))| DrawnMoment {
                x,
                apart: before.filter(|_| !moment.joins).map(|before| between(before, x)),
                y: moment.value.map(|value| up.at(value)),
                whisker: moment.interval.map(|(lower, upper)| (up.at(lower), up.at(upper))),
                name: moment.name,
                shown: moment.shown,
                shown_interval: moment.shown_interval,
            });
        let moments: Vec<DrawnMoment> = drawn.collect();
        Some(Self { language, title, moments, ticks: up.ticks(), line, has_intervals })
    }
}

/// The same without axes, to stand in a line of text; its figures stand beside it.
#[derive(Template)]
#[template(path = "charts/spark.html")]
pub(in crate::web) struct Spark {
    line: String,
    last: Option<(Fixed, Fixed)>,
}

impl Spark {
    pub(in crate::web) fn new(moments: &[Moment]) -> Option<Self> {
        let up = Scale::around(moments.iter().filter_map(|moment| moment.value), 21, 3)?;
        let across = places(moments.len(), 4, 96);
        let place = |(x, moment): (Fixed, &Moment)| (x, moment.value.map(|value| up.at(value)), moment.joins);
        let points: Vec<_> = across.zip(moments).map(place).collect();
        let last = points.iter().rev().find_map(|(x, y, _)| Some((*x, (*y)?)));
        Some(Self { line: path(points.into_iter()), last })
    }
}

/// `count` places at equal distances; one alone is in the middle.
fn places(count: usize, from: i64, to: i64) -> impl Iterator<Item = Fixed> {
    let gaps = i64::try_from(count).unwrap_or(i64::MAX) - 1;
    (0..=gaps).map(move |at| {
        if gaps == 0 {
            return Fixed::from_int((from + to) / 2);
        }
        Scale::new(Fixed::ZERO, Fixed::from_int(gaps), from, to).at(Fixed::from_int(at))
    })
}

/// Half-way.
fn between(one: Fixed, other: Fixed) -> Fixed {
    Fixed::from_micros(i64::midpoint(one.micros(), other.micros())).round(1)
}

/// A line through the places; where a figure is missing, or says something else than the one before, it is broken.
fn path(places: impl Iterator<Item = (Fixed, Option<Fixed>, bool)>) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (x, y, joins) in places {
        if !joins {
            pen = 'M';
        }
        match y {
            Some(y) => {
                let _ = write!(path, "{pen}{x} {y}");
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::path;
    use crate::domain::fixed::Fixed;

    #[test]
    fn a_missing_figure_breaks_the_line() {
        let place = |x, y: Option<i64>, joins| (Fixed::from_int(x), y.map(Fixed::from_int), joins);
        let places = [place(0, Some(1), true), place(1, Some(2), true), place(2, None, true), place(3, Some(4), true)];
        assert_eq!(path(places.into_iter()), "M0 1L1 2M3 4");
        let other = [place(0, Some(1), true), place(1, Some(2), false), place(2, Some(3), true)];
        assert_eq!(path(other.into_iter()), "M0 1M1 2L2 3");
    }
}
