//! Appeals in words.

use crate::domain::appeal::{AppealState, AppealSubject};
use crate::web::language::Language;
use crate::web::words::Say;

/// How a state reads, and how it looks.
pub(in crate::web) fn appeal_state(state: AppealState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        AppealState::Open => ("appeal-open", "warn"),
        AppealState::Upheld => ("appeal-upheld", ""),
        AppealState::Varied => ("appeal-varied", "good"),
        AppealState::Withdrawn => ("appeal-withdrawn", ""),
    };
    (language.say(key), tone)
}

/// What an appeal is about; a line by its metric's id, where its name is not at hand.
pub(in crate::web) fn subject_text(subject: &AppealSubject, metric: Option<&str>, language: Language) -> String {
    match subject {
        AppealSubject::Line(line) => language.say("appeal-about-line").with("line", metric.unwrap_or(line)).to_string(),
        AppealSubject::Rating => language.say("appeal-about-rating").to_string(),
        AppealSubject::Result => language.say("appeal-about-result").to_string(),
    }
}
