//! Why a roster is refused. `first`, `second` and `index` are positions in the import's own lists, for file and line.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RosterProblem {
    #[error("unit '{code}' is listed twice; keep one")]
    UnitTwice { code: String, first: usize, second: usize },
    #[error("unit '{code}' belongs to unit '{parent}', which is neither in this roster nor known; add it")]
    UnknownParent { code: String, parent: String, index: usize },
    #[error("unit '{code}' would be above itself; correct its parent '{parent}'")]
    UnitLoop { code: String, parent: String },
    #[error("employee number '{employee_number}' is listed twice; keep one")]
    AgentTwice { employee_number: String, first: usize, second: usize },
    #[error(
        "alias '{alias}' of agent '{employee_number}' already means agent '{other}'; an alias belongs to one agent"
    )]
    AliasTaken { alias: String, employee_number: String, other: String, index: usize },
    #[error("agent '{employee_number}' left on {left}, before being hired on {hired}; correct the days")]
    LeftBeforeHired { employee_number: String, hired: NaiveDate, left: NaiveDate, index: usize },
    #[error("an assignment names agent '{employee_number}', who is neither in this roster nor known; add the agent")]
    UnknownAgent { employee_number: String, index: usize },
    #[error(
        "the assignment of agent '{employee_number}' names unit '{unit}', which is neither in this roster nor known; add it"
    )]
    UnknownUnit { employee_number: String, unit: String, index: usize },
    #[error(
        "the assignment of agent '{employee_number}' ends on {last}, before it begins on {first}; correct the days"
    )]
    Backwards { employee_number: String, first: NaiveDate, last: NaiveDate, index: usize },
    #[error(
        "agent '{employee_number}' has two assignments that share days: {one} and {other}; end one before the next begins"
    )]
    Overlap {
        employee_number: String,
        one: PostStretch,
        other: PostStretch,
        /// Position of the imported one.
        first: usize,
        /// Position of the other, when it is imported too.
        second: Option<usize>,
    },
}

/// A post that somebody has in a unit, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostStretch {
    pub unit: String,
    pub post: String,
    pub first: NaiveDate,
    /// None while there is no end.
    pub last: Option<NaiveDate>,
}

impl fmt::Display for PostStretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, post, first, last } = self;
        match last {
            Some(last) => write!(f, "{post} in {unit} from {first} to {last}"),
            None => write!(f, "{post} in {unit} from {first} on"),
        }
    }
}
