//! Fixed-point numbers with six decimals, the currency of facts, metric values, points, weights and scores.
//!
//! Integers make sums independent of order and engine; six decimals are enough to print every figure in full, so that a
//! person with a pocket calculator gets the printed total from the printed parts.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number with six decimals, held as a whole number of millionths. Range: about ±9.2 × 10¹².
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed(i64);

/// Why a text or a result is not a [`Fixed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FixedError {
    #[error("'{0}' is not a decimal number")]
    NotANumber(String),
    #[error("'{0}' has more than six decimals")]
    TooPrecise(String),
    #[error("'{0}' is outside ±9,223,372,036,854")]
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
    pub fn mul_div(self, by: Self, per: Self) -> Option<Self> {
        if per.0 == 0 {
            return None;
        }
        let product = i128::from(self.0) * i128::from(by.0);
        i64::try_from(div_half_away(product, i128::from(per.0))).ok().map(Self)
    }

    /// `self ÷ by`, rounded once, half away from zero.
    pub fn ratio(self, by: Self) -> Option<Self> {
        self.mul_div(Self::ONE, by)
    }

    /// Rounded to `decimals` (0 to 6) half away from zero, as a person with a calculator expects.
    pub fn round(self, decimals: u32) -> Self {
        if decimals >= Self::DECIMALS {
            return self;
        }
        let unit = 10_i64.pow(Self::DECIMALS - decimals);
        let rounded = div_half_away(i128::from(self.0), i128::from(unit)) * i128::from(unit);
        Self(i64::try_from(rounded).unwrap_or(self.0))
    }
}

/// Division rounded half away from zero. `divisor` is not zero.
fn div_half_away(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend / divisor;
    let remainder = dividend % divisor;
    if 2 * remainder.abs() >= divisor.abs() {
        quotient + if (dividend < 0) == (divisor < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

impl FromStr for Fixed {
    type Err = FixedError;

    /// Reads a plain decimal number exactly: `85`, `-0.5`, `99.123456`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let decimal = Decimal::from_str_exact(text.trim()).map_err(|_| FixedError::NotANumber(text.to_owned()))?;
        Self::try_from(decimal).map_err(|error| match error {
            FixedError::TooPrecise(_) => FixedError::TooPrecise(text.to_owned()),
            _ => FixedError::OutOfRange(text.to_owned()),
        })
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
    /// Without a precision: as few decimals as say it all (`85`, `85.416667`). With one, `{:.2}`: exactly so many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.precision() {
            Some(decimals) => {
                let decimals = u32::try_from(decimals).unwrap_or(u32::MAX).min(Self::DECIMALS);
                let mut text = self.round(decimals).to_decimal();
                text.rescale(decimals);
                f.pad_integral(!text.is_sign_negative(), "", &text.abs().to_string())
            }
            None => {
                let text = self.to_decimal().normalize();
                f.pad_integral(!text.is_sign_negative() || text.is_zero(), "", &text.abs().to_string())
            }
        }
    }
}

impl fmt::Debug for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
