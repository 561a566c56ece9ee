//! Every fault has words in both languages, and none of the program's English gets into the Chinese ones.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{LONGEST, Reason, Words, in_file, needed};
use crate::app::{Fault, LeaveProblem, Needs, PostStretch, RatingProblem, RosterProblem};
use crate::domain::appraisal::UnknownLeaveKind;
use crate::domain::fixed::{Fixed, FixedError};
use crate::domain::judgement::{RaterGroup, UnknownRaterGroup};
use crate::domain::money::{Currency, MoneyError, UnknownCurrency};
use crate::domain::period::Period;
use crate::web::language::Language;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn x() -> String {
    "Xx".to_owned()
}

/// One of each fault of a row by itself.
fn of_rows() -> Vec<Fault> {
    let currency: Currency = "CNY".parse().unwrap();
    let (peer, boss) = (RaterGroup::Peer, RaterGroup::Supervisor);
    vec![
        Fault::Empty { column: x(), needs: Needs::Unit },
        Fault::NotADay { text: x(), formats: vec!["YYYY-MM-DD".into(), x()] },
        Fault::OtherThanBefore { employee_number: x(), line: 1234 },
        Fault::Currency(UnknownCurrency(x())),
        Fault::Target(MoneyError::NotANumber(x())),
        Fault::Target(MoneyError::TooPrecise { text: x(), given: 3, allowed: 2, currency }),
        Fault::Target(MoneyError::OutOfRange(x())),
        Fault::TargetBelowZero { text: x() },
        Fault::Fte(FixedError::NotANumber(x())),
        Fault::Fte(FixedError::TooPrecise(x())),
        Fault::Fte(FixedError::OutOfRange(x())),
        Fault::FteOutOfRange { fte: Fixed::from_int(3) },
        Fault::LeaveKind(UnknownLeaveKind(x())),
        Fault::UnknownPerson { column: x(), text: x() },
        Fault::ItemOfTwo { item: x(), one: x(), other: x() },
        Fault::NotAnItem { item: x(), items: vec![x(), x()] },
        Fault::Unassigned { employee_number: x() },
        Fault::NotJudged { posts: vec![x()] },
        Fault::Group(UnknownRaterGroup(x())),
        Fault::GroupNotAsked { form: x(), group: peer, groups: vec![boss, RaterGroup::Subordinate] },
        Fault::OnlyOneself {},
        Fault::OneselfOtherwise { group: peer },
        Fault::NotALevel { text: x(), form: x(), levels: vec!["1".into(), "2".into()] },
        Fault::Rating(RatingProblem::Twice { index: 0 }),
        Fault::Rating(RatingProblem::TwoGroups { index: 0, group: peer, other: boss, other_item: x() }),
    ]
}

/// One of each fault that shows beside other rows or what is stored.
fn of_neighbours() -> Vec<Fault> {
    let (first, last, employee_number) = (day("2026-05-04"), day("2026-05-01"), x());
    let one = PostStretch { unit: x(), post: x(), first, last: Some(day("2026-05-31")) };
    let other = PostStretch { last: None, ..one.clone() };
    let roster = [
        RosterProblem::UnitTwice { code: x(), first: 0, second: 1 },
        RosterProblem::UnknownParent { code: x(), parent: x(), index: 0 },
        RosterProblem::UnitLoop { code: x(), parent: x() },
        RosterProblem::AgentTwice { employee_number: x(), first: 0, second: 1 },
        RosterProblem::AliasTaken { alias: x(), employee_number: x(), other: x(), index: 0 },
        RosterProblem::LeftBeforeHired { employee_number: x(), hired: first, left: last, index: 0 },
        RosterProblem::UnknownAgent { employee_number: x(), index: 0 },
        RosterProblem::UnknownUnit { employee_number: x(), unit: x(), index: 0 },
        RosterProblem::Backwards { employee_number: x(), first, last, index: 0 },
        RosterProblem::Overlap { employee_number: x(), one, other, first: 0, second: None },
    ];
    let period = Period { first: last, last: first };
    let leave = [
        LeaveProblem::UnknownAgent { employee_number: x(), index: 0 },
        LeaveProblem::Backwards { employee_number: x(), first, last, index: 0 },
        LeaveProblem::Twice { employee_number: x(), first, index: 0 },
        LeaveProblem::Overlap { employee_number, one: period, other: period, index: 0 },
    ];
    let roster = roster.into_iter().map(|problem| Fault::Roster(Box::new(problem)));
    roster.chain(leave.map(Fault::Leave)).collect()
}

