//! Fixed-point numbers with six decimals, the currency of facts, metric values, points, weights and scores.
//!
//! Integers make sums independent of order and engine; six decimals are enough to print every figure in full, so that a
//! person with a pocket calculator gets the printed total from the printed parts.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decimal;

/// A number with six decimals, held as a whole number of millionths. Range: about ±9.2 × 10¹².
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed(i64);

/// Why a text or a result is not a [`Fixed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum FixedError {
    #[error("'{0}' is not a decimal number: write digits with at most one point and no separators, such as 1234.5")]
    NotANumber(String),
    #[error("'{0}' has more than six decimals: round it to six")]
    TooPrecise(String),
    #[error("'{0}' is outside ±9223372036854: use a larger unit")]
    OutOfRange(String),
}

impl Fixed {
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;
    pub const DECIMALS: u32 = 6;
    pub const ZERO: Self = Self(0);
    pub const ONE: Self = Self(Self::SCALE);
    pub const HUNDRED: Self = Self(100 * Self::SCALE);

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// `whole` must lie within ±9,223,372,036,854; larger figures saturate.
    pub const fn from_int(whole: i64) -> Self {
        Self(whole.saturating_mul(Self::SCALE))
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, Self::DECIMALS)
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `self × by ÷ per`, computed exactly and rounded once, half away from zero; `None` when `per` is zero or the result
    /// does not fit.
    #[inline]
    pub fn mul_div(self, by: Self, per: Self) -> Option<Self> {
        // Nearly every product fits 64 bits, where a division is several times faster.
        match self.0.checked_mul(by.0) {
            Some(product) => div_half_away(product, per.0).map(Self),
            None => wide_div_half_away(i128::from(self.0) * i128::from(by.0), i128::from(per.0)),
        }
    }

    /// `self + left × right ÷ per`, computed exactly and rounded once, half away from zero; `None` when `per` is zero or the
    /// result does not fit.
    #[inline]
    pub fn add_mul_div(self, left: Self, right: Self, per: Self) -> Option<Self> {
        let narrow = self.0.checked_mul(per.0).zip(left.0.checked_mul(right.0));
        match narrow.and_then(|(whole, product)| whole.checked_add(product)) {
            Some(sum) => div_half_away(sum, per.0).map(Self),
            None => Self::sum_of_products_per([(self, per), (left, right)], per),
        }
    }

    /// `self ÷ by`, rounded once, half away from zero.
    pub fn ratio(self, by: Self) -> Option<Self> {
        self.mul_div(Self::ONE, by)
    }

    /// The sum of products `Σ a × b`, each exact, rounded once, half away from zero; `None` when it does not fit.
    pub fn sum_of_products(pairs: impl IntoIterator<Item = (Self, Self)>) -> Option<Self> {
        Self::sum_of_products_per(pairs, Self::ONE)
    }

    /// `Σ a × b ÷ per`, computed exactly and rounded once, half away from zero; `None` when `per` is zero or it does not fit.
    pub fn sum_of_products_per(pairs: impl IntoIterator<Item = (Self, Self)>, per: Self) -> Option<Self> {
        let sum = pairs
            .into_iter()
            .try_fold(0_i128, |sum, (left, right)| sum.checked_add(i128::from(left.0) * i128::from(right.0)))?;
        wide_div_half_away(sum, i128::from(per.0))
    }

    /// The mean `(a × b + c × d) ÷ (a + c)` of two weighted values `(weight, value)`, computed exactly and rounded once, half away
    /// from zero; `None` when the weights add up to zero or the result does not fit.
    pub fn weighted_mean((a, b): (Self, Self), (c, d): (Self, Self)) -> Option<Self> {
        let product = |weight: Self, value: Self| i128::from(weight.0) * i128::from(value.0);
        wide_div_half_away(product(a, b).checked_add(product(c, d))?, i128::from(a.0) + i128::from(c.0))
    }

