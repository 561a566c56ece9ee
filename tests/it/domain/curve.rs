//! Curves from values to points.

use merit::domain::curve::{Corner, Curve, CurveError};
use merit::domain::fixed::Fixed;
use proptest::prelude::*;

use super::build::{corners, fixed, linear, step};

fn points(curve: &Curve, value: &str) -> String {
    curve.read(fixed(value)).unwrap().points.to_string()
}

#[test]
fn straight_pieces_run_between_corners_and_are_flat_outside() {
    let curve = linear(&[("85", "0"), ("90", "100")]);
    for (value, expected) in [
        ("0", "0"),
        ("85", "0"),
        ("85.000001", "0.00002"),
        ("87.5", "50"),
        ("86.6667", "33.334"),
        ("90", "100"),
        ("100", "100"),
    ] {
        assert_eq!(points(&curve, value), expected, "at {value}");
    }
    // 96.3409125 is rounded once, up: not down by way of the fall of 2.6590875.
    assert_eq!(points(&linear(&[("81.1", "99"), ("94.3", "0")]), "81.454545"), "96.340913");
    let reading = curve.read(fixed("87.5")).unwrap();
    assert_eq!((reading.from, reading.to), (corners(&[("85", "0")])[0], corners(&[("90", "100")])[0]));
    let flat = curve.read(fixed("95")).unwrap();
    assert_eq!(flat.from, flat.to);
}

#[test]
fn falling_and_hilly_curves_read_as_well() {
    let falling = linear(&[("5", "100"), ("10", "0")]);
    assert_eq!(
        (points(&falling, "4"), points(&falling, "7"), points(&falling, "11")),
        ("100".into(), "60".into(), "0".into())
    );
    let band = linear(&[("0.8", "0"), ("0.9", "100"), ("1.1", "100"), ("1.2", "0")]);
    assert_eq!(
        (points(&band, "0.85"), points(&band, "1"), points(&band, "1.15")),
        ("50".into(), "100".into(), "50".into())
    );
}

#[test]
fn a_staircase_starts_each_step_at_its_corner() {
    let curve = step(&[("85", "60"), ("90", "100")]);
    for (value, expected) in [("84.999999", "0"), ("85", "60"), ("89.999999", "60"), ("90", "100"), ("1000", "100")] {
        assert_eq!(points(&curve, value), expected, "at {value}");
    }
}

#[test]
fn corners_that_make_no_curve_are_named() {
    assert_eq!(linear(&[]).check(), Err(CurveError::Empty));
    assert_eq!(linear(&[]).read(fixed("1")), None);
    let twice = step(&[("1", "0"), ("1", "5")]).check();
    assert_eq!(twice, Err(CurveError::NotAscending { after: fixed("1"), value: fixed("1") }));
    assert_eq!(
        linear(&[("2", "0"), ("1", "5")]).check().unwrap_err().to_string(),
        "the corner at 1 follows the one at 2: list corners by ascending value, each value once"
    );
    let negative = linear(&[("1", "-5")]).check();
    assert_eq!(negative, Err(CurveError::NegativePoints { value: fixed("1"), points: fixed("-5") }));
    assert_eq!(linear(&[("1", "5")]).check(), Ok(()));
}

/// Two to six corners, values apart by at least one, points from 0 to 120.
fn any_corners() -> impl Strategy<Value = Vec<Corner>> {
    prop::collection::vec((1_000_000_i64..40_000_000, 0_i64..120_000_000), 2..6).prop_map(|steps| {
        let mut value = -20_000_000;
        steps
            .into_iter()
            .map(|(run, points)| {
                value += run;
                Corner { value: Fixed::from_micros(value), points: Fixed::from_micros(points) }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_linear_curve_is_continuous(corners in any_corners(), value in -30_000_000_i64..250_000_000) {
        let curve = Curve::Linear { corners };
        prop_assert_eq!(curve.check(), Ok(()));
        let here = curve.read(Fixed::from_micros(value)).unwrap().points.micros();
        let beside = curve.read(Fixed::from_micros(value + 1)).unwrap().points.micros();
        // The steepest piece rises 120 points over 1; rounding adds at most one millionth.
        prop_assert!((here - beside).abs() <= 121, "{} and {}", here, beside);
    }

    #[test]
    fn a_linear_curve_passes_through_its_corners(corners in any_corners()) {
        let curve = Curve::Linear { corners: corners.clone() };
        for corner in corners {
            prop_assert_eq!(curve.read(corner.value).unwrap().points, corner.points);
        }
    }

    #[test]
    fn points_follow_from_the_printed_piece(corners in any_corners(), value in -30_000_000_i64..250_000_000) {
        let value = Fixed::from_micros(value);
        let reading = Curve::Linear { corners }.read(value).unwrap();
        let (from, to) = (reading.from, reading.to);
        let by_hand = if from == to {
            from.points
        } else {
            let rise = to.points.checked_sub(from.points).unwrap();
            let run = to.value.checked_sub(from.value).unwrap();
            let along = value.checked_sub(from.value).unwrap();
            from.points.checked_add(rise.mul_div(along, run).unwrap()).unwrap()
        };
        prop_assert_eq!(reading.points, by_hand);
    }
}
