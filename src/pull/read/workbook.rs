//! Excel workbooks, cell by cell.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use zip::ZipArchive;

use super::Counters;
use super::builder::{BatchBuilder, Mapping, Sink};
use super::delimited::map_columns;
use super::files::open;
use crate::pull::PullError;
use crate::pull::columns::InputColumn;
use crate::pull::convert::problem::What;
use crate::pull::names::nearest;

/// A workbook's sheet whose first row with content names the columns.
#[derive(Debug)]
pub(crate) struct Workbook {
    path: PathBuf,
    label: String,
    sheet: Option<String>,
    columns: Vec<InputColumn>,
    size: u64,
}

/// A cell's value as a column reads it.
enum Cell {
    Text(String),
    Error(String),
}

impl Workbook {
    pub(super) fn prepare(
        path: &Path,
        label: &str,
        sheet: Option<&str>,
        columns: &[InputColumn],
    ) -> Result<Self, PullError> {
        let (_, size) = open(path, label)?;
        let sheet = sheet.map(str::to_owned);
        Ok(Self { path: path.to_owned(), label: label.to_owned(), sheet, columns: columns.to_vec(), size })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn read(&self, input: usize, number: u32, counters: &Counters, sink: &mut Sink<'_>) {
        if let Err(error) = self.sheet_rows(input, number, counters, sink) {
            sink(Err(error));
        }
        counters.add_bytes(self.size);
    }

    fn refuse(&self, what: String) -> PullError {
        PullError::Input { file: self.label.clone(), what }
    }

    fn sheet_rows(&self, input: usize, number: u32, counters: &Counters, sink: &mut Sink<'_>) -> Result<(), PullError> {
        let damaged = |error| damaged(&self.label, &error);
        let mut workbook: Xlsx<BufReader<File>> = open_workbook(&self.path).map_err(damaged)?;
        let sheet = sheet_name(&self.label, self.sheet.as_deref(), &workbook.sheet_names())?;
        let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
        let mut rows = Rows::default();
        let Some(header) = rows.next(|| cells.next_cell().map_err(damaged).map(|cell| cell.map(owned)))? else {
            return Err(self.refuse(format!("sheet \"{sheet}\" is empty, without even a header; export it again")));
        };
        let names: Vec<String> = header.cells.iter().map(|(_, cell)| cell.text().trim().to_owned()).collect();
        let mapping = map_columns(&names, &self.columns).map_err(|what| self.refuse(what))?;
        let places: Vec<u32> = header.cells.iter().map(|(column, _)| *column).collect();
        let mut relay = |batch| sink(batch);
        let columns = mapping.columns.clone();
        let mut builder = BatchBuilder::new(input, number, columns, mapping.fields.len(), counters, &mut relay);
        let end = loop {
            match rows.next(|| cells.next_cell().map_err(damaged).map(|cell| cell.map(owned))) {
                Ok(Some(row)) => {
                    if !row.build(&mapping, &places, &mut builder) {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        builder.finish(end);
        Ok(())
    }
}

fn damaged(label: &str, error: &calamine::XlsxError) -> PullError {
    let what = format!("not a readable Excel workbook ({error}); save it again as .xlsx");
    PullError::Input { file: label.to_owned(), what }
}

fn sheet_name(label: &str, wanted: Option<&str>, sheets: &[String]) -> Result<String, PullError> {
    let refuse = |what: String| PullError::Input { file: label.to_owned(), what };
    match wanted {
        None => sheets.first().cloned().ok_or_else(|| refuse("the workbook has no sheet".to_owned())),
        Some(wanted) if sheets.iter().any(|sheet| sheet == wanted) => Ok(wanted.to_owned()),
        Some(wanted) => {
            let listed = sheets.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            let hint = nearest(wanted, sheets.iter().map(String::as_str))
                .map(|near| format!("; did you mean \"{near}\"?"))
                .unwrap_or_default();
            Err(refuse(format!("there is no sheet \"{wanted}\"; the sheets are {listed}{hint}")))
        }
    }
}

/// Every row of a sheet that has any content, with its number from 1; cells as texts from column A on, empty where there
/// is nothing.
pub(crate) fn all_rows(path: &Path, sheet: Option<&str>) -> Result<Vec<(u64, Vec<String>)>, PullError> {
    let label = path.display().to_string();
    open(path, &label)?;
    let workbook: Xlsx<BufReader<File>> = open_workbook(path).map_err(|error| damaged(&label, &error))?;
    rows_of(workbook, &label, sheet)
}

/// Most bytes that the parts of a workbook from outside hold once unpacked: a few KiB can unpack to more than any machine has.
const MOST_UNPACKED: u64 = 128 << 20;

/// The same of a workbook that is in memory, as somebody sent it; `label` names it in messages.
pub(crate) fn rows_in(content: &[u8], label: &str) -> Result<Vec<(u64, Vec<String>)>, PullError> {
    refuse_swollen(content, label, MOST_UNPACKED)?;
    let workbook = Xlsx::new(Cursor::new(content)).map_err(|error| damaged(label, &error))?;
    rows_of(workbook, label, None)
}

/// Unpacks every part, keeping nothing: what a part says of its own size need not be true.
fn refuse_swollen(content: &[u8], label: &str, most: u64) -> Result<(), PullError> {
    let refuse = |what: String| PullError::Input { file: label.to_owned(), what };
    let unreadable = |error: &dyn std::fmt::Display| {
        refuse(format!("not a readable Excel workbook ({error}); save it again as .xlsx"))
    };
    let mut parts = ZipArchive::new(Cursor::new(content)).map_err(|error| unreadable(&error))?;
    let mut unpacked = 0;
    for index in 0..parts.len() {
        let part = parts.by_index(index).map_err(|error| unreadable(&error))?;
        let room = most.saturating_sub(unpacked).saturating_add(1);
        unpacked += std::io::copy(&mut part.take(room), &mut std::io::sink()).map_err(|error| unreadable(&error))?;
        if unpacked > most {
            let most = most >> 20;
            return Err(refuse(format!(
                "its parts hold more than {most} MiB once unpacked; send it in parts, or as CSV"
            )));
        }
    }
    Ok(())
}

fn rows_of<R: Read + Seek>(
    mut workbook: Xlsx<R>,
    label: &str,
    sheet: Option<&str>,
) -> Result<Vec<(u64, Vec<String>)>, PullError> {
    let damaged = |error| damaged(label, &error);
    let sheet = sheet_name(label, sheet, &workbook.sheet_names())?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut rows = Rows::default();
    let mut found: Vec<(u64, Vec<String>)> = Vec::new();
    while let Some(row) = rows.next(|| cells.next_cell().map_err(damaged).map(|cell| cell.map(owned)))? {
        // What stands beyond the header has no name, and a single cell far to the right would make a row of 16,384.
        let width = found.first().map_or(usize::MAX, |(_, header)| header.len());
        let mut texts: Vec<String> = Vec::new();
        for (column, cell) in row.cells {
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column >= width {
                break;
            }
            texts.resize(column.max(texts.len()), String::new());
            texts.push(cell.text().to_owned());
        }
        found.push((row.line, texts));
    }
    Ok(found)
}

type Positioned = (u32, u32, Option<Cell>);

fn owned(cell: calamine::Cell<DataRef<'_>>) -> Positioned {
    let (row, column) = cell.get_position();
    (row, column, value(cell.get_value()))
}

/// Cells gathered into rows.
#[derive(Default)]
struct Rows {
    ahead: Option<(u32, u32, Cell)>,
    /// There are no more cells; the sheet must not be asked again.
    ended: bool,
}

struct Row {
    /// Row of the sheet, from 1.
    line: u64,
    cells: Vec<(u32, Cell)>,
}

impl Rows {
    /// The next row that has any content.
    fn next(
        &mut self,
        mut cell: impl FnMut() -> Result<Option<Positioned>, PullError>,
    ) -> Result<Option<Row>, PullError> {
        let mut row: Option<(u32, Vec<(u32, Cell)>)> =
            self.ahead.take().map(|(row, column, cell)| (row, vec![(column, cell)]));
        while !self.ended {
            let Some((at, column, value)) = cell()? else {
                self.ended = true;
                break;
            };
            let Some(value) = value else { continue };
            match &mut row {
                Some((current, cells)) if *current == at => cells.push((column, value)),
                Some(_) => {
                    self.ahead = Some((at, column, value));
                    break;
                }
                None => row = Some((at, vec![(column, value)])),
            }
        }
        Ok(row.map(|(at, cells)| Row { line: u64::from(at) + 1, cells }))
    }
}

impl Row {
    fn build(&self, mapping: &Mapping<usize>, places: &[u32], builder: &mut BatchBuilder<'_>) -> bool {
        for (field, at) in mapping.fields.iter().enumerate() {
            let place = places.get(*at).copied();
            let cell = self.cells.iter().find(|(column, _)| Some(*column) == place);
            match cell {
                None => builder.set(field, None),
                Some((_, Cell::Text(text))) => builder.set(field, Some(text)),
                Some((_, Cell::Error(error))) => builder.set_fault(field, &What::ErrorCell(error.clone())),
            }
        }
        builder.end_row(self.line)
    }
}

impl Cell {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Error(text) => text,
        }
    }
}

fn value(cell: &DataRef<'_>) -> Option<Cell> {
    let text = match cell {
        DataRef::Empty => return None,
        DataRef::Error(error) => return Some(Cell::Error(error.to_string())),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => as_shown(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(time) if time.is_duration() => as_shown(time.as_f64()),
        DataRef::DateTime(time) => match time.as_datetime() {
            Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
            None => as_shown(time.as_f64()),
        },
    };
    (!text.is_empty()).then_some(Cell::Text(text))
}

/// A number to the 15 digits Excel shows: 0.30000000000000004 in the file is 0.3 in the sheet.
fn as_shown(number: f64) -> String {
    format!("{number:.14e}").parse::<f64>().map_or_else(|_| number.to_string(), |shown| shown.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_more_than_may_be_is_not_read() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "agent").unwrap();
        sheet.write(1, 0, "QL00001").unwrap();
        sheet.write(1, 16_383, "far away").unwrap();
        let content = workbook.save_to_buffer().unwrap();
        let rows = rows_in(&content, "figures.xlsx").unwrap();
        assert_eq!(rows, [(1, vec!["agent".to_owned()]), (2, vec!["QL00001".to_owned()])]);
        let refused = refuse_swollen(&content, "figures.xlsx", 100).unwrap_err().to_string();
        assert!(refused.starts_with("figures.xlsx: its parts hold more than"), "{refused}");
        let damaged = refuse_swollen(content.get(..content.len() / 2).unwrap(), "figures.xlsx", u64::MAX).unwrap_err();
        assert!(damaged.to_string().contains("save it again as .xlsx"), "{damaged}");
    }

    #[test]
    fn numbers_read_as_the_sheet_shows_them() {
        assert_eq!(as_shown(0.1 + 0.2), "0.3");
        assert_eq!(as_shown(156.0), "156");
        assert_eq!(as_shown(-2.5), "-2.5");
    }
}
