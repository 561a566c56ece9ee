//! From figures to places on a picture.

use crate::domain::fixed::Fixed;

/// Places of a picture have one decimal.
const DECIMALS: u32 = 1;
/// More marks than this on an axis are noise.
const MOST_TICKS: i64 = 6;

/// A stretch of figures on a stretch of the picture.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Scale {
    least: Fixed,
    most: Fixed,
    from: Fixed,
    to: Fixed,
}

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Tick {
    pub at: Fixed,
    pub value: Fixed,
}

impl Scale {
    /// Figures from `least` to `most` at places from `from` to `to`, which may run backwards as heights do.
    pub(in crate::web) fn new(least: Fixed, most: Fixed, from: i64, to: i64) -> Self {
        let most = if most > least { most } else { least.checked_add(Fixed::ONE).unwrap_or(least) };
        Self { least, most, from: Fixed::from_int(from), to: Fixed::from_int(to) }
    }

    /// Around these figures, with a little air; `None` without any.
    pub(in crate::web) fn around(figures: impl Iterator<Item = Fixed>, from: i64, to: i64) -> Option<Self> {
        let (mut least, mut most) = (None::<Fixed>, None::<Fixed>);
        for figure in figures {
            least = Some(least.map_or(figure, |least| least.min(figure)));
            most = Some(most.map_or(figure, |most| most.max(figure)));
        }
        let (least, most) = (least?, most?);
        let step = step(least, most);
        let down = Fixed::from_micros(least.micros().div_euclid(step).saturating_mul(step));
        let up = most.micros().saturating_add(step - 1).div_euclid(step).saturating_mul(step);
        Some(Self::new(down, Fixed::from_micros(up), from, to))
    }

    /// Whether a figure has a place on the picture.
    pub(in crate::web) fn holds(&self, figure: Fixed) -> bool {
        (self.least..=self.most).contains(&figure)
    }

    /// The place of a figure; one outside is at the edge.
    pub(in crate::web) fn at(&self, figure: Fixed) -> Fixed {
        let figure = figure.clamp(self.least, self.most);
        let along = figure.checked_sub(self.least).zip(self.most.checked_sub(self.least));
        let room = self.to.checked_sub(self.from);
        let place = along.zip(room).and_then(|((along, whole), room)| self.from.add_mul_div(room, along, whole));
        place.unwrap_or(self.from).round(DECIMALS)
    }

    /// How far a figure is from another on the picture.
    pub(in crate::web) fn between(&self, one: Fixed, other: Fixed) -> Fixed {
        let (one, other) = (self.at(one), self.at(other));
        Fixed::from_micros((one.micros() - other.micros()).abs())
    }

    /// Round figures along the axis.
    pub(in crate::web) fn ticks(&self) -> Vec<Tick> {
        let step = step(self.least, self.most);
        let first = self.least.micros().saturating_add(step - 1).div_euclid(step);
        let last = self.most.micros().div_euclid(step);
        let values = (first..=last).filter_map(|count| count.checked_mul(step)).map(Fixed::from_micros);
        values.map(|value| Tick { at: self.at(value), value }).collect()
    }
}

/// 1, 2 or 5 of some decimal place, so that there are not too many.
fn step(least: Fixed, most: Fixed) -> i64 {
    let range = most.micros().saturating_sub(least.micros()).max(1);
    let mut unit = 1_i64;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if range / step <= MOST_TICKS || step == i64::MAX {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::domain::fixed::Fixed;

    #[test]
    fn figures_have_their_places() {
        let scale = Scale::new(Fixed::ZERO, Fixed::HUNDRED, 20, 220);
        assert_eq!(scale.at(Fixed::from_int(50)), Fixed::from_int(120));
        assert_eq!(scale.at(Fixed::from_int(-7)), Fixed::from_int(20));
        assert_eq!(scale.at(Fixed::from_int(107)), Fixed::from_int(220));
        assert!(scale.holds(Fixed::ZERO) && scale.holds(Fixed::HUNDRED) && !scale.holds(Fixed::from_int(107)));
        assert_eq!(scale.between(Fixed::from_int(10), Fixed::from_int(60)), Fixed::from_int(100));
        let upwards = Scale::new(Fixed::ZERO, Fixed::HUNDRED, 100, 0);
        assert_eq!(upwards.at(Fixed::from_int(25)), Fixed::from_int(75));
    }

    #[test]
    fn ticks_are_round_and_few() {
        let values = |least: i64, most: i64| {
            let ticks = Scale::new(Fixed::from_micros(least), Fixed::from_micros(most), 0, 100).ticks();
            ticks.into_iter().map(|tick| tick.value.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(values(0, 100_000_000), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(values(81_300_000, 93_000_000), ["82", "84", "86", "88", "90", "92"]);
        assert_eq!(values(0, 1), ["0", "0.000001"]);
        assert!(values(i64::MIN, i64::MAX).len() <= 14);
    }

    #[test]
    fn around_figures_there_is_air() {
        let figures = [83, 91].map(Fixed::from_int);
        let scale = Scale::around(figures.into_iter(), 0, 100).unwrap();
        assert!(scale.at(figures[0]) >= Fixed::ZERO && scale.at(figures[1]) <= Fixed::HUNDRED);
        assert!(Scale::around(std::iter::empty(), 0, 100).is_none());
        assert_eq!(Scale::around([Fixed::ONE].into_iter(), 0, 100).unwrap().at(Fixed::ONE), Fixed::ZERO);
    }
}
