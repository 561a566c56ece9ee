//! The states of an appraisal cycle, and what leads from one to another.

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

    /// Where `act` leads from here; `None` where it cannot be done.
    pub fn after(self, act: CycleAct) -> Option<Self> {
        act.from().contains(&self).then(|| act.to(self))
    }

    /// Whether agents may see their results: published and not taken back.
    pub fn is_published(self) -> bool {
        matches!(self, Self::Published | Self::Appeal | Self::Final | Self::Closed)
    }

    /// Whether nothing of the results changes any more but by a correction: what payroll may see.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Final | Self::Closed)
    }
}

/// What is done with a cycle as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleAct {
    Open,
    /// The facts are snapshotted; later ones wait for a correction. Again as often as need be, until the review begins.
    Freeze,
    /// Agents and units are scored from the frozen facts, and from what people judged and decided up to now.
    Score,
    /// Both at once.
    Appraise,
    /// Supervisors review what was scored.
    BeginReview,
    /// The review is complete: what stands is what shall be approved.
    Calibrate,
    /// Somebody who did not prepare the results approves exactly what they saw.
    Approve,
    /// Back by one stage, with a reason: what waits for approval or was approved into review, what is in review to be scored anew.
    SendBack,
    /// Agents see their results; all of them, or those of some units.
    Publish,
    BeginAppeals,
    /// No appeal is open any more; payroll sees the payouts.
    Finalise,
    Close,
    /// Until it is published.
    Cancel,
}

impl CycleAct {
    pub const ALL: [Self; 13] = [
        Self::Open,
        Self::Freeze,
        Self::Score,
        Self::Appraise,
        Self::BeginReview,
        Self::Calibrate,
        Self::Approve,
        Self::SendBack,
        Self::Publish,
        Self::BeginAppeals,
        Self::Finalise,
        Self::Close,
        Self::Cancel,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Freeze => "freeze",
            Self::Score => "score",
            Self::Appraise => "appraise",
            Self::BeginReview => "begin_review",
            Self::Calibrate => "calibrate",
            Self::Approve => "approve",
            Self::SendBack => "send_back",
            Self::Publish => "publish",
            Self::BeginAppeals => "begin_appeals",
            Self::Finalise => "finalise",
            Self::Close => "close",
            Self::Cancel => "cancel",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// The states it can be done in.
    pub fn from(self) -> &'static [CycleState] {
        use CycleState::{Appeal, Approved, Calibrated, Draft, Final, Frozen, InReview, Open, Published, Scored};
        match self {
            Self::Open => &[Draft],
            Self::Freeze | Self::Appraise => &[Open, Frozen, Scored],
            Self::Score => &[Frozen, Scored, InReview],
            Self::BeginReview => &[Scored],
            Self::Calibrate => &[InReview],
            Self::Approve => &[Calibrated],
            Self::SendBack => &[InReview, Calibrated, Approved],
            // Unit by unit, until all are.
            Self::Publish => &[Approved, Published],
            Self::BeginAppeals => &[Published],
            Self::Finalise => &[Appeal],
            Self::Close => &[Final],
            Self::Cancel => &[Draft, Open, Frozen, Scored, InReview, Calibrated, Approved],
        }
    }

    /// The state it leads to.
    fn to(self, from: CycleState) -> CycleState {
        match self {
            Self::Open => CycleState::Open,
            Self::Freeze => CycleState::Frozen,
            Self::SendBack if from == CycleState::InReview => CycleState::Scored,
            // What is in review stays there.
            Self::Score if from == CycleState::InReview => CycleState::InReview,
            Self::Appraise | Self::Score => CycleState::Scored,
            Self::BeginReview | Self::SendBack => CycleState::InReview,
            Self::Calibrate => CycleState::Calibrated,
            Self::Approve => CycleState::Approved,
            Self::Publish => CycleState::Published,
            Self::BeginAppeals => CycleState::Appeal,
            Self::Finalise => CycleState::Final,
            Self::Close => CycleState::Closed,
            Self::Cancel => CycleState::Cancelled,
        }
    }

    /// Whether whoever does it takes part in making the results, and so does not approve them.
    pub fn prepares(self) -> bool {
        matches!(self, Self::Freeze | Self::Score | Self::Appraise | Self::BeginReview | Self::Calibrate)
    }

    /// Whether it must say why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::SendBack | Self::Cancel)
    }

    /// In a few words for people, as in "cannot be approved".
    pub fn done(self) -> &'static str {
        match self {
            Self::Open => "opened",
            Self::Freeze => "frozen",
            Self::Score => "scored",
            Self::Appraise => "appraised",
            Self::BeginReview => "put into review",
            Self::Calibrate => "marked as calibrated",
            Self::Approve => "approved",
            Self::SendBack => "sent back",
            Self::Publish => "published",
            Self::BeginAppeals => "opened for appeals",
            Self::Finalise => "made final",
            Self::Close => "closed",
            Self::Cancel => "cancelled",
        }
    }
}

impl fmt::Display for CycleAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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
