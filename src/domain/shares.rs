//! Dividing a whole by weights, to the last unit.

use std::cmp::Reverse;

/// `whole` (0 or more) divided in proportion to the weights; the parts add up to exactly `whole`. Units that proportion cannot place
/// go to the largest remainders, among equal ones to the earlier weight. A negative weight counts as zero; `None` when no weight is
/// above zero.
pub fn apportion(whole: i64, weights: &[i64]) -> Option<Vec<i64>> {
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from((*weight).max(0))).collect();
    let sum: i128 = weights.iter().sum();
    if sum == 0 || whole < 0 {
        return None;
    }
    let whole = i128::from(whole);
    let mut parts: Vec<i128> = weights.iter().map(|weight| weight * whole / sum).collect();
    let unplaced = whole - parts.iter().sum::<i128>();
    let mut by_remainder: Vec<(Reverse<i128>, usize)> =
        weights.iter().enumerate().map(|(index, weight)| (Reverse(weight * whole % sum), index)).collect();
    by_remainder.sort_unstable();
    // Fewer units are left than there are remainders.
    for (_, index) in by_remainder.into_iter().take(usize::try_from(unplaced).ok()?) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts.into_iter().map(|part| i64::try_from(part).ok()).collect()
}
