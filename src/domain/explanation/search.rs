//! The nearest value that does what is wanted, on the grid of printed values.

use super::super::fixed::Fixed;

/// Values are printed, judged and promised in hundredths of their unit.
const STEP: i64 = 10_000;

/// Where something about the wanted outcome may turn, and how far a value can go.
pub(super) struct Range {
    /// Between two of them the outcome only rises or only falls.
    pub(super) turns: Vec<Fixed>,
    pub(super) lowest: Fixed,
    pub(super) highest: Fixed,
}

impl Range {
    /// The values to look at on the way from `start` up, then down, nearest first: the next printed one, those around each turn, and
    /// the last.
    pub(super) fn ways(&self, start: Fixed) -> [Vec<Fixed>; 2] {
        let up = self.stops(below(start) + 1, below(self.highest));
        let mut down = self.stops(above(self.lowest), above(start) - 1);
        down.reverse();
        [up, down].map(|way| way.into_iter().map(|hundredths| Fixed::from_micros(hundredths * STEP)).collect())
    }

    fn stops(&self, first: i64, last: i64) -> Vec<i64> {
        let around = self.turns.iter().flat_map(|turn| below(*turn) - 1..=above(*turn) + 1);
        let mut stops: Vec<i64> = around.chain([first, last]).filter(|stop| (first..=last).contains(stop)).collect();
        stops.sort_unstable();
        stops.dedup();
        stops
    }
}

/// The printed values just outside the lowest and the highest of these; `None` of none.
pub(super) fn around(values: &[Fixed]) -> Option<(Fixed, Fixed)> {
    let (lowest, highest) = (below(*values.iter().min()?) - 1, above(*values.iter().max()?) + 1);
    Some((Fixed::from_micros(lowest * STEP), Fixed::from_micros(highest * STEP)))
}

fn below(value: Fixed) -> i64 {
    value.micros().div_euclid(STEP)
}

fn above(value: Fixed) -> i64 {
    below(value) + i64::from(value.micros().rem_euclid(STEP) != 0)
}

/// The first value on the way that reaches. Between two stops the outcome only rises or only falls, so halving finds it.
pub(super) fn first(way: &[Fixed], reaches: impl Fn(Fixed) -> bool) -> Option<Fixed> {
    let mut missed: Option<i64> = None;
    for stop in way {
        let stop = stop.micros() / STEP;
        if reaches(Fixed::from_micros(stop * STEP)) {
            return Some(halve(missed, stop, reaches));
        }
        missed = Some(stop);
    }
    None
}

/// The first value that reaches, between one that does not and one that does.
fn halve(missed: Option<i64>, reached: i64, reaches: impl Fn(Fixed) -> bool) -> Fixed {
    let mut reached = reached;
    let mut missed = missed.unwrap_or(reached);
    while (reached - missed).abs() > 1 {
        let middle = missed + (reached - missed) / 2;
        if reaches(Fixed::from_micros(middle * STEP)) {
            reached = middle;
        } else {
            missed = middle;
        }
    }
    Fixed::from_micros(reached * STEP)
}

/// `numerator × by ÷ per` in whole cases away from `from`: how many more, or fewer where the product lies below.
pub(super) fn whole_cases(from: Fixed, to: Fixed, by: Fixed, per: Fixed) -> Option<i64> {
    let (product, divisor) = (i128::from(to.micros()) * i128::from(by.micros()), i128::from(per.micros()));
    let scale = i128::from(Fixed::SCALE);
    // A case is a whole one, so the last part of one asks for the whole of it.
    let apart = product - i128::from(from.micros()) * divisor;
    let whole = apart.abs().checked_add(divisor * scale - 1)?.checked_div(divisor * scale)?;
    i64::try_from(whole * apart.signum()).ok()
}
