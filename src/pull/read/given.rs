//! Rows written out in a worked example.

use std::collections::BTreeMap;

use super::Counters;
use super::builder::{BatchBuilder, Mapping, Sink};
use crate::pull::columns::InputColumn;

/// Rows by the first input's column names.
#[derive(Debug)]
pub(crate) struct Given {
    rows: Vec<BTreeMap<String, Option<String>>>,
    mapping: Mapping<String>,
}

impl Given {
    pub(super) fn new(rows: &[BTreeMap<String, Option<String>>], columns: &[InputColumn]) -> Self {
        let mapping = Mapping::of(columns.iter().map(|column| Some(column.from.clone())));
        Self { rows: rows.to_vec(), mapping }
    }

    pub(super) fn read(&self, input: usize, number: u32, counters: &Counters, sink: &mut Sink<'_>) {
        let mut relay = |batch| sink(batch);
        let columns = self.mapping.columns.clone();
        let mut builder = BatchBuilder::new(input, number, columns, self.mapping.fields.len(), counters, &mut relay);
        for (line, row) in (1..).zip(&self.rows) {
            for (field, name) in self.mapping.fields.iter().enumerate() {
                builder.set(field, row.get(name).and_then(Option::as_deref));
            }
            if !builder.end_row(line) {
                break;
            }
        }
        builder.finish(Ok(()));
    }
}
