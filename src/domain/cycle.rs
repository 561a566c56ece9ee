//! The states of an appraisal cycle.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where an appraisal cycle stands. Never reopened: after `Final` a correction is a new revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleState {
    /// Being prepared.
    Draft,
    /// Facts come in; targets are fixed.
    Open,
    /// The facts are snapshotted.
    Frozen,
    Scored,
    InReview,
    Calibrated,
    Approved,
    Published,
    /// Published, and agents may appeal.
    Appeal,
    Final,
    Closed,
    Cancelled,
}

/// A text that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a state of a cycle: use draft, open, frozen, scored, in_review, calibrated, approved, published, appeal, final, closed or cancelled"
)]
pub struct UnknownCycleState(pub String);

impl CycleState {
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Open,
        Self::Frozen,
        Self::Scored,
        Self::InReview,
        Self::Calibrated,
        Self::Approved,
        Self::Published,
        Self::Appeal,
        Self::Final,
        Self::Closed,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Scored => "scored",
            Self::InReview => "in_review",
            Self::Calibrated => "calibrated",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Appeal => "appeal",
            Self::Final => "final",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a cycle may go from this state to `next`: one step along the chain; before review it may also be frozen and scored
    /// again; before publication it may be cancelled.
    pub fn may_become(self, next: Self) -> bool {
        self.follower() == Some(next) || self.may_run_again(next) || (next == Self::Cancelled && self.may_cancel())
    }

    fn follower(self) -> Option<Self> {
        match self {
            Self::Draft => Some(Self::Open),
            Self::Open => Some(Self::Frozen),
            Self::Frozen => Some(Self::Scored),
            Self::Scored => Some(Self::InReview),
            Self::InReview => Some(Self::Calibrated),
            Self::Calibrated => Some(Self::Approved),
            Self::Approved => Some(Self::Published),
            Self::Published => Some(Self::Appeal),
            Self::Appeal => Some(Self::Final),
            Self::Final => Some(Self::Closed),
            Self::Closed | Self::Cancelled => None,
        }
    }

    fn may_run_again(self, next: Self) -> bool {
        matches!((self, next), (Self::Frozen | Self::Scored, Self::Frozen) | (Self::Scored, Self::Scored))
    }

    fn may_cancel(self) -> bool {
        self < Self::Published
    }
}

impl fmt::Display for CycleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CycleState {
    type Err = UnknownCycleState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| UnknownCycleState(text.to_owned()))
    }
}
