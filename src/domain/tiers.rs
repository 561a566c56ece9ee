//! Tiers: rates that change at thresholds, applied to the whole (flat) or to each slice (marginal).

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;

/// From `from` on (inclusive) to the next tier's `from` (exclusive), this rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub from: Fixed,
    pub rate: Fixed,
}
