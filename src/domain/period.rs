//! Periods of days: a cycle, a stretch of an assignment.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Whole days from `first` to `last`, both included; `first` is not after `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Period {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// A period as it is read, before it is known that its ends are in order.
#[derive(Deserialize)]
struct Ends {
    first: NaiveDate,
    last: NaiveDate,
}

impl TryFrom<Ends> for Period {
    type Error = PeriodError;

    fn try_from(ends: Ends) -> Result<Self, Self::Error> {
        Self::new(ends.first, ends.last)
    }
}

/// Why days or a code do not make a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("the period's first day {first} is after its last day {last}: swap them")]
    Backwards { first: NaiveDate, last: NaiveDate },
    #[error(
        "'{0}' names no period: write a year (2023), half-year (2023-H1), quarter (2023-Q3) or month (2023-08), or give the first and last day"
    )]
    UnknownCode(String),
}

/// How long a cycle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleKind {
    Month,
    Quarter,
    HalfYear,
    Year,
    /// Any other first and last day, such as a fiscal quarter.
    Custom,
}

/// A text that names no kind of cycle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a kind of cycle: use month, quarter, half_year, year or custom")]
pub struct UnknownCycleKind(pub String);

impl CycleKind {
    pub const ALL: [Self; 5] = [Self::Month, Self::Quarter, Self::HalfYear, Self::Year, Self::Custom];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half_year",
            Self::Year => "year",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for CycleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CycleKind {
    type Err = UnknownCycleKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownCycleKind(text.to_owned()))
    }
}

impl Period {
    /// The days from `first` to `last`, both included.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, PeriodError> {
        if first > last {
            return Err(PeriodError::Backwards { first, last });
        }
        Ok(Self { first, last })
    }

    /// The calendar period a code names: `2023`, `2023-H1`, `2023-Q3` or `2023-08`.
    pub fn of_code(code: &str) -> Result<(CycleKind, Self), PeriodError> {
        read_code(code).ok_or_else(|| PeriodError::UnknownCode(code.to_owned()))
    }

    /// Days in the period, both ends counted.
    pub fn days(&self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    pub fn contains(&self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last
    }

    /// The period of the same length that ends the day before this one begins: as many whole months where this one has whole
    /// months, as many days otherwise. `None` outside the calendar.
    pub fn before(&self) -> Option<Self> {
        let last = self.first.pred_opt()?;
        let next = self.last.succ_opt()?;
        if self.first.day() != 1 || next.day() != 1 {
            let first = self.first.checked_sub_days(Days::new(u64::try_from(self.days()).ok()?))?;
            return Some(Self { first, last });
        }
        let months = (next.year() - self.first.year()) * 12 + i32::try_from(next.month()).ok()?
            - i32::try_from(self.first.month()).ok()?;
        Some(Self { first: self.first.checked_sub_months(Months::new(u32::try_from(months).ok()?))?, last })
    }

    /// The days both periods share.
    pub fn overlap(&self, other: &Self) -> Option<Self> {
        let first = self.first.max(other.first);
        let last = self.last.min(other.last);
        (first <= last).then_some(Self { first, last })
    }
}

impl fmt::Display for Period {
    /// `2023-07-01..2023-09-30`, both days included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

fn read_code(code: &str) -> Option<(CycleKind, Period)> {
    let (year, part) = match code.split_once('-') {
        Some((year, part)) => (digits(year, 4)?, Some(part)),
        None => (digits(code, 4)?, None),
    };
    let (kind, months, number) = match part {
        None => (CycleKind::Year, 12, 1),
        Some(part) => match (part.strip_prefix('H'), part.strip_prefix('Q')) {
            (Some(half), _) => (CycleKind::HalfYear, 6, digits(half, 1)?),
            (_, Some(quarter)) => (CycleKind::Quarter, 3, digits(quarter, 1)?),
            _ => (CycleKind::Month, 1, digits(part, 2)?),
        },
    };
    let first_month = number.checked_sub(1)? * months + 1;
    let first = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, first_month, 1)?;
    let last = first.checked_add_months(Months::new(months))?.pred_opt()?;
    Some((kind, Period { first, last }))
}

/// A number of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}
