//! Tables as texts, for what is no source (yet): workbooks of the roster, and the first rows of an export.

use std::path::Path;

use csv::ReaderBuilder;

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

/// The header and the first rows of an export (CSV, TSV or a workbook's first sheet, by its ending).
///
/// # Errors
/// When the file cannot be read, has another ending, or holds no header.
pub fn read_sample(path: &Path, rows: usize) -> Result<(Vec<String>, Vec<Vec<String>>), PullError> {
    let refuse = |what: String| PullError::Input { file: path.display().to_string(), what };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let delimiter = match ending.as_str() {
        "csv" => b',',
        "tsv" | "tab" => b'\t',
        "xlsx" | "xlsm" => {
            let mut found = workbook_rows(path, None)?.into_iter().map(|(_, cells)| cells);
            let header = found.next().ok_or_else(|| refuse("the sheet is empty".to_owned()))?;
            return Ok((header, found.take(rows).collect()));
        }
        _ => return Err(refuse("only CSV, TSV and Excel files are drafted from; their names end so".to_owned())),
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_path(path)
        .map_err(|error| refuse(format!("the file cannot be read: {error}")))?;
    let header = reader.headers().map_err(|error| refuse(format!("the header cannot be read: {error}")))?.clone();
    let header: Vec<String> = header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    if let [one] = header.as_slice()
        && one.contains([';', '\t'])
    {
        return Err(refuse(
            "its columns are not separated by commas; export it with commas, or with tabs as .tsv".to_owned(),
        ));
    }
    let texts = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    let read: Result<_, csv::Error> = reader.records().take(rows).map(|record| record.map(texts)).collect();
    Ok((header, read.map_err(|error| refuse(format!("reading stopped: {error}")))?))
}
