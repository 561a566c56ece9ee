//! Lists as files: CSV for programs, XLSX for people.

use poem::http::header;
use poem::{Request, Response};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Deserialize;

use super::words::Say;
use crate::domain::spreadsheet::{harmless, is_number};

/// More rows than this do not fit a sheet of Excel (1,048,576 with the heading).
const MOST_ROWS: usize = 1_048_575;
/// Figures of more digits would be changed by Excel's numbers, so that they stay text.
const MOST_DIGITS: usize = 15;

/// A file that a list can be had as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Csv,
    Xlsx,
}

#[derive(Deserialize)]
struct Query {
    format: Option<String>,
}

impl FileKind {
    /// What the request asks for; `None` for the page.
    pub(super) fn asked(request: &Request) -> Option<Self> {
        match request.params::<Query>().ok()?.format?.as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// A list with its headings.
pub(super) struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(super) fn new(columns: impl IntoIterator<Item = Say>) -> Self {
        Self { columns: columns.into_iter().map(|column| column.to_string()).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The file as an answer.
    pub(super) fn answer(self, kind: FileKind, name: &str) -> poem::Result<Response> {
        let (ending, media, bytes) = match kind {
            FileKind::Csv => ("csv", "text/csv; charset=utf-8", self.csv().map_err(poem::error::InternalServerError)?),
            FileKind::Xlsx => {
                let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                ("xlsx", media, self.xlsx().map_err(poem::error::InternalServerError)?)
            }
        };
        let name: String = name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
        let disposition = format!("attachment; filename=\"{name}.{ending}\"");
        Ok(Response::builder()
            .header(header::CONTENT_TYPE, media)
            .header(header::CONTENT_DISPOSITION, disposition)
            .body(bytes))
    }

    fn csv(self) -> Result<Vec<u8>, std::io::Error> {
        // With the mark by which Excel knows that the text is UTF-8.
        let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        csv.write_record(self.columns.into_iter().map(harmless))?;
        for row in self.rows {
            csv.write_record(row.into_iter().map(harmless))?;
        }
        csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn xlsx(self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let heading = Format::new().set_bold();
        for (at, column) in (0..).zip(&self.columns) {
            sheet.write_with_format(0, at, column.as_str(), &heading)?;
        }
        for (at, row) in (1..).zip(self.rows.into_iter().take(MOST_ROWS)) {
            for (column, cell) in (0..).zip(row) {
                match figure(&cell) {
                    Some(figure) => sheet.write_number(at, column, figure)?,
                    None => sheet.write_string(at, column, cell)?,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        workbook.save_to_buffer()
    }
}

/// A figure as the one kind of number that Excel has, where it is the same there.
fn figure(cell: &str) -> Option<f64> {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let plain = is_number(cell) && digits <= MOST_DIGITS && !cell.starts_with("00");
    plain.then(|| Decimal::from_str_exact(cell).ok()?.to_f64()).flatten()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::Sheet;
    use crate::web::language::Language;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(["score", "rating"].map(|key| Language::English.say(key)));
        sheet.row(["91.50".to_owned(), "=1+1".to_owned()]);
        sheet.row(["12345678901234567".to_owned(), "李伟, \"A\"".to_owned()]);
        sheet
    }

    #[test]
    fn csv_is_what_spreadsheets_read_and_do_not_run() {
        let text = String::from_utf8(sheet().csv().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Score,Rating\n91.50,'=1+1\n12345678901234567,\"李伟, \"\"A\"\"\"\n");
    }

    #[test]
    fn figures_are_numbers_in_workbooks_unless_excel_would_change_them() {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(sheet().xlsx().unwrap())).unwrap();
        let range = workbook.worksheet_range_at(0).unwrap().unwrap();
        let rows: Vec<&[Data]> = range.rows().collect();
        assert_eq!(rows[1], [Data::Float(91.5), Data::String("=1+1".into())]);
        assert_eq!(rows[2], [Data::String("12345678901234567".into()), Data::String("李伟, \"A\"".into())]);
    }
}
