//! Raw values → the typed table: each column by its type, formats, zone and null markers.

mod agents;
mod column;
mod native;
mod number;
pub(super) mod problem;
mod time;

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

pub(super) use agents::AgentTexts;
use column::ColumnConverter;
pub(super) use column::{Action, days};
use problem::{Problem, What};

use super::PullError;
use super::columns::{InputColumn, Key, Table};
use super::read::RawBatch;
use super::set_aside::Aside;
use crate::rules::source::{ColumnType, SourceSpec};

/// Converts the batches of one input.
#[derive(Debug)]
pub(super) struct InputConverter {
    columns: Vec<ColumnConverter>,
    key: Option<Key>,
}

/// What a partition remembers from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// The last dictionary of agents' texts and the agents they stand for.
    agents: Option<(ArrayRef, Arc<datafusion::arrow::array::Int64Array>)>,
}

/// A batch of the typed table; rows with a problem have an empty value there.
#[derive(Debug)]
pub(super) struct TypedBatch {
    pub(super) columns: Vec<ArrayRef>,
    /// At most one a row, in order of row; of several the one that keeps the row from its key comes first.
    pub(super) problems: Vec<Problem>,
}

impl InputConverter {
    /// `typed`: the input holds typed values, which are written as ISO 8601 whatever formats its texts have.
    pub(super) fn new(
        table: &Table,
        spec: &SourceSpec,
        columns: &[InputColumn],
        typed: bool,
        agents: &Arc<AgentTexts>,
        file: &str,
    ) -> Result<Self, PullError> {
        let action = table.key.as_ref().and_then(|key| key.action);
        let columns = columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let needed = column.spec.required
                    || column.spec.kind == ColumnType::Agent
                    || spec.key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
                ColumnConverter::new(table, column, needed, action == Some(index), typed, agents, file)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { columns, key: table.key.clone() })
    }

    pub(super) fn convert(&self, raw: &RawBatch, scratch: &mut Scratch) -> Result<TypedBatch, PullError> {
        let mut problems = raw.faults.clone();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, (converter, array)) in self.columns.iter().zip(&raw.columns).enumerate() {
            let mut found = Vec::new();
            let typed =
                converter.convert(array, scratch, &mut |row, what| found.push(Problem { row, column: index, what }))?;
            if converter.needed && typed.null_count() > 0 {
                let faults = problems.iter().filter(|fault| fault.column == index);
                let known: HashSet<usize> = found.iter().chain(faults).map(|problem| problem.row).collect();
                let empty = (0..typed.len()).filter(|row| typed.is_null(*row) && !known.contains(row));
                found.extend(empty.map(|row| Problem { row, column: index, what: What::NoValue }));
            }
            problems.append(&mut found);
            columns.push(typed);
        }
        if !problems.is_empty() {
            problems.sort_by_key(|problem| (problem.row, !self.decides_key(problem.column), problem.column));
            problems.dedup_by_key(|problem| problem.row);
        }
        Ok(TypedBatch { columns, problems })
    }

    fn decides_key(&self, column: usize) -> bool {
        self.key.as_ref().is_some_and(|key| key.decides_by(column))
    }

    /// What is recorded of a row with a problem: the reason alone where texts are no longer kept.
    pub(super) fn aside(&self, raw: &RawBatch, problem: &Problem, keeps: bool) -> Aside {
        if !keeps {
            let (detail, row) = (String::new(), String::new());
            return Aside { place: raw.place_at(problem.row), reason: self.reason(problem), detail, row };
        }
        let mut value = String::new();
        let mut detail = String::new();
        if let (Some(column), Some(array)) = (self.columns.get(problem.column), raw.columns.get(problem.column)) {
            value = text_at(array, problem.row).unwrap_or(value);
            detail = problem.what.detail(&column.name, &column.spec, &value);
        }
        let names = self.columns.iter().map(|column| column.name.as_str());
        let row = row_json(names.zip(&raw.columns).map(|(name, array)| (name, text_at(array, problem.row))));
        Aside { place: raw.place_at(problem.row), reason: self.reason(problem), detail, row }
    }

    fn reason(&self, problem: &Problem) -> String {
        self.columns
            .get(problem.column)
            .map(|column| problem.what.reason(&column.name, column.spec.kind))
            .unwrap_or_default()
    }
}

/// A value as text; `None` where there is none.
pub(super) fn text_at(array: &ArrayRef, row: usize) -> Option<String> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options).ok()?;
    formatter.value(row).try_to_string().ok()
}

/// A row as a JSON object.
pub(super) fn row_json<'a>(values: impl Iterator<Item = (&'a str, Option<String>)>) -> String {
    let object: serde_json::Map<String, serde_json::Value> =
        values.map(|(name, value)| (name.to_owned(), value.into())).collect();
    serde_json::Value::Object(object).to_string()
}
