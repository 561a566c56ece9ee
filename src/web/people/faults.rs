//! What is wrong with a row of an uploaded file and how to mend it, in the words of the page. Days are written as files have them, so that whoever
//! mends the row finds them there.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};

use crate::app::{Fault, LeaveProblem, Needs, PostStretch, RatingProblem, RosterProblem};
use crate::domain::appraisal::{LeaveKind, UnknownLeaveKind};
use crate::domain::fixed::FixedError;
use crate::domain::judgement::{RaterGroup, UnknownRaterGroup};
use crate::domain::money::{MoneyError, UnknownCurrency};
use crate::web::language::Language;
use crate::web::reviews::group_text;
use crate::web::words::Say;

/// A cell may hold anything; so many characters of one are shown on a page.
const LONGEST: usize = 120;

/// A reason on a page, what it quotes marked up. As HTML: templates put it in as it is.
pub(super) struct Reason(String);

impl Reason {
    pub(super) fn of(language: Language, fault: &Fault) -> Self {
        Self(Words { language, quoted: &marked_up }.of(fault).to_string())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Reason {}

/// All that is wrong with a row, in a cell of a file.
pub(super) fn in_file(language: Language, faults: &[&Fault]) -> String {
    let words = Words { language, quoted: &str::to_owned };
    let said: Vec<String> = faults.iter().map(|fault| words.of(fault).to_string()).collect();
    said.join(language.pick(" ", ""))
}

fn marked_up(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    // Writing to a text cannot fail.
    escape(&shown, Html).map(|safe| format!("<code>{safe}</code>")).unwrap_or_default()
}

/// How it is said, and how what comes from a file or goes into one is quoted. The messages around it hold nothing that HTML would have to escape.
struct Words<'a> {
    language: Language,
    quoted: &'a dyn Fn(&str) -> String,
}

impl Words<'_> {
    fn of(&self, fault: &Fault) -> Say {
        let (say, quoted) = (|key| self.language.say(key), self.quoted);
        match fault {
            Fault::Empty { column, needs } => {
                say("fault-empty").with("column", quoted(column)).with("needs", needed(*needs, self.language))
            }
            Fault::NotADay { text, formats } => {
                let formats = self.list(formats, [" or ", " 或 "]);
                say("fault-not-a-day").with("text", quoted(text)).with("formats", formats)
            }
            Fault::OtherThanBefore { employee_number, line } => say("fault-other-than-before")
                .with("number", quoted(employee_number))
                .with("line", line)
                .with("columns", self.listed(["name", "aliases", "hired", "left"])),
            Fault::Currency(UnknownCurrency(text)) => {
                say("fault-currency").with("text", quoted(text)).with("example", quoted("CNY"))
            }
            Fault::Target(error) => self.target(error),
            Fault::TargetBelowZero { text } => say("fault-target-below-zero").with("text", quoted(text)),
            Fault::Fte(error) => self.fte(error),
            Fault::FteOutOfRange { fte } => self.fte_out_of_range(&fte.to_string()),
            Fault::LeaveKind(UnknownLeaveKind(text)) => say("fault-leave-kind")
                .with("text", quoted(text))
                .with("kinds", self.listed(LeaveKind::ALL.map(LeaveKind::as_str)))
                .with("withdrawn", quoted("withdrawn")),
            Fault::UnknownPerson { column, text } => {
                say("fault-unknown-person").with("column", quoted(column)).with("text", quoted(text))
            }
            Fault::ItemOfTwo { item, one, other } => say("fault-item-of-two")
                .with("item", quoted(item))
                .with("one", quoted(one))
                .with("other", quoted(other)),
            Fault::NotAnItem { item, items } => {
                say("fault-not-an-item").with("item", quoted(item)).with("items", self.listed(items))
            }
            Fault::Unassigned { employee_number } => say("fault-unassigned").with("number", quoted(employee_number)),
            Fault::NotJudged { posts } => {
                say("fault-not-judged").with("posts", self.listed(posts)).with("section", quoted("judgement"))
            }
            Fault::Group(UnknownRaterGroup(text)) => say("fault-group")
                .with("text", quoted(text))
                .with("groups", self.listed(RaterGroup::ALL.map(RaterGroup::as_str))),
            Fault::GroupNotAsked { form, group, groups } => {
                let groups: Vec<String> = groups.iter().map(|group| self.group(*group)).collect();
                let groups = groups.join(self.language.pick(", ", "、"));
                say("fault-group-not-asked")
                    .with("form", quoted(form))
                    .with("group", self.group(*group))
                    .with("groups", groups)
            }
            Fault::OnlyOneself {} => say("fault-only-oneself").with("group", self.group(RaterGroup::Oneself)),
            Fault::OneselfOtherwise { group } => say("fault-oneself-otherwise")
                .with("group", self.group(*group))
                .with("self", quoted(RaterGroup::Oneself.as_str())),
            Fault::NotALevel { text, form, levels } => say("fault-not-a-level")
                .with("text", quoted(text))
                .with("form", quoted(form))
                .with("levels", self.listed(levels)),
            Fault::Roster(problem) => self.roster(problem),
            Fault::Leave(problem) => self.leave(problem),
            Fault::Rating(problem) => self.rating(problem),
        }
    }

