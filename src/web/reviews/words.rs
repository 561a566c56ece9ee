//! Reviews in words.

use crate::app::ReviewStanding;
use crate::domain::judgement::{RaterGroup, ReviewState};
use crate::web::language::Language;
use crate::web::words::Say;

pub(in crate::web) fn group_text(group: RaterGroup, language: Language) -> Say {
    language.say(match group {
        RaterGroup::Supervisor => "group-supervisor",
        RaterGroup::Peer => "group-peer",
        RaterGroup::Subordinate => "group-subordinate",
        RaterGroup::Oneself => "group-self",
    })
}

/// How a state reads, and how it looks; nothing was begun where there is none.
pub(super) fn review_state(state: Option<ReviewState>, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        None => ("review-not-begun", ""),
        Some(ReviewState::Invited) => ("review-invited", "warn"),
        Some(ReviewState::Draft) => ("review-draft", "warn"),
        Some(ReviewState::Submitted) => ("review-handed-in", "good"),
        Some(ReviewState::Declined) => ("review-declined", ""),
    };
    (language.say(key), tone)
}

/// The same of a review by who leads somebody.
pub(in crate::web) fn standing_text(standing: ReviewStanding, language: Language) -> (Say, &'static str) {
    let state = match standing {
        ReviewStanding::NotBegun => None,
        ReviewStanding::Draft => Some(ReviewState::Draft),
        ReviewStanding::HandedIn => Some(ReviewState::Submitted),
    };
    review_state(state, language)
}
