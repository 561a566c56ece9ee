//! A rating that people agreed on in place of the calculated one.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::scorecard::Card;
use super::super::text::Text;
use super::{AppraisalResult, AppraisalState, CombineError};

/// Why a rating is not the calculated one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationReason {
    /// Figures are known to be wrong and can no longer be mended in this cycle.
    DataFault,
    /// Something outside the agent's hands, such as an outage or a change of queue, moved the figures.
    OutsideInfluence,
    /// The supervisor judges more strictly or more mildly than others do.
    RaterLeniency,
    /// The same work was rated otherwise elsewhere.
    PeerConsistency,
    /// Something done, or failed to be done, that no line of the card measures.
    Conduct,
    /// What it is stands in the comment.
    Other,
}

/// A text that names no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a reason for another rating; use data_fault, outside_influence, rater_leniency, peer_consistency, conduct or other"
)]
pub struct UnknownCalibrationReason(pub String);

/// What was agreed: the rating, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibrated {
    /// The id of a band of the card of the last stretch.
    pub rating: Arc<str>,
    pub reason: CalibrationReason,
}

/// What stands beside a calibrated rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibratedRating {
    /// The rating by the card's bands and gates; `None` below the first band.
    pub calculated: Option<Arc<str>>,
    pub reason: CalibrationReason,
}

impl CalibrationReason {
    pub const ALL: [Self; 6] = [
        Self::DataFault,
        Self::OutsideInfluence,
        Self::RaterLeniency,
        Self::PeerConsistency,
        Self::Conduct,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataFault => "data_fault",
            Self::OutsideInfluence => "outside_influence",
            Self::RaterLeniency => "rater_leniency",
            Self::PeerConsistency => "peer_consistency",
            Self::Conduct => "conduct",
            Self::Other => "other",
        }
    }

    /// In words for people.
    pub fn text(self) -> Text {
        let (en, zh) = match self {
            Self::DataFault => ("figures known to be wrong", "数据有误"),
            Self::OutsideInfluence => ("something outside the person's hands", "个人无法控制的外部因素"),
            Self::RaterLeniency => {
                ("a supervisor who judges more strictly or mildly than others", "评价尺度偏严或偏宽")
            }
            Self::PeerConsistency => ("the same work rated otherwise elsewhere", "与同类工作的评级保持一致"),
            Self::Conduct => ("conduct that no line measures", "指标未涵盖的行为表现"),
            Self::Other => ("another reason, given in the comment", "其他原因（见说明）"),
        };
        Text { en: en.to_owned(), zh: zh.to_owned() }
    }
}

impl fmt::Display for CalibrationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CalibrationReason {
    type Err = UnknownCalibrationReason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        found.ok_or_else(|| UnknownCalibrationReason(text.to_owned()))
    }
}

impl AppraisalResult {
    /// Puts the agreed rating in the place of the calculated one, which stays beside it. Who has no score has no rating to calibrate.
    /// Errors: `UnknownBand` where `card`, that of the last stretch, has no such band.
    pub fn calibrate(&mut self, agreed: &Calibrated, card: &Card) -> Result<(), CombineError> {
        if self.state != AppraisalState::Scored {
            return Ok(());
        }
        if !card.bands.iter().any(|band| band.id == agreed.rating) {
            return Err(CombineError::UnknownBand { card: card.id.to_string(), band: agreed.rating.to_string() });
        }
        let calculated = self.rating.replace(Arc::clone(&agreed.rating));
        self.calibrated = Some(CalibratedRating { calculated, reason: agreed.reason });
        Ok(())
    }
}
