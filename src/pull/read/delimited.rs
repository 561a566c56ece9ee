//! CSV and TSV.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::Counters;
use super::builder::{BatchBuilder, Mapping, Sink};
use super::files::{Counting, open};
use crate::pull::PullError;
use crate::pull::columns::InputColumn;
use crate::pull::convert::problem::What;
use crate::pull::names::missing_column;
use crate::pull::shortcoming::Shortcoming;

/// A record that spans more lines than this and does not fit the header is taken for a quote left open.
const LINES_OF_A_RECORD: u64 = 1_000;

/// A CSV or TSV file whose header has been read.
#[derive(Debug)]
pub(crate) struct Delimited {
    path: PathBuf,
    label: String,
    delimiter: u8,
    width: usize,
    mapping: Mapping<usize>,
    size: u64,
    /// The last record has no line break behind it.
    unfinished: bool,
}

impl Delimited {
    /// Reads the header and finds the columns.
    pub(super) fn prepare(path: &Path, label: &str, delimiter: u8, columns: &[InputColumn]) -> Result<Self, PullError> {
        let (mut file, size) = open(path, label)?;
        let refuse = |what: String| PullError::Input { file: label.to_owned(), what };
        let mut last = [b'\n'];
        if size > 0 && file.seek(SeekFrom::End(-1)).is_ok() {
            file.read_exact(&mut last).map_err(|error| refuse(format!("the file cannot be read: {error}")))?;
            file.seek(SeekFrom::Start(0)).map_err(|error| refuse(format!("the file cannot be read: {error}")))?;
        }
        let mut reader = reader(&mut file, delimiter);
        let header = reader.byte_headers().map_err(|error| refuse(format!("the header cannot be read: {error}")))?;
        if header
            .iter()
            .next()
            .is_some_and(|first| first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]))
        {
            return Err(refuse("the file is UTF-16, not UTF-8; export it as UTF-8".to_owned()));
        }
        let names = header_names(header);
        if names.is_empty() {
            return Err(refuse("the file holds no header, only blank lines; export it again".to_owned()));
        }
        let mapping = map_columns(&names, columns).map_err(refuse)?;
        Ok(Self {
            path: path.to_owned(),
            label: label.to_owned(),
            delimiter,
            width: names.len(),
            mapping,
            size,
            unfinished: last != [b'\n'],
        })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Reads every record, in order.
    pub(super) fn read(&self, input: usize, number: u32, counters: &Counters, sink: &mut Sink<'_>) {
        let mut relay = |batch| sink(batch);
        let columns = self.mapping.columns.clone();
        let mut builder = BatchBuilder::new(input, number, columns, self.mapping.fields.len(), counters, &mut relay);
        let end = self.records(counters, &mut builder);
        builder.finish(end);
    }

    fn records(&self, counters: &Counters, builder: &mut BatchBuilder<'_>) -> Result<(), PullError> {
        let refuse = |what: String| PullError::Input { file: self.label.clone(), what };
        let (file, _) = open(&self.path, &self.label)?;
        let mut reader = reader(Counting { inner: file, counters }, self.delimiter);
        reader.byte_headers().map_err(|error| refuse(format!("the header cannot be read: {error}")))?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|error| refuse(format!("reading stopped: {error}")))? {
            if record.as_slice() == b"\r" {
                continue;
            }
            let breaks = line_breaks(&record);
            let ended = !(self.unfinished && reader.position().byte() >= self.size);
            let line = (reader.position().line() - breaks).saturating_sub(u64::from(ended));
            if record.len() != self.width {
                if breaks > LINES_OF_A_RECORD {
                    let line = record.position().map_or(line, csv::Position::line);
                    return Err(refuse(format!(
                        "line {line}: a quote opened here is not closed within {LINES_OF_A_RECORD} lines; mend it and pull again"
                    )));
                }
                if !self.reject(&record, line, builder) {
                    return Ok(());
                }
                continue;
            }
            if !self.row(&record, line, builder) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn row(&self, record: &ByteRecord, line: u64, builder: &mut BatchBuilder<'_>) -> bool {
        for (field, at) in self.mapping.fields.iter().enumerate() {
            let mut bytes = record.get(*at).unwrap_or_default();
            if at + 1 == self.width {
                bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            }
            match std::str::from_utf8(bytes) {
                Ok(text) => builder.set(field, Some(text)),
                Err(_) => builder.set_fault(field, &What::NotUtf8(String::from_utf8_lossy(bytes).into_owned())),
            }
        }
        builder.end_row(line)
    }

    fn reject(&self, record: &ByteRecord, line: u64, builder: &mut BatchBuilder<'_>) -> bool {
        let detail = format!("{} fields where the header has {}", record.len(), self.width);
        let delimiter = [self.delimiter];
        let text = record.iter().collect::<Vec<_>>().join(delimiter.as_slice());
        builder.reject(line, Shortcoming::WrongFields.as_str(), detail, &String::from_utf8_lossy(&text))
    }
}

/// Lines end at LF, so that the reader's count of lines is exact; a CR before it is taken off the last field.
fn reader<R: Read>(from: R, delimiter: u8) -> Reader<R> {
    let end = Terminator::Any(b'\n');
    ReaderBuilder::new().delimiter(delimiter).terminator(end).flexible(true).buffer_capacity(1 << 18).from_reader(from)
}

fn line_breaks(record: &ByteRecord) -> u64 {
    let breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(breaks).unwrap_or(u64::MAX)
}

fn header_names(header: &ByteRecord) -> Vec<String> {
    header.iter().map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned()).collect()
}

/// Finds each declared column in a header.
pub(super) fn map_columns(names: &[String], columns: &[InputColumn]) -> Result<Mapping<usize>, String> {
    let mut found = Vec::with_capacity(columns.len());
    for column in columns {
        let mut places = (0..).zip(names).filter(|(_, name)| **name == column.from.trim()).map(|(at, _)| at);
        let first: Option<usize> = places.next();
        if places.next().is_some() {
            return Err(format!(
                "the header names \"{}\" more than once and \"{}\" uses it; rename one of them in the file",
                column.from, column.name
            ));
        }
        if first.is_none() && !column.spec.optional {
            return Err(missing_column(&column.from, &column.name, names));
        }
        found.push(first);
    }
    Ok(Mapping::of(found))
}
