//! Dividing a hundred percent in proportion, exactly.

use super::fixed::Fixed;

/// Each weight's share of 100, to the millionth, adding up to exactly 100. Millionths that proportion cannot place go to the
/// largest remainders, among equal ones to the earlier weight. All zero when no weight is above zero; weights are never negative.
pub fn of_hundred(weights: &[Fixed]) -> Vec<Fixed> {
    let sum: i128 = weights.iter().map(|weight| i128::from(weight.micros())).sum();
    if sum <= 0 {
        return vec![Fixed::ZERO; weights.len()];
    }
    let hundred = i128::from(Fixed::HUNDRED.micros());
    if sum == hundred {
        return weights.to_vec();
    }
    let scaled: Vec<i128> = weights.iter().map(|weight| i128::from(weight.micros()) * hundred).collect();
    let mut unplaced = hundred - scaled.iter().map(|scaled| scaled / sum).sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..scaled.len()).collect();
    by_remainder.sort_by_key(|index| scaled.get(*index).map_or(0, |scaled| -(scaled % sum)));
    let mut extra = vec![0_i128; scaled.len()];
    for index in by_remainder {
        if let Some(extra) = extra.get_mut(index).filter(|_| unplaced > 0) {
            *extra = 1;
            unplaced -= 1;
        }
    }
    // A share is at most 100, so it always fits.
    let share =
        |(scaled, extra): (&i128, i128)| i64::try_from(scaled / sum + extra).map_or(Fixed::ZERO, Fixed::from_micros);
    scaled.iter().zip(extra).map(share).collect()
}
