//! Where one agent's result of a cycle stands, and what leads from one state to another.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::appraisal::AppraisalState;

/// Where an agent's result stands. Until the review begins it is what the scorecard says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultState {
    /// Nothing is computed yet.
    Pending,
    Scored,
    /// A line waits for data.
    OnHold,
    InsufficientData,
    Exempt,
    /// A supervisor handed in a review.
    Reviewed,
    /// The review is complete; what stands waits for approval and publication.
    Calibrated,
    Published,
    /// The agent has taken note of it, or let the time for that pass.
    Acknowledged,
    /// An appeal is open.
    Appealed,
    /// An appeal was decided, and the result stayed.
    Upheld,
    /// An appeal was decided, and a new revision took the result's place.
    Varied,
    /// The agent took the appeal back.
    Withdrawn,
    Final,
    /// A new revision took the place of a final result.
    Corrected,
}

/// What is done with an agent's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultAct {
    Review,
    Calibrate,
    Publish,
    Acknowledge,
    Appeal,
    Uphold,
    Vary,
    Withdraw,
    Finalise,
    Correct,
}

impl ResultState {
    pub const ALL: [Self; 15] = [
        Self::Pending,
        Self::Scored,
        Self::OnHold,
        Self::InsufficientData,
        Self::Exempt,
        Self::Reviewed,
        Self::Calibrated,
        Self::Published,
        Self::Acknowledged,
        Self::Appealed,
        Self::Upheld,
        Self::Varied,
        Self::Withdrawn,
        Self::Final,
        Self::Corrected,
    ];
    /// What a scoring may leave a result in.
    pub const COMPUTED: &[Self] = &[Self::Scored, Self::OnHold, Self::InsufficientData, Self::Exempt];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Scored => "scored",
            Self::OnHold => "on_hold",
            Self::InsufficientData => "insufficient_data",
            Self::Exempt => "exempt",
            Self::Reviewed => "reviewed",
            Self::Calibrated => "calibrated",
            Self::Published => "published",
            Self::Acknowledged => "acknowledged",
            Self::Appealed => "appealed",
            Self::Upheld => "upheld",
            Self::Varied => "varied",
            Self::Withdrawn => "withdrawn",
            Self::Final => "final",
            Self::Corrected => "corrected",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where `act` leads from here; `None` where it cannot be done.
    pub fn after(self, act: ResultAct) -> Option<Self> {
        act.from().contains(&self).then(|| act.to())
    }
}

impl From<AppraisalState> for ResultState {
    fn from(state: AppraisalState) -> Self {
        match state {
            AppraisalState::Scored => Self::Scored,
            AppraisalState::OnHold => Self::OnHold,
            AppraisalState::InsufficientData => Self::InsufficientData,
            AppraisalState::Exempt => Self::Exempt,
        }
    }
}

impl ResultAct {
    pub const ALL: [Self; 10] = [
        Self::Review,
        Self::Calibrate,
        Self::Publish,
        Self::Acknowledge,
        Self::Appeal,
        Self::Uphold,
        Self::Vary,
        Self::Withdraw,
        Self::Finalise,
        Self::Correct,
    ];

    /// The states it can be done in.
    pub const fn from(self) -> &'static [ResultState] {
        use ResultState::{
            Acknowledged, Appealed, Calibrated, Corrected, Exempt, Final, InsufficientData, OnHold, Published,
            Reviewed, Scored, Upheld, Varied, Withdrawn,
        };
        match self {
            // A review may be mended and handed in again.
            Self::Review => &[Scored, OnHold, InsufficientData, Exempt, Reviewed],
            Self::Calibrate => &[Scored, OnHold, InsufficientData, Exempt, Reviewed],
            Self::Publish => &[Calibrated],
            Self::Acknowledge => &[Published],
            // What was decided is decided; who took an appeal back may raise another in time.
            Self::Appeal => &[Published, Acknowledged, Withdrawn],
            Self::Uphold | Self::Vary | Self::Withdraw => &[Appealed],
            Self::Finalise => &[Published, Acknowledged, Upheld, Varied, Withdrawn],
            Self::Correct => &[Final, Corrected],
        }
    }

    /// The state it leads to.
    pub const fn to(self) -> ResultState {
        match self {
            Self::Review => ResultState::Reviewed,
            Self::Calibrate => ResultState::Calibrated,
            Self::Publish => ResultState::Published,
            Self::Acknowledge => ResultState::Acknowledged,
            Self::Appeal => ResultState::Appealed,
            Self::Uphold => ResultState::Upheld,
            Self::Vary => ResultState::Varied,
            Self::Withdraw => ResultState::Withdrawn,
            Self::Finalise => ResultState::Final,
            Self::Correct => ResultState::Corrected,
        }
    }

    /// In a few words for people, as in "cannot be acknowledged".
    pub const fn done(self) -> &'static str {
        match self {
            Self::Review => "reviewed",
            Self::Calibrate => "marked as calibrated",
            Self::Publish => "published",
            Self::Acknowledge => "acknowledged",
            Self::Appeal => "appealed",
            Self::Uphold => "upheld",
            Self::Vary => "varied",
            Self::Withdraw => "given up as an appeal",
            Self::Finalise => "made final",
            Self::Correct => "corrected",
        }
    }
}

impl fmt::Display for ResultState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
