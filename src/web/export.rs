//! Lists as files: CSV for programs, XLSX for people.

use poem::http::header;
use poem::{Request, Response};
use serde::Deserialize;

use super::words::Say;
use crate::app;
use crate::domain::export::{ExportFormat, ExportList};

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

/// What a list has to be had whole, as a file that a job makes.
pub(super) struct WholeList {
    pub list: &'static str,
    /// Of lists of a cycle.
    pub cycle: Option<String>,
    /// It and everything below it; empty for all.
    pub unit: String,
}

impl WholeList {
    pub(super) fn new(list: ExportList, cycle: Option<&str>, unit: Option<&str>) -> Self {
        let (cycle, unit) = (cycle.map(str::to_owned), unit.unwrap_or_default().to_owned());
        Self { list: list.as_str(), cycle, unit }
    }
}

/// A list with its headings.
pub(super) struct Sheet(app::Sheet);

impl Sheet {
    pub(super) fn new(columns: impl IntoIterator<Item = Say>) -> Self {
        Self(app::Sheet::new(columns.into_iter().map(|column| column.to_string()).collect()))
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.row(cells.into_iter().collect());
    }

    /// The file as an answer.
    pub(super) fn answer(self, kind: FileKind, name: &str) -> poem::Result<Response> {
        let format = match kind {
            FileKind::Csv => ExportFormat::Csv,
            FileKind::Xlsx => ExportFormat::Xlsx,
        };
        let bytes = self.0.file(format).map_err(poem::error::InternalServerError)?;
        let name: String = name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
        let disposition = format!("attachment; filename=\"{name}.{}\"", format.as_str());
        Ok(Response::builder()
            .header(header::CONTENT_TYPE, format.media_type())
            .header(header::CONTENT_DISPOSITION, disposition)
            .body(bytes))
    }
}
