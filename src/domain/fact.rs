//! Facts pooled: sums of numerators and denominators, never averages of averages.

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;

/// A sum of facts of one metric: numerator, denominator, and the number of cases behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pooled {
    pub numerator: Fixed,
    pub denominator: Fixed,
    /// Cases behind the ratio (replies, contacts, checks); decides about minimum samples and intervals.
    pub samples: i64,
}

impl Pooled {
    /// The sum of both; `None` on overflow.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.checked_add(other.numerator)?,
            denominator: self.denominator.checked_add(other.denominator)?,
            samples: self.samples.checked_add(other.samples)?,
        })
    }
}
