//! The parts of a scorecard that are about people rather than lines: who is appraised, who is whose peer, how ratings spread.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Exact;
use crate::domain::appraisal::{Eligibility, StretchBasis};
use crate::domain::guidance::GuidedShare;
use crate::domain::peers::{PeerKey, PeerRule};

/// What stretches are weighted by.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BasisName {
    /// Calendar days net of leave.
    #[default]
    Days,
    /// Cases: those of the most measured own line of each stretch.
    Samples,
}

/// What an appraisal needs at least. What is left out asks for nothing.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EligibilityEntry {
    /// Calendar days assigned in the cycle, net of leave.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub min_days: i64,
    /// Cases: the sum over stretches of each one's most measured own line.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub min_samples: i64,
    /// Days net of leave; where an agent moved, a shorter stretch leaves the total with its share.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub stretch_min_days: i64,
}

/// How agents are grouped with those they may fairly be compared with.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeersEntry {
    /// What peers have in common, beside the card: `post`, `unit`, `unit_kind:KIND` (the unit of that kind above), `queue` (where the
    /// agent has most cases) or `attribute:NAME` (of the roster).
    #[schemars(length(min = 1))]
    pub by: Vec<String>,
    /// With fewer measured members no peer figure is shown.
    #[serde(default = "few")]
    #[schemars(range(min = 2))]
    pub min_members: i64,
}

/// Below five, a group's figure says too much of its single members.
fn few() -> i64 {
    5
}

impl From<BasisName> for StretchBasis {
    fn from(name: BasisName) -> Self {
        match name {
            BasisName::Days => Self::Days,
            BasisName::Samples => Self::Samples,
        }
    }
}

impl From<EligibilityEntry> for Eligibility {
    fn from(EligibilityEntry { min_days, min_samples, stretch_min_days }: EligibilityEntry) -> Self {
        Self { min_days, min_samples, stretch_min_days }
    }
}

impl PeersEntry {
    /// The rule; keys that name nothing, which the checks refuse, are left out.
    pub(super) fn to_rule(&self) -> PeerRule {
        PeerRule {
            by: self.by.iter().filter_map(|key| key.parse::<PeerKey>().ok()).collect(),
            min_members: self.min_members,
        }
    }
}

/// Guidance in the order of `bands`; a band it does not name is seen empty. Without guidance, nothing.
pub(super) fn guided_shares<'a>(
    guidance: &BTreeMap<String, Exact>,
    bands: impl Iterator<Item = &'a str>,
) -> Vec<GuidedShare> {
    if guidance.is_empty() {
        return Vec::new();
    }
    let percent = |band| guidance.get(band).copied().map_or_else(Default::default, |percent| percent.0);
    bands.map(|band| GuidedShare { band: band.to_owned(), percent: percent(band) }).collect()
}
