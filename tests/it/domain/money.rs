//! Currencies, amounts and the named ways to round.

use merit::domain::money::{Currency, Money, MoneyError, Rounding};
use proptest::prelude::*;

use super::build::decimal;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

#[test]
fn currencies_know_their_decimals() {
    for code in "JPY KRW VND CLP ISK UGX XAF XOF XPF PYG RWF KMF DJF GNF BIF VUV".split(' ') {
        assert_eq!(currency(code).decimals(), 0, "{code}");
    }
    for code in "BHD IQD JOD KWD LYD OMR TND".split(' ') {
        assert_eq!(currency(code).decimals(), 3, "{code}");
    }
    for code in "CNY EUR USD GBP HKD INR ZAR MRU XCG ZWG VES SLE".split(' ') {
        assert_eq!(currency(code).decimals(), 2, "{code}");
    }
}

#[test]
fn what_is_no_currency_in_use_is_refused() {
    for code in ["", "cny", "CN", "CNYX", "ABC", "DEM", "HRK", "XAU", "XXX", "XTS", "人民币", "C Y"] {
        let error = code.parse::<Currency>().unwrap_err();
        assert!(error.to_string().contains(&format!("'{code}' is not a currency code of ISO 4217")), "{error}");
    }
    assert!(serde_json::from_str::<Currency>("\"RMB\"").is_err());
}

#[test]
fn each_mode_rounds_as_it_is_named() {
    let cases = [
        ("1.005", ["1.01", "1.00", "1.00", "1.01"]),
        ("1.015", ["1.02", "1.02", "1.01", "1.02"]),
        ("1.0049999", ["1.00", "1.00", "1.00", "1.01"]),
        ("-1.005", ["-1.01", "-1.00", "-1.00", "-1.01"]),
        ("2", ["2.00", "2.00", "2.00", "2.00"]),
        ("0.0000001", ["0.00", "0.00", "0.00", "0.01"]),
        ("-0.0000001", ["0.00", "0.00", "0.00", "-0.01"]),
    ];
    for (amount, expected) in cases {
        let modes = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up];
        for (mode, expected) in modes.into_iter().zip(expected) {
            let rounded = Money::round(decimal(amount), currency("CNY"), mode).unwrap();
            assert_eq!(rounded.to_string(), format!("{expected} CNY"), "{amount} {mode:?}");
        }
    }
    let yen = Money::round(decimal("1234.5"), currency("JPY"), Rounding::HalfUp).unwrap();
    assert_eq!((yen.minor, yen.to_string()), (1235, "1235 JPY".to_owned()));
    let dinar = Money::round(decimal("1.2345"), currency("KWD"), Rounding::HalfEven).unwrap();
    assert_eq!((dinar.minor, dinar.to_string()), (1234, "1.234 KWD".to_owned()));
    assert_eq!(Money::round(decimal("99999999999999999999"), currency("CNY"), Rounding::HalfUp), None);
}

#[test]
fn amounts_are_read_exactly_or_not_at_all() {
    let cny = currency("CNY");
    for (text, minor) in [("1234.50", 123_450), ("1234.5", 123_450), ("0", 0), ("-3", -300), (".5", 50), ("7.", 700)] {
        assert_eq!(Money::parse(text, cny), Ok(Money { minor, currency: cny }), "{text}");
    }
    assert_eq!(
        Money::parse("1,234.50", cny).unwrap_err().to_string(),
        "'1,234.50' is not an amount: write digits with at most one point and no separators, such as 1234.50"
    );
    assert_eq!(
        Money::parse("1.234", cny).unwrap_err().to_string(),
        "'1.234' has 3 decimals, but CNY has 2: round it first"
    );
    assert!(matches!(Money::parse("12.0", currency("JPY")), Err(MoneyError::TooPrecise { allowed: 0, .. })));
    let huge = "92233720368547758.08";
    assert_eq!(Money::parse(huge, cny), Err(MoneyError::OutOfRange(huge.to_owned())));
    for text in ["", "¥5", "5 CNY", "1e3", " 5"] {
        assert_eq!(Money::parse(text, cny), Err(MoneyError::NotANumber(text.to_owned())));
    }
}

#[test]
fn amounts_print_aligned() {
    let amount = Money { minor: -123_450, currency: currency("CNY") };
    assert_eq!(format!("{amount}|{amount:>14}|{amount:<14}|"), "-1234.50 CNY|  -1234.50 CNY|-1234.50 CNY  |");
    assert_eq!(amount.to_decimal(), decimal("-1234.50"));
}

proptest! {
    #[test]
    fn printed_amounts_read_back(minor in any::<i64>(), code in prop::sample::select(vec!["CNY", "JPY", "KWD"])) {
        let amount = Money { minor, currency: currency(code) };
        prop_assert_eq!(Money::parse(&amount.to_decimal().to_string(), amount.currency), Ok(amount));
        prop_assert_eq!(Money::round(amount.to_decimal(), amount.currency, Rounding::Down), Some(amount));
    }
}
