//! Weights of lines that left a card go to the lines that stay, in proportion.

use super::super::fixed::Fixed;
use super::{Absence, LineResult};

impl LineResult {
    pub(super) fn left(&self) -> bool {
        self.treatment == Some(Absence::Redistribute)
    }
}

/// Sets every line's effective weight: zero for those that left, and for the others their weight's share of 100, to the
/// millionth, adding up to exactly 100. Millionths that proportion cannot place go to the largest remainders, among equal ones to
/// the earlier line. Returns false when no weight stays.
pub(super) fn redistribute(lines: &mut [LineResult]) -> bool {
    let staying: i128 = lines.iter().filter(|line| !line.left()).map(weight_micros).sum();
    if staying <= 0 {
        lines.iter_mut().for_each(|line| line.effective_weight = Fixed::ZERO);
        return false;
    }
    if staying == i128::from(Fixed::HUNDRED.micros()) {
        for line in lines {
            line.effective_weight = if line.left() { Fixed::ZERO } else { line.weight };
        }
        return true;
    }
    share_out(lines, staying);
    true
}

fn weight_micros(line: &LineResult) -> i128 {
    i128::from(line.weight.micros())
}

fn share_out(lines: &mut [LineResult], staying: i128) {
    let hundred = i128::from(Fixed::HUNDRED.micros());
    let mut unplaced = hundred;
    let mut remainders = Vec::with_capacity(lines.len());
    for line in lines.iter_mut() {
        let scaled = if line.left() { 0 } else { weight_micros(line) * hundred };
        let share = scaled / staying;
        // A share is at most 100, so it always fits.
        line.effective_weight = i64::try_from(share).map_or(Fixed::ZERO, Fixed::from_micros);
        unplaced -= share;
        remainders.push(scaled % staying);
    }
    // Fewer millionths are left than lines have remainders; each goes to one line, by rank.
    for (index, (line, own)) in lines.iter_mut().zip(&remainders).enumerate() {
        let ahead = remainders.iter().enumerate().filter(|(at, other)| *other > own || (*other == own && *at < index));
        if i128::try_from(ahead.count()).is_ok_and(|rank| rank < unplaced) {
            line.effective_weight = Fixed::from_micros(line.effective_weight.micros() + 1);
        }
    }
}
