//! Numbers and truth values from text, exactly.

use super::problem::What;

/// A whole number; `5.0` counts as one, since spreadsheets write it so.
pub(super) fn integer(text: &str) -> Result<i64, What> {
    if let Ok(value) = text.parse::<i64>() {
        return Ok(value);
    }
    match decimal(text, 0) {
        Ok(value) => i64::try_from(value).map_err(|_| What::OutOfRange),
        Err(What::TooManyDecimals) => Err(What::NotOfType),
        Err(what) => Err(what),
    }
}

/// A decimal number as a whole number of units of its `scale`-th decimal; `1.5e3` is read too.
pub(super) fn decimal(text: &str, scale: u8) -> Result<i128, What> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| What::NotOfType)?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let mut value: i128 = 0;
    let mut decimals: i32 = 0;
    let (mut any, mut point) = (false, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                any = true;
                value = value
                    .checked_mul(10)
                    .and_then(|value| value.checked_add(i128::from(byte - b'0')))
                    .ok_or(What::OutOfRange)?;
                decimals += i32::from(point);
            }
            b'.' if !point => point = true,
            _ => return Err(What::NotOfType),
        }
    }
    if !any {
        return Err(What::NotOfType);
    }
    let shift = i32::from(scale) - decimals.saturating_sub(exponent);
    let value = shifted(value, shift)?;
    if value >= 10_i128.pow(38) {
        return Err(What::OutOfRange);
    }
    Ok(if negative { -value } else { value })
}

/// `value × 10^shift`, exactly.
fn shifted(value: i128, shift: i32) -> Result<i128, What> {
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    match power {
        _ if value == 0 => Ok(0),
        Some(power) if shift >= 0 => value.checked_mul(power).ok_or(What::OutOfRange),
        Some(power) if value % power == 0 => Ok(value / power),
        None if shift >= 0 => Err(What::OutOfRange),
        _ => Err(What::TooManyDecimals),
    }
}

/// `true`/`false`, `t`/`f`, `yes`/`no`, `y`/`n`, `1`/`0`, in any case.
pub(super) fn boolean(text: &str) -> Result<bool, What> {
    const TRUE: [&str; 5] = ["true", "t", "yes", "y", "1"];
    const FALSE: [&str; 5] = ["false", "f", "no", "n", "0"];
    if TRUE.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        Ok(true)
    } else if FALSE.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        Ok(false)
    } else {
        Err(What::NotOfType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact() {
        assert_eq!(integer("42"), Ok(42));
        assert_eq!(integer("-7"), Ok(-7));
        assert_eq!(integer("156.0"), Ok(156));
        assert_eq!(integer("1.56e2"), Ok(156));
        assert_eq!(integer("5.5"), Err(What::NotOfType));
        assert_eq!(integer("five"), Err(What::NotOfType));
        assert_eq!(integer("99999999999999999999"), Err(What::OutOfRange));
    }

    #[test]
    fn decimals_keep_every_digit_or_are_refused() {
        assert_eq!(decimal("12.5", 6), Ok(12_500_000));
        assert_eq!(decimal("-0.000001", 6), Ok(-1));
        assert_eq!(decimal("3.1400000", 2), Ok(314));
        assert_eq!(decimal("3.141", 2), Err(What::TooManyDecimals));
        assert_eq!(decimal("1e400", 2), Err(What::OutOfRange));
        assert_eq!(decimal("1e-400", 2), Err(What::TooManyDecimals));
        assert_eq!(decimal("0e400", 2), Ok(0));
        assert_eq!(decimal("1,5", 2), Err(What::NotOfType));
        assert_eq!(decimal(".", 2), Err(What::NotOfType));
        assert_eq!(decimal("", 2), Err(What::NotOfType));
    }

    #[test]
    fn truth_is_said_in_several_words() {
        assert_eq!(boolean("Yes"), Ok(true));
        assert_eq!(boolean("0"), Ok(false));
        assert_eq!(boolean("maybe"), Err(What::NotOfType));
    }
}
