//! One agent's results in a cycle: the scorecard, the payout, the suggested plan, and what other figures would have made.

pub(super) mod course;
pub(super) mod lines;
pub(super) mod payout;
pub(super) mod plan;
pub(super) mod revisions;
pub(super) mod scorecard;
pub(super) mod standing;
pub(super) mod what_if;

use crate::domain::appraisal::AppraisalState;
use crate::domain::explanation::Explanation;
use crate::web::language::Language;
use crate::web::words::Say;

/// How a state reads, and how good it is: `good`, `warn` or nothing.
pub(super) fn state_text(state: AppraisalState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        AppraisalState::Scored => ("state-scored", ""),
        AppraisalState::OnHold => ("state-on-hold", "warn"),
        AppraisalState::InsufficientData => ("state-insufficient-data", "warn"),
        AppraisalState::Exempt => ("state-exempt", ""),
    };
    (language.say(key), tone)
}

/// A figure told in words and steps.
pub(super) struct Told {
    pub words: String,
    /// Formula and result.
    pub steps: Vec<(String, String)>,
}

impl Told {
    pub(super) fn new(explanation: Explanation, language: Language) -> Self {
        let Explanation { steps, en, zh } = explanation;
        let words = match language {
            Language::English => en,
            Language::Chinese => zh,
        };
        Self { words, steps: steps.into_iter().map(|step| (step.formula, step.result)).collect() }
    }
}
