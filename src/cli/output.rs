//! What commands print: a table for people, JSON or CSV for programs; the same figures in each.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write as _};

use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table as Drawn, TableComponent, presets};
use serde_json::{Map, Value};

use super::CliError;
use crate::domain::spreadsheet::{harmless, is_number};

/// `println!` for commands: a reader that has seen enough (`merit … | head`) ends the command quietly.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::output::write(format_args!("{}\n", format_args!($($text)*))) };
}
pub(in crate::cli) use say;

/// Writes to standard output.
pub(in crate::cli) fn write(text: fmt::Arguments<'_>) {
    if let Err(error) = io::stdout().lock().write_fmt(text) {
        let quiet = error.kind() == io::ErrorKind::BrokenPipe;
        if !quiet {
            eprintln!("error: standard output: {error}");
        }
        std::process::exit(i32::from(!quiet));
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people.
    Table,
    /// A JSON array of objects.
    Json,
    /// Comma-separated, first line names the columns.
    Csv,
}

/// Rows of figures under named columns.
pub(super) struct Table {
    columns: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// Columns by their name for programs and their title for people.
    pub(super) fn new(columns: &[(&'static str, &'static str)]) -> Self {
        let columns = columns.iter().map(|(name, title)| (Cow::Borrowed(*name), Cow::Borrowed(*title)));
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    /// Columns that are known only at run time, with the same name for programs and people.
    pub(super) fn titled(titles: Vec<String>) -> Self {
        let columns = titles.into_iter().map(|title| (Cow::Owned(title.clone()), Cow::Owned(title)));
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Value>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) fn print(&self, format: Format) -> Result<(), CliError> {
        match format {
            Format::Table => say!("{}", self.draw()),
            Format::Json => say!("{}", serde_json::to_string_pretty(&self.objects())?),
            Format::Csv => write(format_args!("{}", self.csv()?)),
        }
        Ok(())
    }

    fn draw(&self) -> String {
        let mut drawn = Drawn::new();
        drawn.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        drawn.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
        drawn.set_header(self.columns.iter().map(|(_, title)| &**title));
        for row in &self.rows {
            drawn.add_row(row.iter().map(|cell| text(cell, "–")));
        }
        for (index, column) in drawn.column_iter_mut().enumerate() {
            let figures = self.rows.iter().filter_map(|row| row.get(index)).filter(|cell| !cell.is_null());
            if figures.clone().next().is_some() && figures.clone().all(is_figure) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        drawn.to_string()
    }

    fn objects(&self) -> Vec<Value> {
        let names = self.columns.iter().map(|(name, _)| name.to_string());
        self.rows
            .iter()
            .map(|row| Value::Object(names.clone().zip(row.iter().cloned()).collect::<Map<_, _>>()))
            .collect()
    }

    fn csv(&self) -> Result<String, CliError> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(self.columns.iter().map(|(name, _)| harmless(name.to_string())))?;
        for row in &self.rows {
            csv.write_record(row.iter().map(|cell| harmless(text(cell, ""))))?;
        }
        let bytes = csv.into_inner().map_err(|error| CliError::new(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| CliError::new(error.to_string()))
    }
}

fn text(cell: &Value, absent: &str) -> String {
    match cell {
        Value::Null => absent.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_figure(cell: &Value) -> bool {
    match cell {
        Value::Number(_) => true,
        Value::String(text) => is_number(text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_never_run_as_formulas() {
        let mut table = Table::titled(vec!["=1+1".into(), "plain".into()]);
        table.row([Value::from("@x"), Value::from(-5)]);
        assert_eq!(table.csv().unwrap(), "'=1+1,plain\n'@x,-5\n");
    }
}
