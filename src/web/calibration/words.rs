//! Proposed ratings in words.

use crate::app::{CalibrationState, CalibrationView};
use crate::web::language::Language;
use crate::web::words::Say;

/// How a state reads, and how it looks.
pub(super) fn calibration_state(state: CalibrationState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        CalibrationState::Proposed => ("calibration-proposed", "warn"),
        CalibrationState::Confirmed => ("calibration-confirmed", "good"),
        CalibrationState::Declined => ("calibration-declined", ""),
        CalibrationState::Withdrawn => ("calibration-withdrawn", ""),
    };
    (language.say(key), tone)
}

/// A proposal as people read it.
pub(super) struct ProposalView {
    pub id: String,
    pub number: String,
    pub calculated: String,
    pub rating: String,
    pub reason: String,
    pub comment: String,
    pub state: String,
    pub tone: &'static str,
    pub stands: CalibrationState,
    pub by: String,
    pub at: String,
    pub decided_by: String,
    pub decision: String,
}

pub(super) fn proposal_view(view: CalibrationView, language: Language) -> ProposalView {
    let CalibrationView { calibration, proposed_by, decided_by } = view;
    let (state, tone) = calibration_state(calibration.state, language);
    ProposalView {
        id: calibration.public_id.to_string(),
        number: calibration.employee_number,
        calculated: calibration.calculated.unwrap_or_else(|| "–".to_owned()),
        rating: calibration.rating,
        reason: language.of_text(&calibration.reason.text()).to_owned(),
        comment: calibration.comment,
        state: state.to_string(),
        tone,
        stands: calibration.state,
        by: proposed_by.unwrap_or_default(),
        at: language.moment(calibration.proposed_at),
        decided_by: decided_by.unwrap_or_default(),
        decision: calibration.decision_comment.unwrap_or_default(),
    }
}
