//! What is wrong with a row of a roster, of leave or of ratings, and how to mend it: kept with an upload, and said by pages in their own words. The texts here are for
//! commands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::appraisal::UnknownLeaveKind;
use crate::domain::fixed::{Fixed, FixedError};
use crate::domain::judgement::{RaterGroup, UnknownRaterGroup};
use crate::domain::money::{MoneyError, UnknownCurrency};
use crate::store::{LeaveProblem, RatingProblem, RosterProblem};

/// A row set aside: its line, and why.
pub type Aside = (u64, Fault);

/// How a day is written where no mapping says otherwise.
const ISO_DAY: &str = "YYYY-MM-DD";

/// Why a row is set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    #[error("column '{column}' is empty; every row needs {needs}")]
    Empty { column: String, needs: Needs },
    #[error("'{text}' is not a day; write it as {}", .formats.join(" or "))]
    NotADay { text: String, formats: Vec<String> },
    #[error(
        "says other things of agent '{employee_number}' than line {line}; make name, aliases, hired, left and attributes the same"
    )]
    OtherThanBefore { employee_number: String, line: u64 },
    #[error("{0}")]
    Currency(UnknownCurrency),
    #[error("target incentive: {0}")]
    Target(MoneyError),
    #[error("target incentive: '{text}' is below zero; write what is paid at 100 %")]
    TargetBelowZero { text: String },
    #[error("fte: {0}")]
    Fte(FixedError),
    #[error("fte: {fte} is not a share of full time; write 1 for full time, 0.5 for half")]
    FteOutOfRange { fte: Fixed },
    #[error("{0}; withdrawn takes a leave back")]
    LeaveKind(UnknownLeaveKind),
    #[error("{column} '{text}' is not known; import the roster first, or correct the number")]
    UnknownPerson { column: String, text: String },
    #[error("'{item}' is an item of two forms; write {one} or {other}")]
    ItemOfTwo { item: String, one: String, other: String },
    #[error("'{item}' is not an item this agent is rated on; the items are {}", .items.join(", "))]
    NotAnItem { item: String, items: Vec<String> },
    #[error("agent '{employee_number}' has no assignment in this cycle; correct the number, or import the roster")]
    Unassigned { employee_number: String },
    #[error(
        "no scorecard of the agent's post ({}) is judged by people; correct the number, or add 'judgement' to the card",
        .posts.join(", ")
    )]
    NotJudged { posts: Vec<String> },
    #[error("{0}")]
    Group(UnknownRaterGroup),
    #[error("form '{form}' is not rated by {group}; its groups are {}", listed(.groups))]
    GroupNotAsked { form: String, group: RaterGroup, groups: Vec<RaterGroup> },
    #[error("only the agent belongs to the group self; correct the rater or the group")]
    OnlyOneself {},
    #[error("nobody rates themselves as {group}; write self, or correct the rater")]
    OneselfOtherwise { group: RaterGroup },
    #[error("'{text}' is not a level of form '{form}'; its levels are {}", .levels.join(", "))]
    NotALevel { text: String, form: String, levels: Vec<String> },
    // In a box, since it may tell of two assignments and every row is read into one of these.
    #[error("{0}")]
    Roster(Box<RosterProblem>),
    #[error("{0}")]
    Leave(LeaveProblem),
    #[error("{0}")]
    Rating(RatingProblem),
}

impl Fault {
    pub(in crate::app) fn empty(column: &str, needs: Needs) -> Self {
        Self::Empty { column: column.to_owned(), needs }
    }

    /// `formats` are those that a day may have; ISO 8601 where there are none.
    pub(super) fn not_a_day(text: &str, formats: &[String]) -> Self {
        let formats = if formats.is_empty() { vec![ISO_DAY.to_owned()] } else { formats.to_vec() };
        Self::NotADay { text: text.to_owned(), formats }
    }
}

fn listed(groups: &[RaterGroup]) -> String {
    groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ")
}

/// By line; where a line has several reasons, by their texts, so that they come the same way each time.
pub(in crate::app) fn in_order(mut set_aside: Vec<Aside>) -> Vec<Aside> {
    set_aside.sort_by_cached_key(|(line, fault)| (*line, fault.to_string()));
    set_aside
}

/// As commands print them: `file:line: why; how to mend it`.
pub(in crate::app) fn printed(file: &str, set_aside: &[Aside]) -> Vec<String> {
    set_aside.iter().map(|(line, fault)| format!("{file}:{line}: {fault}")).collect()
}

/// Declares what a cell must say, each with the words that finish "every row needs".
macro_rules! needs {
    ($($variant:ident $text:literal)*) => {
        /// What an empty cell should have said.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Needs {
            $($variant,)*
        }

        impl Needs {
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }

        impl fmt::Display for Needs {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

needs! {
    EmployeeNumber "an employee number"
    Name "a name"
    Unit "a unit"
    UnitCode "the unit's code"
    Post "a post"
    FirstDay "the assignment's first day"
    LeaveKind "a kind of leave, such as sick"
    LeaveFirstDay "the first day of the leave"
    LeaveLastDay "the last day of the leave, which is included"
    Rater "the employee number of a rater"
    Group "the rater's group"
    Item "an item of the form"
    Level "a level of the form"
}

#[cfg(test)]
mod tests {
    use super::{Fault, in_order};
    use crate::domain::money::{Currency, Money};
    use crate::domain::period::Period;
    use crate::store::{LeaveProblem, PostStretch, RosterProblem};

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_fault_is_read_again_as_it_was_kept() {
        let held = |last| PostStretch { unit: "T1".into(), post: "p".into(), first: day("2026-01-01"), last };
        let (one, other) = (held(Some(day("2026-03-31"))), held(None));
        let overlap =
            RosterProblem::Overlap { employee_number: "E1".into(), one, other, first: 3, second: Some(usize::MAX) };
        let period = Period { first: day("2026-01-01"), last: day("2026-01-02") };
        let leave = LeaveProblem::Overlap { employee_number: "E1".into(), one: period, other: period, index: 0 };
        let target = Money::parse("1.005", Currency::try_from("CNY".to_owned()).unwrap()).unwrap_err();
        let currency = "cny".parse::<Currency>().unwrap_err();
        let faults = [
            Fault::Roster(Box::new(overlap)),
            Fault::Leave(leave),
            Fault::Target(target),
            Fault::Currency(currency),
            Fault::OnlyOneself {},
            Fault::not_a_day("\"soon\"", &[]),
        ];
        for fault in faults {
            let kept = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<Fault>(&kept).unwrap(), fault, "{kept}");
        }
    }

    #[test]
    fn reasons_of_a_line_come_in_the_order_of_their_texts() {
        let day = |text: &str| Fault::not_a_day(text, &[]);
        let sorted = in_order(vec![(3, day("a")), (2, day("z")), (2, day("b"))]);
        assert_eq!(sorted, [(2, day("b")), (2, day("z")), (3, day("a"))]);
    }
}
