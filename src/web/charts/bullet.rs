//! A figure on its scale, with the zones it may fall into and how sure it is.

use askama::Template;

use super::scale::{Scale, Tick};
use crate::domain::fixed::Fixed;
use crate::web::language::Language;

const WIDTH: i64 = 640;

/// A part of the scale with a name of its own.
pub(in crate::web) struct Zone {
    pub name: String,
    pub from: Fixed,
}

struct DrawnZone {
    name: String,
    x: Fixed,
    width: Fixed,
    middle: Fixed,
    shade: usize,
}

/// A figure between `least` and `most`, over zones in ascending order.
#[derive(Template)]
#[template(path = "charts/bullet.html")]
pub(in crate::web) struct Bullet {
    language: Language,
    label: String,
    zones: Vec<DrawnZone>,
    ticks: Vec<Tick>,
    start: Fixed,
    end: Fixed,
}

impl Bullet {
    pub(in crate::web) fn new(
        language: Language,
        label: String,
        value: Fixed,
        (least, most): (Fixed, Fixed),
        zones: Vec<Zone>,
    ) -> Self {
        let scale = Scale::new(least, most, 0, WIDTH);
        let ends: Vec<Fixed> = zones.iter().skip(1).map(|zone| zone.from).chain([most]).collect();
        let drawn = zones.into_iter().zip(ends).enumerate().map(|(at, (zone, end))| {
            let (from, end) = (zone.from.clamp(least, most), end.clamp(least, most));
            let middle = Fixed::from_micros((from.micros() + end.micros()) / 2);
            DrawnZone {
                name: zone.name,
                x: scale.at(from),
                width: scale.between(from, end),
                middle: scale.at(middle),
                shade: at % 3,
            }
        });
        let zones = drawn.collect();
        Self { language, label, zones, ticks: scale.ticks(), start: scale.at(least), end: scale.at(value) }
    }
}

/// Points out of a hundred as a small bar beside the figure itself.
#[derive(Template)]
#[template(path = "charts/bar.html")]
pub(in crate::web) struct Bar {
    width: Fixed,
}

impl Bar {
    pub(in crate::web) fn of_hundred(points: Fixed) -> Self {
        Self { width: Scale::new(Fixed::ZERO, Fixed::HUNDRED, 0, 100).at(points) }
    }
}
