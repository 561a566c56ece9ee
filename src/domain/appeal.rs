//! Appeals: what one is about, where it stands, how long there is to raise it, and how often decisions are overturned.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::interval::{Interval, wilson_95};

/// What an appeal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealSubject {
    /// One line of the card, by its id.
    Line(String),
    Rating,
    /// The result as a whole.
    Result,
}

/// Where an appeal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    Open,
    /// Decided: the result stays.
    Upheld,
    /// Decided: a new revision took the result's place.
    Varied,
    /// The agent took it back.
    Withdrawn,
}

/// How decisions on appeals came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AppealCounts {
    pub open: u64,
    pub upheld: u64,
    pub varied: u64,
    pub withdrawn: u64,
}

impl AppealSubject {
    /// `line`, `rating` or `result`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Rating => "rating",
            Self::Result => "result",
        }
    }

    /// The line it is about.
    pub fn line(&self) -> Option<&str> {
        match self {
            Self::Line(line) => Some(line),
            Self::Rating | Self::Result => None,
        }
    }

    /// From its two parts; `None` where they do not go together.
    pub fn of(kind: &str, line: Option<&str>) -> Option<Self> {
        match (kind, line) {
            ("line", Some(line)) => Some(Self::Line(line.to_owned())),
            ("rating", None) => Some(Self::Rating),
            ("result", None) => Some(Self::Result),
            _ => None,
        }
    }
}

impl AppealState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Upheld, Self::Varied, Self::Withdrawn];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upheld => "upheld",
            Self::Varied => "varied",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl AppealCounts {
    pub fn add(&mut self, state: AppealState, appeals: u64) {
        match state {
            AppealState::Open => self.open += appeals,
            AppealState::Upheld => self.upheld += appeals,
            AppealState::Varied => self.varied += appeals,
            AppealState::Withdrawn => self.withdrawn += appeals,
        }
    }

    pub fn raised(&self) -> u64 {
        self.open + self.decided() + self.withdrawn
    }

    pub fn decided(&self) -> u64 {
        self.upheld + self.varied
    }

    /// Decided appeals that changed the result, in percent with Wilson's interval; `None` where none is decided.
    pub fn overturned(&self) -> Option<(Fixed, Interval)> {
        let whole = |count: u64| i64::try_from(count).ok().map(Fixed::from_int);
        let (varied, decided) = (whole(self.varied)?, whole(self.decided())?);
        Some((varied.mul_div(Fixed::HUNDRED, decided)?, wilson_95(varied, decided)?))
    }
}

impl fmt::Display for AppealState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
