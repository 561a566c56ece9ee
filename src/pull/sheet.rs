//! A workbook's sheet as texts, for lists that are not sources (the roster).

use std::path::Path;

use super::PullError;
use super::read::{workbook_rows, workbook_rows_in};

/// Rows of the first sheet (or the named one) that hold anything, with their numbers from 1; cells as the texts a source
/// would see (dates as ISO 8601), from column A on, empty where a cell is.
///
/// # Errors
/// When the file cannot be read, is no workbook, or lacks the sheet.
pub fn read_workbook(path: &Path, sheet: Option<&str>) -> Result<Vec<(u64, Vec<String>)>, PullError> {
    workbook_rows(path, sheet)
}

/// As [`read_workbook`], of the first sheet of a workbook that is in memory; `label` names it in messages.
///
/// # Errors
/// When it is no workbook, or has no sheet.
pub fn read_workbook_in(content: &[u8], label: &str) -> Result<Vec<(u64, Vec<String>)>, PullError> {
    workbook_rows_in(content, label)
}