    fn target(&self, error: &MoneyError) -> Say {
        let (say, quoted) = (|key| self.language.say(key), self.quoted);
        match error {
            MoneyError::NotANumber(text) => {
                say("fault-target-not-a-number").with("text", quoted(text)).with("example", quoted("1234.50"))
            }
            MoneyError::TooPrecise { text, given, allowed, currency } => say("fault-target-too-precise")
                .with("text", quoted(text))
                .with("given", given)
                .with("allowed", allowed)
                .with("currency", quoted(currency.code())),
            MoneyError::OutOfRange(text) => say("fault-target-out-of-range").with("text", quoted(text)),
        }
    }

    fn fte(&self, error: &FixedError) -> Say {
        let of_column = |key| self.language.say(key).with("column", (self.quoted)("fte"));
        match error {
            FixedError::NotANumber(text) => of_column("fault-fte-not-a-number")
                .with("text", (self.quoted)(text))
                .with("example", (self.quoted)("0.5")),
            FixedError::TooPrecise(text) => of_column("fault-fte-too-precise").with("text", (self.quoted)(text)),
            FixedError::OutOfRange(text) => self.fte_out_of_range(text),
        }
    }

    fn fte_out_of_range(&self, text: &str) -> Say {
        self.language
            .say("fault-fte-out-of-range")
            .with("column", (self.quoted)("fte"))
            .with("text", (self.quoted)(text))
            .with("full", (self.quoted)("1"))
            .with("half", (self.quoted)("0.5"))
    }

    fn roster(&self, problem: &RosterProblem) -> Say {
        let quoted = self.quoted;
        let say = |key| self.language.say(key);
        let about = |key, number: &String| say(key).with("number", quoted(number));
        match problem {
            RosterProblem::UnitTwice { code, first: _, second: _ } => {
                say("fault-unit-twice").with("code", quoted(code))
            }
            RosterProblem::UnknownParent { code, parent, index: _ } => {
                say("fault-unknown-parent").with("code", quoted(code)).with("parent", quoted(parent))
            }
            RosterProblem::UnitLoop { code, parent } => {
                say("fault-unit-loop").with("code", quoted(code)).with("parent", quoted(parent))
            }
            RosterProblem::AgentTwice { employee_number, first: _, second: _ } => {
                about("fault-agent-twice", employee_number)
            }
            RosterProblem::AliasTaken { alias, employee_number, other, index: _ } => {
                about("fault-alias-taken", employee_number).with("alias", quoted(alias)).with("other", quoted(other))
            }
            RosterProblem::LeftBeforeHired { employee_number, hired, left, index: _ } => {
                about("fault-left-before-hired", employee_number).with("hired", hired).with("left", left)
            }
            RosterProblem::UnknownAgent { employee_number, index: _ } => about("fault-unknown-agent", employee_number),
            RosterProblem::UnknownUnit { employee_number, unit, index: _ } => {
                about("fault-unknown-unit", employee_number).with("unit", quoted(unit))
            }
            RosterProblem::Backwards { employee_number, first, last, index: _ } => {
                about("fault-backwards", employee_number).with("first", first).with("last", last)
            }
            RosterProblem::Overlap { employee_number, one, other, first: _, second: _ } => {
                about("fault-overlap", employee_number)
                    .with("one", self.stretch(one))
                    .with("other", self.stretch(other))
            }
        }
    }

