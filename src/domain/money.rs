//! Money: whole minor units of a currency in storage, `Decimal` in arithmetic, text outside.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::decimal;

/// The named ways to round a payable amount to minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Halves away from zero.
    HalfUp,
    /// Halves to the even neighbour.
    HalfEven,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        }
    }
}

/// A currency of ISO 4217, such as `CNY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// An amount in whole minor units (fen, cents; none for the yen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Why a text is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("'{0}' is not a currency code of ISO 4217 that Merit knows (three capital letters, such as CNY)")]
pub struct UnknownCurrency(pub String);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum MoneyError {
    #[error("'{0}' is not an amount: write digits with at most one point and no separators, such as 1234.50")]
    NotANumber(String),
    #[error("'{text}' has {given} decimals, but {currency} has {allowed}: round it first", currency = .currency.code())]
    TooPrecise { text: String, given: usize, allowed: u32, currency: Currency },
    #[error("'{0}' is more money than can be counted")]
    OutOfRange(String),
}

/// Currencies in use (ISO 4217, as of January 2026) with two decimals. Funds codes, metals and test codes pay nobody and are left
/// out.
const TWO_DECIMALS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
     CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
     JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
     NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
     TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Decimals of a currency in use.
fn decimals_of(code: &str) -> Option<u32> {
    let lists = [(TWO_DECIMALS, 2), (NO_DECIMALS, 0), (THREE_DECIMALS, 3)];
    lists
        .into_iter()
        .find(|(codes, _)| codes.split_ascii_whitespace().any(|known| known == code))
        .map(|(_, count)| count)
}

impl Currency {
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimals of an amount in major units: 0, 2 or 3.
    pub fn decimals(&self) -> u32 {
        decimals_of(self.code()).unwrap_or(2)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if decimals_of(code).is_some() => Ok(Self(bytes)),
            _ => Err(UnknownCurrency(code.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Money {
    /// An amount in major units rounded to whole minor units by the named mode; `None` when it does not fit.
    pub fn round(amount: Decimal, currency: Currency, rounding: Rounding) -> Option<Self> {
        let decimals = currency.decimals();
        let rounded = amount.round_dp_with_strategy(decimals, rounding.strategy());
        let missing = decimals.checked_sub(rounded.scale())?;
        let minor = rounded.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
        Some(Self { minor: i64::try_from(minor).ok()?, currency })
    }

    /// Reads an amount in major units exactly: `1234.50`, `-3`. No thousands separators, and no more decimals than the currency has.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let parts = decimal::plain(text).ok_or_else(|| MoneyError::NotANumber(text.to_owned()))?;
        let (given, allowed) = (parts.fraction.len(), currency.decimals());
        if given > allowed as usize {
            return Err(MoneyError::TooPrecise { text: text.to_owned(), given, allowed, currency });
        }
        let minor = parts.scaled(allowed).ok_or_else(|| MoneyError::OutOfRange(text.to_owned()))?;
        Ok(Self { minor, currency })
    }

    /// The amount in major units, with the currency's decimals.
    pub fn to_decimal(&self) -> Decimal {
        Decimal::new(self.minor, self.currency.decimals())
    }
}

impl fmt::Display for Money {
    /// `1234.50 CNY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad_integral(self.minor >= 0, "", &format!("{} {}", self.to_decimal().abs(), self.currency))
    }
}
