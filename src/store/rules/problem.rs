//! Why a version of the rules is refused.

use chrono::NaiveDate;

/// Every text says what stands in the way and how to go on. A version is called by its short hash and its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionProblem {
    #[error(
        "the name '{name}' belongs to version {taken_by} of the rules; choose another name, or withdraw that version"
    )]
    NameTaken { name: String, taken_by: String },
    #[error(
        "version {0} is a draft: its worked examples do not hold; mend them and bring the rules in again with 'merit rules add'"
    )]
    NotChecked(String),
    #[error("version {0} was withdrawn; bring its rules in again with 'merit rules add'")]
    Withdrawn(String),
    #[error(
        "version {0} is checked, but not published; publish it with 'merit rules publish', or name it when the cycle is opened"
    )]
    NotPublished(String),
    #[error(
        "version {version} is in force from {effective_from}, after the cycle's first day {first_day}; choose a version in force by then"
    )]
    NotYetInForce { version: String, effective_from: NaiveDate, first_day: NaiveDate },
    #[error("version {version} is pinned by cycle {cycle}, so it cannot be {change} any more; {mend}")]
    Pinned { version: String, cycle: String, change: &'static str, mend: &'static str },
    #[error(
        "{effective_from} lies inside cycle {cycle} ({first} to {last}), which pinned version {pinned}: rules do not change under a \
         cycle. Choose a day after {last}; or, while the cycle is not appraised, let it pin these rules with 'merit cycle repin \
         {cycle} --rules {version}'"
    )]
    InsideCycle {
        version: String,
        effective_from: NaiveDate,
        cycle: String,
        first: NaiveDate,
        last: NaiveDate,
        pinned: String,
    },
    #[error("cycle {cycle} is {state}: its rules can be exchanged only while it is open and not appraised")]
    CycleAppraised { cycle: String, state: String },
    #[error("the rules of cycle {0} were exchanged while it was about to be appraised; appraise it again")]
    Exchanged(String),
}
