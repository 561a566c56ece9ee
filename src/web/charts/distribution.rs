//! How many of each.

use askama::Template;

use super::scale::Scale;
use crate::domain::fixed::Fixed;
use crate::web::format::grouped;
use crate::web::language::Language;

/// How many there are of one kind.
pub(in crate::web) struct Count {
    pub name: String,
    pub count: i64,
    /// What share of all there might be, in words; empty where nothing says so.
    pub guidance: String,
}

struct DrawnCount {
    name: String,
    shown: String,
    guidance: String,
    width: Fixed,
    after: Fixed,
    y: usize,
}

/// Kinds from top to bottom.
#[derive(Template)]
#[template(path = "charts/distribution.html")]
pub(in crate::web) struct Distribution {
    language: Language,
    title: String,
    rows: Vec<DrawnCount>,
    height: usize,
    guided: bool,
}

impl Distribution {
    /// `None` where there is nothing to count.
    pub(in crate::web) fn new(language: Language, title: String, counts: Vec<Count>) -> Option<Self> {
        let all: i64 = counts.iter().map(|count| count.count).sum();
        let most = counts.iter().map(|count| count.count).max().filter(|most| *most > 0)?;
        let across = Scale::new(Fixed::ZERO, Fixed::from_int(most), 0, 340);
        let guided = counts.iter().any(|count| !count.guidance.is_empty());
        let height = counts.len() * 28 + 4;
        let rows = counts.into_iter().enumerate().map(|(at, Count { name, count, guidance })| {
            let width = across.at(Fixed::from_int(count));
            let share = Fixed::HUNDRED.mul_div(Fixed::from_int(count), Fixed::from_int(all)).unwrap_or_default();
            let shown = format!("{} ({share:.1}%)", grouped(&count.to_string()));
            let after = width.checked_add(Fixed::from_int(158)).unwrap_or(width);
            DrawnCount { name, shown, guidance, width, after, y: at * 28 + 4 }
        });
        let rows = rows.collect();
        Some(Self { language, title, rows, height, guided })
    }
}
