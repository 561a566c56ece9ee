//! Confidence intervals shown beside every rate, so that small samples are seen for what they are.

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;

/// A 95 % interval in the metric's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub lower: Fixed,
    pub upper: Fixed,
}
