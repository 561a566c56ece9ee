//! What keeps a form from being done, as its page says it.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};

use super::cycles::deadlines::stage_text;
use super::cycles::state::{act_text, cycle_state};
use super::language::Language;
use super::results::standing::result_state;
use super::reviews::group_text;
use super::visitor::failed;
use super::words::Say;
use crate::app::{AppError, Detail, Refusal, Shortcoming, Why};
use crate::web::appeals::words::appeal_state;

/// In the page's language; where there are no words of it, the program's own, quoted and marked as English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    text: String,
    /// What the program says, where that is in another language than the page.
    quoted: Option<String>,
}

impl Problem {
    /// What was refused.
    pub(super) fn of(language: Language, refusal: &Refusal) -> Self {
        match (refusal.why(), language) {
            (Some(why), _) => Self { text: words(language, why).to_string(), quoted: None },
            (None, _) => Self::foreign(language, refusal),
        }
    }

    /// What keeps a page from showing something.
    pub(super) fn because(language: Language, why: &Why) -> Self {
        words(language, why).into()
    }

    /// A text of the program that pages have no words for.
    pub(super) fn foreign(language: Language, text: &str) -> Self {
        match language {
            Language::English => Self { text: text.to_owned(), quoted: None },
            Language::Chinese => {
                Self { text: language.say("refused-otherwise").to_string(), quoted: Some(text.to_owned()) }
            }
        }
    }

    /// With what goes before it.
    pub(super) fn after(self, said: &Say) -> Self {
        Self { text: format!("{said} {}", self.text), quoted: self.quoted }
    }

    /// As somebody named it, in whatever language.
    fn named(text: &str) -> Self {
        Self { text: text.to_owned(), quoted: None }
    }

    /// Without marks, for answers that are no pages.
    pub(super) fn plain(&self) -> String {
        match &self.quoted {
            Some(quoted) => format!("{} {quoted}", self.text),
            None => self.text.clone(),
        }
    }
}

impl From<Say> for Problem {
    fn from(said: Say) -> Self {
        Self { text: said.to_string(), quoted: None }
    }
}

/// As HTML: templates put it in as it is.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let safe = |text: &str| escape(text, Html).map(|text| text.to_string()).map_err(|_| fmt::Error);
        f.write_str(&safe(&self.text)?)?;
        match &self.quoted {
            Some(quoted) => write!(f, " <q lang=\"en\">{}</q>", safe(quoted)?),
            None => Ok(()),
        }
    }
}

impl HtmlSafe for Problem {}

/// The reason in a sentence.
fn words(language: Language, why: &Why) -> Say {
    why.details().into_iter().fold(language.say(why.code()), |said, (name, detail)| match detail {
        Detail::Text(text) => said.with(name, text),
        Detail::Count(count) => said.count(name, count),
        Detail::Day(day) => said.with(name, language.day(day)),
        Detail::Cycle(state) => said.with(name, cycle_state(state, language)),
        Detail::Cycles(states) => {
            let states: Vec<String> =
                states.into_iter().map(|state| cycle_state(state, language).to_string()).collect();
            said.with(name, states.join(language.pick(", ", "、")))
        }
        Detail::Act(act) => said.with(name, act_text(act, language).0),
        Detail::Result(state) => said.with(name, result_state(state, language).0),
        Detail::Appeal(state) => said.with(name, appeal_state(state, language).0),
        Detail::Stage(stage) => said.with(name, stage_text(stage, language)),
        Detail::Group(group) => said.with(name, group_text(group, language)),
    })
}

/// Why a row was set aside: in the page's language where Merit found it, as the source's check names it elsewhere.
pub(super) fn set_aside(language: Language, reason: &str) -> Problem {
    let Some((column, found)) = Shortcoming::of(reason) else { return Problem::named(reason) };
    let said = language.say(match found {
        Shortcoming::UnknownAgent => "aside-unknown-agent",
        Shortcoming::WrongFields => "aside-wrong-fields",
        Shortcoming::NotUtf8 => "aside-not-utf8",
        Shortcoming::NotJson => "aside-not-json",
        Shortcoming::NotText => "aside-not-text",
        Shortcoming::NotInteger => "aside-not-integer",
        Shortcoming::NotDecimal => "aside-not-decimal",
        Shortcoming::NotBoolean => "aside-not-boolean",
        Shortcoming::NotDate => "aside-not-date",
        Shortcoming::NotTime => "aside-not-time",
        Shortcoming::SkippedTime => "aside-skipped-time",
        Shortcoming::TooManyDecimals => "aside-too-many-decimals",
        Shortcoming::OutOfRange => "aside-out-of-range",
        Shortcoming::NoValue => "aside-no-value",
        Shortcoming::NotAnAction => "aside-not-an-action",
        Shortcoming::ErrorCell => "aside-error-cell",
        Shortcoming::UnknownMetric => "aside-unknown-metric",
        Shortcoming::MetricNotInForce => "aside-metric-not-in-force",
        Shortcoming::Repeated => "aside-repeated",
        Shortcoming::Negative => "aside-negative",
        Shortcoming::SamplesNeeded => "aside-samples-needed",
    });
    match column {
        Some(column) => language.say("aside-in-column").with("column", column).with("what", said).into(),
        None => said.into(),
    }
}

/// What keeps a form from being done and whoever filled it in can mend; anything else is a page of its own.
pub(super) fn mendable(error: AppError, language: Language) -> poem::Result<Problem> {
    match &error {
        AppError::Refused(refusal)
        | AppError::Changed(refusal)
        | AppError::Invalid(refusal)
        | AppError::Conflict(refusal) => Ok(Problem::of(language, refusal)),
        _ => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, set_aside, words};
    use crate::app::{Refusal, Shortcoming, Why};
    use crate::web::language::Language;

    #[test]
    fn what_has_no_words_is_quoted_and_marked() {
        let refusal = Refusal::from("the <file> is odd");
        assert_eq!(Problem::of(Language::English, &refusal).to_string(), "the &#60;file&#62; is odd");
        let chinese = Problem::of(Language::Chinese, &refusal).to_string();
        assert!(chinese.ends_with("<q lang=\"en\">the &#60;file&#62; is odd</q>"), "{chinese}");
    }

    #[test]
    fn a_reason_is_said_in_the_language_of_the_page() {
        let why = Why::OpenAppeals { open: 3 };
        assert_eq!(words(Language::English, &why).to_string(), "3 appeals are open: decide them first.");
        assert_eq!(words(Language::Chinese, &why).to_string(), "还有 3 项申诉未决定：请先决定。");
    }

    #[test]
    fn what_merit_finds_wrong_with_rows_is_said_in_chinese() {
        for found in Shortcoming::ALL {
            let reason = format!("column \"wait\": {}", found.as_str());
            let said = set_aside(Language::Chinese, &reason).plain();
            assert!(said.contains("wait") && !said.contains(found.as_str()), "{said}");
        }
        assert_eq!(set_aside(Language::Chinese, "评分须为 1–5").plain(), "评分须为 1–5");
    }
}
