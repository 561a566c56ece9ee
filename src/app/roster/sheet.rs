//! A table of texts from a CSV file or a workbook, with the line of every row.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use super::open_error;
use crate::app::AppError;
use crate::domain::audit::Digest;
use crate::pull::read_workbook;

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

impl Sheet {
    /// Reads a `.csv` or `.xlsx` file; of a workbook the first sheet.
    pub(in crate::app) fn read(file: &Path) -> Result<Self, AppError> {
        let shown = file.display().to_string();
        let digest = Digest::of(&fs::read(file).map_err(|error| open_error(file, &error))?);
        let workbook = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        let mut lines = if workbook { read_workbook(file, None)? } else { read_csv(file)? }.into_iter();
        let Some((_, header)) = lines.next() else {
            return Err(AppError::Invalid(format!("{shown}: the file is empty; its first line must name the columns")));
        };
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let rows = lines.map(|(line, cells)| Row { line, cells }).filter(|row| !row.is_blank()).collect();
        Ok(Self { file: shown, header, rows, digest })
    }

    /// The place of a column.
    pub(in crate::app) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of a column that must be there.
    pub(in crate::app) fn require(&self, name: &str) -> Result<usize, AppError> {
        self.column(name).ok_or_else(|| {
            let there = self.header.join(", ");
            AppError::Invalid(format!("{}: there is no column '{name}'; the file has: {there}", self.file))
        })
    }
}

impl Row {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// The trimmed text of a cell; `None` when it is empty or not there.
    pub(in crate::app) fn text(&self, column: usize) -> Option<&str> {
        self.cells.get(column).map(|cell| cell.trim()).filter(|text| !text.is_empty())
    }
}

/// The day at the beginning of an ISO 8601 text.
pub(super) fn iso_day(text: &str) -> Option<NaiveDate> {
    text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok())
}

type Lines = Vec<(u64, Vec<String>)>;

fn read_csv(file: &Path) -> Result<Lines, AppError> {
    let bytes = fs::read(file).map_err(|error| open_error(file, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        AppError::Invalid(format!("{}:{line}: not UTF-8; save the file with the encoding UTF-8", file.display()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut lines = Lines::new();
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in csv.records() {
        let record = record.map_err(|error| AppError::Invalid(format!("{}: {error}", file.display())))?;
        let line = record.position().map(csv::Position::line).unwrap_or_default();
        lines.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(lines)
}
