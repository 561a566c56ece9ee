//! Decimal texts: the one way exact figures enter and leave as text.

use rust_decimal::Decimal;

/// The parts of a plain decimal text; `whole` and `fraction` hold digits only, and at least one of them is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plain<'a> {
    pub(super) negative: bool,
    pub(super) whole: &'a str,
    pub(super) fraction: &'a str,
}

/// Splits `-12.50` into its parts; `None` for anything but an optional sign, digits and at most one point.
pub(super) fn plain(text: &str) -> Option<Plain<'_>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    (has_digits && only_digits(whole) && only_digits(fraction)).then_some(Plain { negative, whole, fraction })
}

impl Plain<'_> {
    /// The number in units of `10^-decimals`; `None` when it does not fit. `fraction` has at most `decimals` digits.
    pub(super) fn scaled(&self, decimals: u32) -> Option<i64> {
        let given = u32::try_from(self.fraction.len()).ok()?;
        let missing = decimals.checked_sub(given)?;
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        let magnitude = digits
            .map(|digit| i128::from(digit - b'0'))
            .try_fold(0_i128, |number, digit| number.checked_mul(10)?.checked_add(digit))?;
        let magnitude = magnitude.checked_mul(10_i128.checked_pow(missing)?)?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

/// Serde of a [`Decimal`] as its shortest plain text, never as a JSON number, which would pass through floating point.
pub(super) mod as_text {
    use super::{Decimal, plain};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(in super::super) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&value.normalize())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        plain(&text)
            .and_then(|_| Decimal::from_str_exact(&text).ok())
            .ok_or_else(|| de::Error::custom(format!("'{text}' is not a decimal number of at most 28 digits")))
    }
}