    /// Rounded to `decimals` (0 to 6) half away from zero, as a person with a calculator expects. The last unit of the range,
    /// where the rounded figure would not fit, is cut instead.
    pub fn round(self, decimals: u32) -> Self {
        if decimals >= Self::DECIMALS {
            return self;
        }
        let unit = 10_i64.pow(Self::DECIMALS - decimals);
        let rounded = div_half_away(self.0, unit).and_then(|units| units.checked_mul(unit));
        Self(rounded.unwrap_or(self.0 - self.0 % unit))
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// Division rounded half away from zero; `None` when the divisor is zero or the quotient does not fit.
#[inline]
fn div_half_away(dividend: i64, divisor: i64) -> Option<i64> {
    let quotient = dividend.checked_div(divisor)?;
    let remainder = (dividend % divisor).unsigned_abs();
    if remainder < divisor.unsigned_abs() - remainder {
        return Some(quotient);
    }
    quotient.checked_add(if (dividend < 0) == (divisor < 0) { 1 } else { -1 })
}

/// The same for dividends that need 128 bits.
#[cold]
fn wide_div_half_away(dividend: i128, divisor: i128) -> Option<Fixed> {
    let quotient = dividend.checked_div(divisor)?;
    let remainder = (dividend % divisor).unsigned_abs();
    let away = if remainder < divisor.unsigned_abs() - remainder {
        0
    } else if (dividend < 0) == (divisor < 0) {
        1
    } else {
        -1
    };
    i64::try_from(quotient.checked_add(away)?).ok().map(Fixed)
}

impl FromStr for Fixed {
    type Err = FixedError;

    /// Reads a plain decimal number exactly: `85`, `-0.5`, `99.123456`. Zeros beyond the sixth decimal are fine; exponents and
    /// separators are not.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = decimal::plain(text.trim()).ok_or_else(|| FixedError::NotANumber(text.to_owned()))?;
        parts.fraction = parts.fraction.trim_end_matches('0');
        if parts.fraction.len() > Self::DECIMALS as usize {
            return Err(FixedError::TooPrecise(text.to_owned()));
        }
        parts.scaled(Self::DECIMALS).map(Self).ok_or_else(|| FixedError::OutOfRange(text.to_owned()))
    }
}

impl TryFrom<Decimal> for Fixed {
    type Error = FixedError;

    /// Exact: a seventh decimal that is not zero is refused, never rounded away.
    fn try_from(decimal: Decimal) -> Result<Self, Self::Error> {
        let normal = decimal.normalize();
        if normal.scale() > Self::DECIMALS {
            return Err(FixedError::TooPrecise(decimal.to_string()));
        }
        let factor = 10_i128.pow(Self::DECIMALS - normal.scale());
        normal
            .mantissa()
            .checked_mul(factor)
            .and_then(|micros| i64::try_from(micros).ok())
            .map(Self)
            .ok_or_else(|| FixedError::OutOfRange(decimal.to_string()))
    }
}

impl fmt::Display for Fixed {
    /// Without a precision: as few decimals as say it all (`85`, `85.416667`). With one, `{:.2}`: exactly so many, rounded half
    /// away from zero. Never a negative zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            f.precision().and_then(|places| u32::try_from(places).ok()).map_or(*self, |places| self.round(places));
        let magnitude = shown.0.unsigned_abs();
        let scale = Self::SCALE.unsigned_abs();
        let mut text = format!("{}.{:06}", magnitude / scale, magnitude % scale);
        let point = text.len() - Self::DECIMALS as usize - 1;
        match f.precision() {
            None => text.truncate(text.trim_end_matches('0').trim_end_matches('.').len()),
            Some(0) => text.truncate(point),
            Some(places) => {
                text.truncate(point + 1 + places);
                text.extend(std::iter::repeat_n('0', places.saturating_sub(Self::DECIMALS as usize)));
            }
        }
        f.pad_integral(shown.0 >= 0, "", &text)
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Text where people read, and a number where bytes count.
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
