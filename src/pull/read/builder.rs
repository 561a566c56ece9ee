//! Text fields, record by record → raw batches.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, NullArray, StringViewBuilder};

use super::{BATCH_ROWS, Counters, Places, RawBatch};
use crate::pull::PullError;
use crate::pull::convert::problem::{Problem, What, shortened};
use crate::pull::set_aside::{Aside, Place};

/// Bytes of long texts allocated at a time; what is left of the last block counts as memory used.
const TEXT_BLOCK: u32 = 32 << 10;

/// Takes finished batches; `false` means that nobody wants more.
pub(super) type Sink<'a> = dyn FnMut(Result<RawBatch, PullError>) -> bool + Send + 'a;

/// Collects the records of one file.
pub(super) struct BatchBuilder<'a> {
    input: usize,
    file: u32,
    /// For each column of the table the field that fills it; none where the input lacks it.
    columns: Vec<Option<usize>>,
    fields: Vec<StringViewBuilder>,
    places: Vec<i64>,
    faults: Vec<Problem>,
    rejects: Vec<Aside>,
    counters: &'a Counters,
    sink: &'a mut Sink<'a>,
    wanted: bool,
}

impl<'a> BatchBuilder<'a> {
    pub(super) fn new(
        input: usize,
        file: u32,
        columns: Vec<Option<usize>>,
        fields: usize,
        counters: &'a Counters,
        sink: &'a mut Sink<'a>,
    ) -> Self {
        let fields = (0..fields)
            .map(|_| StringViewBuilder::with_capacity(BATCH_ROWS).with_fixed_block_size(TEXT_BLOCK))
            .collect();
        let (places, faults, rejects) = (Vec::new(), Vec::new(), Vec::new());
        Self { input, file, columns, fields, places, faults, rejects, counters, sink, wanted: true }
    }

    /// The value of a field in the row being built; every field is set once a row.
    pub(super) fn set(&mut self, field: usize, value: Option<&str>) {
        if let Some(builder) = self.fields.get_mut(field) {
            builder.append_option(value);
        }
    }

    /// A field whose value cannot be read.
    pub(super) fn set_fault(&mut self, field: usize, what: &What) {
        let row = self.places.len();
        self.set(field, None);
        for (column, _) in self.columns.iter().enumerate().filter(|(_, from)| **from == Some(field)) {
            self.faults.push(Problem { row, column, what: what.clone() });
        }
    }

    /// Ends a row that stands at `line`. Returns whether more are wanted.
    pub(super) fn end_row(&mut self, line: u64) -> bool {
        self.places.push(Place { file: self.file, line }.pack());
        if self.places.len() >= BATCH_ROWS {
            self.flush();
        }
        self.wanted
    }

    /// The file that the next rows belong to, where one text holds several (the pages of an API).
    pub(super) fn at_file(&mut self, file: u32) {
        self.file = file;
    }

    /// Sets a record aside that is no row. Returns whether more are wanted.
    pub(super) fn reject(&mut self, line: u64, reason: &str, detail: String, text: &str) -> bool {
        let row = serde_json::json!({ "record": shortened(text) }).to_string();
        let place = Place { file: self.file, line }.pack();
        self.rejects.push(Aside { place, reason: reason.to_owned(), detail, row });
        if self.rejects.len() >= BATCH_ROWS {
            self.flush();
        }
        self.wanted
    }

    /// Hands over what is left, or the error that ended the reading.
    pub(super) fn finish(mut self, end: Result<(), PullError>) {
        self.flush();
        if let Err(error) = end {
            (self.sink)(Err(error));
        }
    }

    fn flush(&mut self) {
        if self.places.is_empty() && self.rejects.is_empty() {
            return;
        }
        let rows = self.places.len();
        let fields: Vec<ArrayRef> = self.fields.iter_mut().map(|field| Arc::new(field.finish()) as ArrayRef).collect();
        let columns = self
            .columns
            .iter()
            .map(|from| match from.and_then(|field| fields.get(field)) {
                Some(array) => Arc::clone(array),
                None => Arc::new(NullArray::new(rows)),
            })
            .collect();
        self.counters.add_rows(rows + self.rejects.len());
        let batch = RawBatch {
            input: self.input,
            place: Places::Each(std::mem::take(&mut self.places)),
            columns,
            rows,
            faults: std::mem::take(&mut self.faults),
            rejects: std::mem::take(&mut self.rejects),
        };
        self.wanted = (self.sink)(Ok(batch));
    }
}

/// Where each column of the table comes from: distinct fields, and the field of each column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mapping<T> {
    /// The distinct fields, as the input finds them.
    pub(super) fields: Vec<T>,
    /// The field of each column; none where the input lacks the column.
    pub(super) columns: Vec<Option<usize>>,
}

impl<T: PartialEq> Mapping<T> {
    pub(super) fn of(sources: impl IntoIterator<Item = Option<T>>) -> Self {
        let mut fields: Vec<T> = Vec::new();
        let columns = sources
            .into_iter()
            .map(|source| {
                let source = source?;
                Some(fields.iter().position(|field| *field == source).unwrap_or_else(|| {
                    fields.push(source);
                    fields.len() - 1
                }))
            })
            .collect();
        Self { fields, columns }
    }
}