    fn stretch(&self, PostStretch { unit, post, first, last }: &PostStretch) -> Say {
        let said = match last {
            Some(last) => self.language.say("fault-stretch").with("last", last),
            None => self.language.say("fault-open-stretch"),
        };
        said.with("unit", (self.quoted)(unit)).with("post", (self.quoted)(post)).with("first", first)
    }

    fn leave(&self, problem: &LeaveProblem) -> Say {
        let about = |key, number: &String| self.language.say(key).with("number", (self.quoted)(number));
        match problem {
            LeaveProblem::UnknownAgent { employee_number, index: _ } => about("fault-leave-of-nobody", employee_number),
            LeaveProblem::Backwards { employee_number, first, last, index: _ } => {
                about("fault-leave-backwards", employee_number).with("first", first).with("last", last)
            }
            LeaveProblem::Twice { employee_number, first, index: _ } => {
                about("fault-leave-twice", employee_number).with("first", first)
            }
            LeaveProblem::Overlap { employee_number, one, other, index: _ } => {
                about("fault-leave-overlap", employee_number)
                    .with("one_first", one.first)
                    .with("one_last", one.last)
                    .with("other_first", other.first)
                    .with("other_last", other.last)
                    .with("withdrawn", (self.quoted)("withdrawn"))
            }
        }
    }

    fn rating(&self, problem: &RatingProblem) -> Say {
        match problem {
            RatingProblem::Twice { index: _ } => self.language.say("fault-rated-twice"),
            RatingProblem::TwoGroups { index: _, group, other, other_item } => self
                .language
                .say("fault-two-groups")
                .with("group", self.group(*group))
                .with("other", self.group(*other))
                .with("item", (self.quoted)(other_item)),
        }
    }

    /// As it is written in files; what it means stands before it where that is another language.
    fn group(&self, group: RaterGroup) -> String {
        let written = (self.quoted)(group.as_str());
        match self.language {
            Language::English => written,
            Language::Chinese => format!("{}（{written}）", group_text(group, self.language)),
        }
    }

    fn listed(&self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
        self.list(texts, [", ", "、"])
    }

    fn list(&self, texts: impl IntoIterator<Item = impl AsRef<str>>, [en, zh]: [&str; 2]) -> String {
        let texts: Vec<String> = texts.into_iter().map(|text| (self.quoted)(text.as_ref())).collect();
        texts.join(self.language.pick(en, zh))
    }
}

/// What a cell should have said.
fn needed(needs: Needs, language: Language) -> Say {
    language.say(match needs {
        Needs::EmployeeNumber => "need-employee-number",
        Needs::Name => "need-name",
        Needs::Unit => "need-unit",
        Needs::UnitCode => "need-unit-code",
        Needs::Post => "need-post",
        Needs::FirstDay => "need-first-day",
        Needs::LeaveKind => "need-leave-kind",
        Needs::LeaveFirstDay => "need-leave-first-day",
        Needs::LeaveLastDay => "need-leave-last-day",
        Needs::Rater => "need-rater",
        Needs::Group => "need-group",
        Needs::Item => "need-item",
        Needs::Level => "need-level",
    })
}

#[cfg(test)]
mod tests;
