//! Why a value could not become what its column declares.

use crate::pull::shortcoming::Shortcoming;
use crate::rules::source::{ColumnSpec, ColumnType};

/// One value that could not be converted; its text still stands in the raw batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Row in the batch.
    pub(crate) row: usize,
    /// Column of the table.
    pub(crate) column: usize,
    pub(crate) what: What,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// Not of the column's type.
    NotOfType,
    /// A time in the hour the clock skips.
    SkippedTime,
    TooManyDecimals,
    OutOfRange,
    NoValue,
    UnknownAgent,
    NotAnAction,
    /// Holds what could be read of it.
    NotUtf8(String),
    /// A workbook's error, such as `#DIV/0!`.
    ErrorCell(String),
}

impl What {
    /// The reason it is counted under: without the value.
    pub(crate) fn reason(&self, name: &str, kind: ColumnType) -> String {
        match self {
            Self::UnknownAgent => Shortcoming::UnknownAgent.as_str().to_owned(),
            _ => format!("column \"{name}\": {}", self.short(kind)),
        }
    }

    fn short(&self, kind: ColumnType) -> &'static str {
        self.shortcoming(kind).as_str()
    }

    fn shortcoming(&self, kind: ColumnType) -> Shortcoming {
        match self {
            Self::NotOfType => match kind {
                ColumnType::Text | ColumnType::Agent => Shortcoming::NotText,
                ColumnType::Integer => Shortcoming::NotInteger,
                ColumnType::Decimal => Shortcoming::NotDecimal,
                ColumnType::Boolean => Shortcoming::NotBoolean,
                ColumnType::Date => Shortcoming::NotDate,
                ColumnType::Timestamp => Shortcoming::NotTime,
            },
            Self::SkippedTime => Shortcoming::SkippedTime,
            Self::TooManyDecimals => Shortcoming::TooManyDecimals,
            Self::OutOfRange => Shortcoming::OutOfRange,
            Self::NoValue => Shortcoming::NoValue,
            Self::UnknownAgent => Shortcoming::UnknownAgent,
            Self::NotAnAction => Shortcoming::NotAnAction,
            Self::NotUtf8(_) => Shortcoming::NotUtf8,
            Self::ErrorCell(_) => Shortcoming::ErrorCell,
        }
    }

    /// The reason with the value and what would have been right.
    pub(crate) fn detail(&self, name: &str, spec: &ColumnSpec, value: &str) -> String {
        let value = shortened(value);
        match self {
            Self::UnknownAgent => format!("unknown agent \"{value}\" (column \"{name}\"): not on the roster"),
            Self::NotOfType => {
                format!("column \"{name}\": \"{value}\" is {} (expected {})", self.short(spec.kind), expected(spec))
            }
            Self::TooManyDecimals => format!("column \"{name}\": \"{value}\" has more than {} decimals", spec.scale),
            Self::NoValue => format!("column \"{name}\": no value"),
            Self::ErrorCell(error) => format!("column \"{name}\": the cell holds the error {error}"),
            Self::NotUtf8(read) => {
                format!("column \"{name}\": \"{}\" is not UTF-8; export the file as UTF-8", shortened(read))
            }
            _ => format!("column \"{name}\": \"{value}\" is {}", self.short(spec.kind)),
        }
    }
}

fn expected(spec: &ColumnSpec) -> String {
    match spec.kind {
        ColumnType::Date | ColumnType::Timestamp if !spec.formats.is_empty() => spec.formats.join(" or "),
        ColumnType::Date => "YYYY-MM-DD".to_owned(),
        ColumnType::Timestamp => "ISO 8601, such as 2025-03-31 18:05:00".to_owned(),
        ColumnType::Integer => "digits".to_owned(),
        ColumnType::Decimal => "a number such as -12.5".to_owned(),
        ColumnType::Boolean => "true or false, yes or no, 1 or 0".to_owned(),
        ColumnType::Text | ColumnType::Agent => "text".to_owned(),
    }
}

/// At most 200 characters, so that a runaway field does not fill the report.
pub(crate) fn shortened(value: &str) -> String {
    match value.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}
