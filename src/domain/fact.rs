//! Facts, and facts pooled: sums of numerators and denominators, never averages of averages.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::metric::MetricId;

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

/// Facts of one metric and segment pooled over some days; the segment is empty when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentFact {
    pub metric: MetricId,
    pub segment: Arc<str>,
    pub pooled: Pooled,
}

/// One agent's sums of one metric on one day in one segment; `agent`, `metric` and `segment` are places in the lists the facts come
/// with, so that millions of facts stay small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    pub agent: u32,
    pub metric: u32,
    pub segment: u32,
    pub day: NaiveDate,
    pub pooled: Pooled,
}

impl Fact {
    /// What makes two facts of one source one, and the order in which lists of facts are kept.
    pub fn key(&self) -> (u32, u32, u32, NaiveDate) {
        (self.agent, self.metric, self.segment, self.day)
    }
}
