//! The shapes of the files in `scoring-config/`. Their documentation comments become the descriptions editors show.

pub mod calendar;
pub mod card;
pub mod improvement;
pub mod judgement;
pub mod line;
pub mod metrics;
pub mod people;
pub mod plan;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::curve::Corner;
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::text::Text;
use crate::domain::tiers::Tier;

/// Names that rules refer to.
pub const ID_PATTERN: &str = "^[a-z][a-z0-9_]*$";
/// Decimals that a [`Fixed`] holds exactly.
pub const DECIMAL_PATTERN: &str = "^-?[0-9]{1,12}(\\.[0-9]{1,6})?$";

/// A name or description in both languages Merit speaks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    #[schemars(length(min = 1))]
    pub en: String,
    /// Chinese.
    #[schemars(length(min = 1))]
    pub zh: String,
}

impl From<Words> for Text {
    fn from(Words { en, zh }: Words) -> Self {
        Self { en, zh }
    }
}

/// A decimal number, kept exactly as it was typed, with or without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub Fixed);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<Exact> for Fixed {
    fn from(exact: Exact) -> Self {
        exact.0
    }
}

impl JsonSchema for Exact {
    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A decimal number with at most six decimals, kept exactly as it is typed, with or without quotes.",
            "type": ["number", "string"],
            "minimum": -999_999_999_999_i64,
            "maximum": 999_999_999_999_i64,
            "pattern": DECIMAL_PATTERN,
        })
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Exact, E> {
                text.parse().map(Exact).map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, whole: i64) -> Result<Exact, E> {
                self.visit_str(&whole.to_string())
            }

            fn visit_u64<E: Error>(self, whole: u64) -> Result<Exact, E> {
                self.visit_str(&whole.to_string())
            }

            /// The shortest text of a number of up to 15 digits is the one that was typed.
            fn visit_f64<E: Error>(self, number: f64) -> Result<Exact, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// Corners of a curve from pairs.
fn corners(pairs: &[[Exact; 2]]) -> Vec<Corner> {
    pairs.iter().map(|[value, points]| Corner { value: value.0, points: points.0 }).collect()
}

/// Tiers from pairs.
fn tiers(pairs: &[[Exact; 2]]) -> Vec<Tier> {
    pairs.iter().map(|[from, rate]| Tier { from: from.0, rate: rate.0 }).collect()
}

/// Facts pooled, as an example gives them.
pub(crate) fn pooled(numerator: Exact, denominator: Exact, samples: Option<i64>) -> Pooled {
    let cases = denominator.0.round(0).micros() / Fixed::SCALE;
    Pooled { numerator: numerator.0, denominator: denominator.0, samples: samples.unwrap_or(cases) }
}
