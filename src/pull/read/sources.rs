//! The inputs of a source, opened and examined before anything is read.

use std::path::Path;
use std::sync::Arc;

use super::delimited::Delimited;
use super::files::{format_of, label, list};
use super::json_lines::JsonLines;
use super::parquet::ParquetFile;
use super::query::Query;
use super::workbook::Workbook;
use crate::pull::PullError;
use crate::pull::PullRequest;
use crate::pull::columns::{InputColumn, Table};
use crate::pull::convert::{AgentTexts, InputConverter};
use crate::pull::http;
use crate::rules::source::{FileFormat, FilesInput, InputSpec};

/// Everything there is to read.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(super) files: Vec<SourceFile>,
    /// Names of files by number, in reading order.
    pub(crate) names: Vec<String>,
    /// Conversions, one an input.
    pub(crate) inputs: Vec<InputConverter>,
    /// Bytes of all files, where every input is a file.
    pub(crate) total_bytes: Option<u64>,
    /// Spools of HTTP inputs; deleted with this value.
    spools: Vec<http::Fetched>,
}

#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) number: u32,
    pub(super) input: usize,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Delimited(Delimited),
    JsonLines(JsonLines),
    Workbook(Workbook),
    Parquet(Arc<ParquetFile>),
    Query(Box<Query>),
}

/// Opens every input, fetches what is fetched page by page, and finds the declared columns.
pub(crate) async fn prepare(
    request: &PullRequest<'_>,
    table: &Table,
    agents: &Arc<AgentTexts>,
) -> Result<Sources, PullError> {
    let mut sources = Sources { total_bytes: Some(0), ..Sources::default() };
    for (nth, input) in request.spec.inputs.iter().enumerate() {
        let columns = table.input_columns(request.spec, nth, input, request.spec_file)?;
        let typed = match input {
            InputSpec::Files(files) => sources.add_files(request, nth, files, &columns)?,
            InputSpec::Http(http) => {
                let fetched = http::fetch(request, nth, http).await?;
                sources.add_pages(nth, fetched, &columns);
                false
            }
            InputSpec::Sql(sql) => {
                let query = Query::prepare(sql, nth, &columns, request.window, request.environment, request.spec_file)?;
                sources.total_bytes = None;
                sources.add(nth, query.label().to_owned(), Kind::Query(Box::new(query)));
                true
            }
        };
        let converter = InputConverter::new(table, request.spec, &columns, typed, agents, request.spec_file)?;
        sources.inputs.push(converter);
    }
    Ok(sources)
}

impl Sources {
    fn add(&mut self, input: usize, name: String, kind: Kind) {
        let number = self.next_number();
        self.names.push(name);
        self.files.push(SourceFile { number, input, kind });
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    /// Adds the files of an input. Returns whether any holds typed values.
    fn add_files(
        &mut self,
        request: &PullRequest<'_>,
        nth: usize,
        input: &FilesInput,
        columns: &[InputColumn],
    ) -> Result<bool, PullError> {
        let mut typed = false;
        for path in list(input, request.base_dir)? {
            let name = label(&path, request.base_dir);
            let format = format_of(input.format, &path, request.spec_file, nth)?;
            typed |= matches!(format, FileFormat::Parquet | FileFormat::Xlsx);
            let (kind, size) = self.open(&path, &name, format, input.sheet.as_deref(), nth, columns)?;
            self.total_bytes = self.total_bytes.map(|total| total + size);
            self.add(nth, name, kind);
        }
        Ok(typed)
    }

    fn open(
        &self,
        path: &Path,
        name: &str,
        format: FileFormat,
        sheet: Option<&str>,
        nth: usize,
        columns: &[InputColumn],
    ) -> Result<(Kind, u64), PullError> {
        let delimited = |delimiter| {
            Delimited::prepare(path, name, delimiter, columns).map(|file| (file.size(), Kind::Delimited(file)))
        };
        let (size, kind) = match format {
            FileFormat::Csv => delimited(b',')?,
            FileFormat::Tsv => delimited(b'\t')?,
            FileFormat::Jsonl => {
                let file = JsonLines::prepare(path, name, columns)?;
                (file.size(), Kind::JsonLines(file))
            }
            FileFormat::Xlsx => {
                let file = Workbook::prepare(path, name, sheet, columns)?;
                (file.size(), Kind::Workbook(file))
            }
            FileFormat::Parquet => {
                let file = ParquetFile::prepare(path, name, columns, nth, self.next_number())?;
                (file.size(), Kind::Parquet(Arc::new(file)))
            }
        };
        Ok((kind, size))
    }

    /// Adds the pages of an API, each as a file of its own name.
    fn add_pages(&mut self, nth: usize, fetched: http::Fetched, columns: &[InputColumn]) {
        self.total_bytes = None;
        let pages = JsonLines::pages(fetched.path(), fetched.label(), columns);
        self.add(nth, format!("{} page 1", fetched.label()), Kind::JsonLines(pages));
        for page in 2..=fetched.pages() {
            self.names.push(format!("{} page {page}", fetched.label()));
        }
        self.spools.push(fetched);
    }
}