fn all() -> Vec<Fault> {
    [of_rows(), of_neighbours()].concat()
}

#[test]
fn every_fault_is_tried_here() {
    // A new fault needs a message, since the words go through all of them; and the message needs its fault here.
    let words = Words { language: Language::Chinese, quoted: &str::to_owned };
    let mut said: BTreeSet<&str> = all().iter().map(|fault| words.of(fault).key()).collect();
    said.extend(["fault-stretch", "fault-open-stretch"]);
    said.extend(Needs::ALL.iter().map(|needs| needed(*needs, Language::Chinese).key()));
    let messages = include_str!("../../words/zh/faults.ftl").lines();
    let there = messages.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert_eq!(said, there);
}

#[test]
fn what_is_wrong_is_said_in_chinese_without_the_english_of_the_program() {
    let words = Words { language: Language::Chinese, quoted: &|_| "〇".to_owned() };
    for fault in all() {
        let said = words.of(&fault).to_string();
        assert!(!said.contains(|sign: char| sign.is_ascii_alphabetic()), "{said}");
        assert!(!said.contains([',', ';', ':', '(', ')', '\'', '"']), "{said}");
        assert!(said.ends_with('。'), "{said}");
    }
    for needs in Needs::ALL {
        let said = needed(*needs, Language::Chinese).to_string();
        assert!(!said.is_empty() && !said.is_ascii(), "{said}");
        assert!(!said.contains(|sign: char| sign.is_ascii_alphabetic()), "{said}");
    }
}

#[test]
fn messages_hold_nothing_that_html_would_read_as_its_own() {
    for language in [Language::English, Language::Chinese] {
        let words = Words { language, quoted: &|_| String::new() };
        for fault in all() {
            let said = words.of(&fault).to_string();
            assert!(!said.contains(['<', '>', '&', '{', '}']), "{said}");
        }
    }
}

#[test]
fn a_page_marks_up_what_it_quotes_and_a_file_quotes_it_as_it_is() {
    let fault = Fault::NotADay { text: "<soon> & \"late\"".into(), formats: vec!["YYYY-MM-DD".into()] };
    assert_eq!(
        Reason::of(Language::Chinese, &fault).to_string(),
        "“<code>&#60;soon&#62; &#38; &#34;late&#34;</code>”不是有效日期：请写成 <code>YYYY-MM-DD</code>。"
    );
    assert_eq!(
        in_file(Language::English, &[&fault, &Fault::OnlyOneself {}]),
        "“<soon> & \"late\"” is not a day: write it as YYYY-MM-DD. Only the agent belongs to the group self: correct the rater or the \
         group."
    );
    let said = in_file(Language::Chinese, &[&fault, &Fault::OnlyOneself {}]);
    assert!(said.ends_with("YYYY-MM-DD。只有被评价者本人才能以本人（self）的身份评分：请更正评分人或组。"), "{said}");
}

#[test]
fn a_page_shows_the_beginning_of_a_long_cell_and_a_file_all_of_it() {
    let long = "长".repeat(LONGEST + 1);
    let fault = Fault::Currency(UnknownCurrency(long.clone()));
    let shown = Reason::of(Language::Chinese, &fault).to_string();
    assert!(shown.contains(&format!("<code>{}…</code>", "长".repeat(LONGEST))), "{shown}");
    assert!(in_file(Language::Chinese, &[&fault]).contains(&long));
}
