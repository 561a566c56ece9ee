//! Leave: days on which an agent was assigned but not there to be measured.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::super::period::Period;
use super::super::text::Text;

/// Why an agent was away. All kinds are taken off the days alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveKind {
    Annual,
    Sick,
    /// Maternity, paternity, child care.
    Parental,
    /// Marriage, bereavement, care for relatives.
    Family,
    /// After an accident at work.
    Injury,
    Unpaid,
    /// Full-time training away from the post.
    Training,
    Other,
}

/// A text that names no kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("'{0}' is not a kind of leave; use annual, sick, parental, family, injury, unpaid, training or other")]
pub struct UnknownLeaveKind(pub String);

impl LeaveKind {
    pub const ALL: [Self; 8] = [
        Self::Annual,
        Self::Sick,
        Self::Parental,
        Self::Family,
        Self::Injury,
        Self::Unpaid,
        Self::Training,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::Sick => "sick",
            Self::Parental => "parental",
            Self::Family => "family",
            Self::Injury => "injury",
            Self::Unpaid => "unpaid",
            Self::Training => "training",
            Self::Other => "other",
        }
    }

    pub fn text(self) -> Text {
        let (en, zh) = match self {
            Self::Annual => ("annual leave", "年休假"),
            Self::Sick => ("sick leave", "病假"),
            Self::Parental => ("parental leave", "产假、陪产假或育儿假"),
            Self::Family => ("family leave", "婚丧假或护理假"),
            Self::Injury => ("leave after an accident at work", "工伤假"),
            Self::Unpaid => ("unpaid leave", "事假"),
            Self::Training => ("full-time training", "脱产培训"),
            Self::Other => ("other leave", "其他假"),
        };
        Text { en: en.to_owned(), zh: zh.to_owned() }
    }
}

impl fmt::Display for LeaveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LeaveKind {
    type Err = UnknownLeaveKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownLeaveKind(text.to_owned()))
    }
}

/// Calendar days of the assignments less those of leave. The assignments do not share days, and neither do the leaves.
pub fn days_present(assigned: impl IntoIterator<Item = Period>, leave: &[Period]) -> i64 {
    let present = |days: Period| {
        let away: i64 = leave.iter().filter_map(|away| away.overlap(&days)).map(|shared| shared.days()).sum();
        days.days() - away
    };
    assigned.into_iter().map(present).sum::<i64>().max(0)
}
