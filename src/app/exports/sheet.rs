//! Lists as files: CSV for programs, XLSX for people.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::super::AppError;
use crate::domain::export::ExportFormat;
use crate::domain::spreadsheet::{harmless, is_number};

/// More rows than this do not fit a sheet of Excel (1,048,576 with the heading).
const MOST_ROWS: usize = 1_048_575;
/// Figures of more digits would be changed by Excel's numbers, so that they stay text.
const MOST_DIGITS: usize = 15;

/// A list with its headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    bytes: usize,
}

impl Sheet {
    pub fn new(columns: Vec<String>) -> Self {
        Self { columns, rows: Vec::new(), bytes: 0 }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.bytes += cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
        self.rows.push(cells);
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Of the text of all cells.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a sheet of Excel has room for its rows.
    pub fn fits(&self, format: ExportFormat) -> bool {
        format != ExportFormat::Xlsx || self.rows.len() <= MOST_ROWS
    }

    /// The file's content. A workbook has as many rows as fit a sheet.
    pub fn file(self, format: ExportFormat) -> Result<Vec<u8>, AppError> {
        let written = match format {
            ExportFormat::Csv => self.csv(),
            ExportFormat::Xlsx => self.xlsx().map_err(std::io::Error::other),
        };
        written.map_err(|source| AppError::File { path: format!("a list as {}", format.as_str()), source })
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

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(["Score", "Rating"].map(str::to_owned).into());
        sheet.row(vec!["91.50".to_owned(), "=1+1".to_owned()]);
        sheet.row(vec!["12345678901234567".to_owned(), "李伟, \"A\"".to_owned()]);
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
