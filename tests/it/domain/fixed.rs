//! Fixed-point numbers.

use merit::domain::fixed::{Fixed, FixedError};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::build::fixed;

#[test]
fn plain_decimals_are_read_exactly() {
    for (text, micros) in [
        ("85", 85_000_000),
        ("-0.5", -500_000),
        ("+1.5", 1_500_000),
        (" 99.123456 ", 99_123_456),
        (".25", 250_000),
        ("0.1000000000", 100_000),
        ("-0", 0),
        ("00012", 12_000_000),
        ("9223372036854.775807", i64::MAX),
        ("-9223372036854.775808", i64::MIN),
    ] {
        assert_eq!(text.parse::<Fixed>().unwrap().micros(), micros, "{text}");
    }
}

#[test]
fn anything_else_is_refused_by_its_reason() {
    for text in ["", " ", ".", "-", "1,234.5", "1_000", "1e3", "0x10", "1.2.3", "--1", "NaN", "１２", "1 000"] {
        assert_eq!(text.parse::<Fixed>(), Err(FixedError::NotANumber(text.to_owned())));
    }
    for text in ["0.0000001", "1.00000010", "0.00000000000000000000000000000000001"] {
        assert_eq!(text.parse::<Fixed>(), Err(FixedError::TooPrecise(text.to_owned())));
    }
    for text in ["9223372036854.775808", "-9223372036854.775809", "123456789012345678901234567890123456789012345"] {
        assert_eq!(text.parse::<Fixed>(), Err(FixedError::OutOfRange(text.to_owned())));
    }
    let message = "1,234.5".parse::<Fixed>().unwrap_err().to_string();
    assert_eq!(
        message,
        "'1,234.5' is not a decimal number: write digits with at most one point and no separators, such as 1234.5"
    );
}

#[test]
fn printing_pads_and_cuts_as_asked() {
    let number = fixed("85.416667");
    assert_eq!(format!("{number}"), "85.416667");
    assert_eq!(format!("{number:.2}"), "85.42");
    assert_eq!(format!("{number:.0}"), "85");
    assert_eq!(format!("{number:.8}"), "85.41666700");
    assert_eq!(format!("{number:>8.2}|{number:<8.2}|{number:08.2}|{number:+.1}"), "   85.42|85.42   |00085.42|+85.4");
    assert_eq!(format!("{}|{:.2}|{}", fixed("100"), fixed("100"), Fixed::ZERO), "100|100.00|0");
    assert_eq!(format!("{}|{:8.1}", fixed("-0.05"), fixed("-0.05")), "-0.05|    -0.1");
    assert_eq!(Fixed::from_micros(i64::MIN).to_string(), "-9223372036854.775808");
}

#[test]
fn a_negative_zero_is_never_shown() {
    let tiny = fixed("-0.004");
    assert_eq!(format!("{tiny:.2}|{tiny:.0}|{tiny:+.2}|{tiny:7.2}"), "0.00|0|+0.00|   0.00");
    assert_eq!(format!("{:.2}", fixed("-0.005")), "-0.01");
    assert_eq!(fixed("-0").to_string(), "0");
}

#[test]
fn halves_round_away_from_zero() {
    for (number, decimals, rounded) in [
        ("89.995", 2, "90"),
        ("89.994999", 2, "89.99"),
        ("-89.995", 2, "-90"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.499999", 6, "0.499999"),
        ("0.499999", 9, "0.499999"),
    ] {
        assert_eq!(fixed(number).round(decimals), fixed(rounded));
    }
    assert_eq!(Fixed::from_micros(i64::MAX).round(2), fixed("9223372036854.77"), "the last unit of the range is cut");
    assert_eq!(Fixed::from_micros(i64::MIN).round(2), fixed("-9223372036854.77"));
}

#[test]
fn mul_div_is_exact_and_rounds_once() {
    assert_eq!(fixed("1").mul_div(fixed("1"), fixed("3")), Some(fixed("0.333333")));
    assert_eq!(fixed("2").mul_div(fixed("1"), fixed("3")), Some(fixed("0.666667")));
    assert_eq!(fixed("-1").mul_div(fixed("0.000001"), fixed("2")), Some(fixed("-0.000001")));
    assert_eq!(fixed("1").mul_div(fixed("0.000001"), fixed("-2")), Some(fixed("-0.000001")));
    assert_eq!(fixed("9000000000000").mul_div(fixed("100"), fixed("100")), Some(fixed("9000000000000")));
    assert_eq!(fixed("9000000000000").mul_div(fixed("2"), fixed("1")), None);
    assert_eq!(fixed("1").mul_div(fixed("1"), Fixed::ZERO), None);
    assert_eq!(Fixed::from_micros(i64::MIN).mul_div(Fixed::from_micros(1), Fixed::from_micros(-1)), None);
    assert_eq!(fixed("729").ratio(fixed("1000")), Some(fixed("0.729")));
}

proptest! {
    #[test]
    fn printing_and_reading_round_trip(micros in any::<i64>()) {
        let number = Fixed::from_micros(micros);
        prop_assert_eq!(number.to_string().parse::<Fixed>(), Ok(number));
        prop_assert_eq!(format!("{number:.6}").parse::<Fixed>(), Ok(number));
        prop_assert_eq!(Fixed::try_from(number.to_decimal()), Ok(number));
        prop_assert_eq!(number.to_string(), number.to_decimal().normalize().to_string());
    }

    #[test]
    fn printing_rounds_as_a_decimal_library_does(micros in -1_000_000_000_000_i64..1_000_000_000_000, decimals in 0_u32..=6) {
        let number = Fixed::from_micros(micros);
        let expected = number.to_decimal().round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        prop_assert_eq!(number.round(decimals).to_decimal(), expected);
        let shown = format!("{number:.places$}", places = decimals as usize);
        prop_assert_eq!(Decimal::from_str_exact(&shown), Ok(expected));
        prop_assert!(!(shown.starts_with('-') && expected.is_zero()), "{}", shown);
    }

    #[test]
    fn mul_div_is_the_nearest_millionth(a in any::<i64>(), b in any::<i64>(), per in any::<i64>().prop_filter("divides", |per| *per != 0)) {
        let exact = i128::from(a) * i128::from(b);
        match Fixed::from_micros(a).mul_div(Fixed::from_micros(b), Fixed::from_micros(per)) {
            Some(result) => {
                let error = (i128::from(result.micros()) * i128::from(per) - exact).unsigned_abs();
                prop_assert!(2 * error <= u128::from(per.unsigned_abs()));
            }
            None => prop_assert!((exact / i128::from(per)).unsigned_abs() >= i64::MAX.unsigned_abs().into()),
        }
    }

    #[test]
    fn narrow_and_wide_arithmetic_agree(a in -3_000_000_000_i64..3_000_000_000, b in -3_000_000_000_i64..3_000_000_000, per in 1_i64..1_000_000) {
        let narrow = Fixed::from_micros(a).mul_div(Fixed::from_micros(b), Fixed::from_micros(per));
        let products = [(Fixed::from_micros(a), Fixed::from_micros(b))];
        prop_assert_eq!(Fixed::from_micros(a).mul_div(Fixed::from_micros(b), Fixed::ONE), Fixed::sum_of_products(products));
        let wide = Decimal::from(a) * Decimal::from(b) / Decimal::from(per);
        let wide = wide.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        prop_assert_eq!(narrow.map(|value| Decimal::from(value.micros())), Some(wide).filter(|w| w.abs() <= Decimal::from(i64::MAX)));
    }
}
