//! JSON lines, and the spooled pages of an API.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::Counters;
use super::builder::{BatchBuilder, Mapping, Sink};
use super::files::{Counting, open};
use super::json::{Picker, text};
use crate::pull::PullError;
use crate::pull::columns::InputColumn;
use crate::pull::shortcoming::Shortcoming;

/// A file of one JSON object a line.
#[derive(Debug)]
pub(crate) struct JsonLines {
    path: PathBuf,
    label: String,
    picker: Picker,
    mapping: Mapping<String>,
    /// Names of the columns that every file must have, by field.
    expected: Vec<(usize, String)>,
    size: u64,
    /// Each line is `[page, index, record]`.
    pages: bool,
}

impl JsonLines {
    pub(super) fn prepare(path: &Path, label: &str, columns: &[InputColumn]) -> Result<Self, PullError> {
        let (_, size) = open(path, label)?;
        Ok(Self::new(path, label, columns, size, false))
    }

    /// The spooled pages of an API.
    pub(super) fn pages(path: &Path, label: &str, columns: &[InputColumn]) -> Self {
        Self::new(path, label, columns, 0, true)
    }

    fn new(path: &Path, label: &str, columns: &[InputColumn], size: u64, pages: bool) -> Self {
        let mapping = Mapping::of(columns.iter().map(|column| Some(column.from.clone())));
        let expected = columns
            .iter()
            .zip(&mapping.columns)
            .filter(|(column, _)| !column.spec.optional)
            .filter_map(|(column, field)| field.map(|field| (field, column.name.clone())))
            .collect();
        let picker = Picker::new(&mapping.fields);
        Self { path: path.to_owned(), label: label.to_owned(), picker, mapping, expected, size, pages }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn read(&self, input: usize, number: u32, counters: &Counters, sink: &mut Sink<'_>) {
        let mut relay = |batch| sink(batch);
        let columns = self.mapping.columns.clone();
        let mut builder = BatchBuilder::new(input, number, columns, self.mapping.fields.len(), counters, &mut relay);
        let end = self.lines(number, counters, &mut builder);
        builder.finish(end);
    }

    fn lines(&self, number: u32, counters: &Counters, builder: &mut BatchBuilder<'_>) -> Result<(), PullError> {
        let stopped = |error: std::io::Error| PullError::Input {
            file: self.label.clone(),
            what: format!("reading stopped: {error}"),
        };
        let file = File::open(&self.path).map_err(stopped)?;
        let mut reader = BufReader::with_capacity(1 << 18, Counting { inner: file, counters });
        let mut seen = vec![false; self.mapping.fields.len()];
        let (mut bytes, mut line, mut records) = (Vec::new(), 0_u64, 0_u64);
        loop {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes).map_err(stopped)? == 0 {
                break;
            }
            line += 1;
            let record = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes).trim_ascii();
            if record.is_empty() {
                continue;
            }
            let wanted = if self.pages {
                self.page_record(record, number, &mut seen, builder)?
            } else {
                self.record(record, number, line, &mut seen, builder)
            };
            if !wanted {
                return Ok(());
            }
            records += 1;
        }
        self.check_seen(&seen, records)
    }

    /// A line `[page, index, record]` of a spool.
    fn page_record(
        &self,
        line: &[u8],
        number: u32,
        seen: &mut [bool],
        builder: &mut BatchBuilder<'_>,
    ) -> Result<bool, PullError> {
        let (page, index, record): (u32, u64, &serde_json::value::RawValue) =
            serde_json::from_slice(line).map_err(|error| PullError::Input {
                file: self.label.clone(),
                what: format!("the spooled pages are damaged ({error}); pull again"),
            })?;
        let file = number.saturating_add(page.saturating_sub(1));
        Ok(self.record(record.get().as_bytes(), file, index, seen, builder))
    }

    fn record(&self, bytes: &[u8], file: u32, line: u64, seen: &mut [bool], builder: &mut BatchBuilder<'_>) -> bool {
        builder.at_file(file);
        let Ok(record) = std::str::from_utf8(bytes) else {
            let lossy = String::from_utf8_lossy(bytes);
            return builder.reject(
                line,
                Shortcoming::NotUtf8.as_str(),
                "the line is not UTF-8; export the file as UTF-8".to_owned(),
                &lossy,
            );
        };
        let values = match self.picker.pick(record) {
            Ok(values) => values,
            Err(error) => {
                return builder.reject(
                    line,
                    Shortcoming::NotJson.as_str(),
                    format!("not a JSON object: {error}"),
                    record,
                );
            }
        };
        for (field, value) in values.iter().enumerate() {
            if let (Some(seen), true) = (seen.get_mut(field), value.is_some()) {
                *seen = true;
            }
            builder.set(field, value.and_then(text).as_deref());
        }
        builder.end_row(line)
    }

    fn check_seen(&self, seen: &[bool], records: u64) -> Result<(), PullError> {
        let missing = self.expected.iter().find(|(field, _)| seen.get(*field) == Some(&false));
        match missing {
            Some((field, name)) if records > 0 => {
                let from = self.mapping.fields.get(*field).map_or("", String::as_str);
                Err(PullError::Input {
                    file: self.label.clone(),
                    what: format!(
                        "no record has the field \"{from}\" for \"{name}\"; correct `from`, or say `optional: true` where records may lack it"
                    ),
                })
            }
            _ => Ok(()),
        }
    }
}
