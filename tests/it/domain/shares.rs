//! A whole divided by weights.

use merit::domain::shares::apportion;
use proptest::prelude::*;

#[test]
fn what_proportion_cannot_place_goes_to_the_largest_remainders() {
    assert_eq!(apportion(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
    assert_eq!(apportion(10, &[60, 25, 15]), Some(vec![6, 3, 1]));
    assert_eq!(apportion(7, &[0, 5, -3]), Some(vec![0, 7, 0]));
    assert_eq!(apportion(0, &[3, 4]), Some(vec![0, 0]));
    assert_eq!(apportion(i64::MAX, &[i64::MAX, i64::MAX]), Some(vec![i64::MAX / 2 + 1, i64::MAX / 2]));
    assert_eq!(apportion(5, &[0, 0]), None);
    assert_eq!(apportion(5, &[]), None);
    assert_eq!(apportion(-5, &[1]), None);
}

proptest! {
    #[test]
    fn parts_add_up_and_are_less_than_one_from_proportion(
        whole in 0_i64..1_000_000_000,
        weights in prop::collection::vec(0_i64..1_000_000, 1..12),
    ) {
        let sum: i64 = weights.iter().sum();
        match apportion(whole, &weights) {
            None => prop_assert_eq!(sum, 0),
            Some(parts) => {
                prop_assert_eq!(parts.iter().sum::<i64>(), whole);
                for (part, weight) in parts.iter().zip(&weights) {
                    let apart = i128::from(*part) * i128::from(sum) - i128::from(*weight) * i128::from(whole);
                    prop_assert!(apart.abs() < i128::from(sum));
                }
            }
        }
    }
}
