//! A table of texts from a CSV file or a workbook, with the line of every row.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use super::open_error;
use crate::app::AppError;
use crate::app::refusal::Why;
use crate::domain::audit::Digest;
use crate::domain::spreadsheet::harmless;
use crate::pull::{read_workbook, read_workbook_in};

/// A table: its header, and rows of as many cells.
pub(in crate::app) struct Sheet {
    pub(in crate::app) file: String,
    pub(in crate::app) header: Vec<String>,
    pub(in crate::app) rows: Vec<Row>,
    /// SHA-256 of the file, for the audit log.
    pub(in crate::app) digest: Digest,
}

pub(in crate::app) struct Row {
    /// From 1; the header is line 1.
    pub(in crate::app) line: u64,
    cells: Vec<String>,
}

/// The column that a list of rows set aside says why in; whoever uploads the mended list may leave it there.
pub(in crate::app) const REASON: &str = "set_aside_because";

impl Sheet {
    /// Reads a `.csv` or `.xlsx` file; of a workbook the first sheet.
    pub(in crate::app) fn read(file: &Path) -> Result<Self, AppError> {
        let shown = file.display().to_string();
        let content = fs::read(file).map_err(|error| open_error(file, &error))?;
        let workbook = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        let lines = if workbook { read_workbook(file, None)? } else { read_csv(&content, &shown)? };
        Self::of(shown, lines, &content)
    }

    /// The same of a file's content, which says by itself whether it is a workbook; `name` names it in messages.
    pub(in crate::app) fn parse(name: &str, content: &[u8]) -> Result<Self, AppError> {
        let workbook = content.starts_with(b"PK\x03\x04");
        let lines = if workbook { workbook_in(content, name)? } else { read_csv(content, name)? };
        let mut sheet = Self::of(name.to_owned(), lines, content)?;
        if sheet.column(REASON).is_some() {
            let cells = sheet.rows.iter_mut().flat_map(|row| row.cells.iter_mut());
            cells.for_each(|cell| *cell = as_typed(std::mem::take(cell)));
        }
        Ok(sheet)
    }

    fn of(file: String, lines: Lines, content: &[u8]) -> Result<Self, AppError> {
        let mut lines = lines.into_iter();
        let Some((_, header)) = lines.next() else {
            return Err(AppError::invalid(format!("{file}: the file is empty; its first line must name the columns"))
                .because(Why::FileEmpty {}));
        };
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let rows = lines.map(|(line, cells)| Row { line, cells }).filter(|row| !row.is_blank()).collect();
        Ok(Self { file, header, rows, digest: Digest::of(content) })
    }

    /// The place of a column.
    pub(in crate::app) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of a column that must be there.
    pub(in crate::app) fn require(&self, name: &str) -> Result<usize, AppError> {
        self.column(name).ok_or_else(|| {
            let there = self.header.join(", ");
            AppError::invalid(format!("{}: there is no column '{name}'; the file has: {there}", self.file))
                .because(Why::NoColumn { name: name.to_owned(), there: there.clone() })
        })
    }
}

impl Row {
    /// All its cells, of which there may be fewer than columns.
    pub(in crate::app) fn cells(&self) -> &[String] {
        &self.cells
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// The trimmed text of a cell; `None` when it is empty or not there.
    pub(in crate::app) fn text(&self, column: usize) -> Option<&str> {
        self.cells.get(column).map(|cell| cell.trim()).filter(|text| !text.is_empty())
    }
}

/// A cell as it was before [`harmless`] put an apostrophe before it.
fn as_typed(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(typed) if harmless(typed.to_owned()) == cell => typed.to_owned(),
        _ => cell,
    }
}

/// The day at the beginning of an ISO 8601 text.
pub(in crate::app) fn iso_day(text: &str) -> Option<NaiveDate> {
    text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok())
}

type Lines = Vec<(u64, Vec<String>)>;

/// What is wrong with a workbook is for whoever sent it to mend.
fn workbook_in(content: &[u8], name: &str) -> Result<Lines, AppError> {
    read_workbook_in(content, name)
        .map_err(|error| AppError::invalid(error.to_string()).because(Why::WorkbookUnreadable {}))
}

fn read_csv(content: &[u8], file: &str) -> Result<Lines, AppError> {
    let text = str::from_utf8(content).map_err(|error| {
        let line = content.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        AppError::invalid(format!("{file}:{line}: not UTF-8; save the file with the encoding UTF-8"))
            .because(Why::FileNotUtf8 { line: i64::try_from(line).unwrap_or(i64::MAX) })
    })?;
    if let Some(before) = text.find('\0').and_then(|at| text.get(..at)) {
        let line = before.matches('\n').count() + 1;
        return Err(AppError::invalid(format!("{file}:{line}: holds a NUL, which no text here may; take it out"))
            .because(Why::FileHoldsNul { line: i64::try_from(line).unwrap_or(i64::MAX) }));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines::new();
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in csv.records() {
        let record = record.map_err(|error| {
            let text = format!("{file}: not readable as CSV ({error}); save it again as CSV");
            AppError::invalid(text).because(Why::FileNotCsv {})
        })?;
        let line = record.position().map(csv::Position::line).unwrap_or_default();
        lines.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(lines)
}
