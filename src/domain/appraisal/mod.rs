//! An agent's appraisal in a cycle: one scorecard a stretch, put together to one total and one rating; or an exemption.

mod calibration;
mod combining;
mod eligibility;
mod leave;
mod stretches;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::peers::PeerStanding;
use super::period::Period;
use super::scorecard::CardResult;

pub use calibration::{Calibrated, CalibratedRating, CalibrationReason, UnknownCalibrationReason};
pub use combining::{CombineError, combine};
pub use eligibility::{Eligibility, Exemption, ExemptionReason, UnknownReason};
pub use leave::{LeaveKind, UnknownLeaveKind, days_present};
pub use stretches::{merge_stretches, samples_of};

/// What the stretches of a cycle are weighted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StretchBasis {
    /// Calendar days net of leave.
    #[default]
    Days,
    /// Cases behind the stretch's card.
    Samples,
    /// Each the same. No rule says so; it is what is left where no stretch has a day or a case.
    Equal,
}

/// The card of one stretch: days in one unit and one post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StretchCard {
    pub unit: String,
    pub post: String,
    pub period: Period,
    /// Calendar days assigned, net of leave.
    pub days: i64,
    /// Cases behind the card, as [`samples_of`] counts them.
    pub samples: i64,
    pub card: CardResult,
}

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its total counts with its share.
    Counted,
    /// Its card waits for data, and so does the whole; it keeps its share.
    Waiting,
    /// Fewer days than a stretch needs; its share went to the others.
    TooShort,
    /// Its card has no score; its share went to the others.
    NoScore,
}

/// A stretch with its part in the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StretchResult {
    pub stretch: StretchCard,
    pub standing: Standing,
    /// Percent of the whole, six decimals. The shares add up to exactly 100 unless every stretch left; one that left has zero.
    pub share: Fixed,
}

/// Where an appraisal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppraisalState {
    Scored,
    /// A stretch's card waits for data.
    OnHold,
    /// No stretch has a score.
    InsufficientData,
    /// Not appraised in this cycle; the cards of the stretches are shown, and give no total, no rating and no pay by score.
    Exempt,
}

/// An agent beside the peers in one line of the agent's own. For information: nothing is computed from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerLine {
    /// The line's id on the card of the last stretch.
    pub line: Arc<str>,
    pub standing: PeerStanding,
}

/// The whole of a cycle. Totals and ratings inside the stretches' cards are working; only those here count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppraisalResult {
    /// By first day.
    pub stretches: Vec<StretchResult>,
    /// What the shares were computed from.
    pub basis: StretchBasis,
    /// Calendar days assigned net of leave, over all stretches.
    pub days: i64,
    /// Cases over all stretches.
    pub samples: i64,
    pub state: AppraisalState,
    /// Why, when exempt.
    pub exemption: Option<Exemption>,
    /// Σ a stretch's total × its share ÷ 100, rounded once to six decimals.
    pub total: Option<Fixed>,
    /// `total` rounded to two decimals: what is printed, and what bands judge.
    pub printed: Option<Fixed>,
    /// By the bands of the last stretch's card, at best what the failed gates of the counted stretches allow.
    pub rating: Option<Arc<str>>,
    /// What the rating would be without the one that people agreed on, and why they did; `None` where the calculated one counts.
    pub calibrated: Option<CalibratedRating>,
    /// Empty where the card of the last stretch compares with nobody.
    pub peers: Vec<PeerLine>,
}

impl AppraisalResult {
    /// The card of the last stretch, whose bands judge.
    pub fn last_card(&self) -> Option<&CardResult> {
        self.stretches.last().map(|result| &result.stretch.card)
    }
}
