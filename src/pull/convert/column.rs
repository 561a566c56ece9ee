//! One column of an input → its type.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray, new_null_array,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int32Type};

use super::problem::What;
use super::time::TimeReader;
use super::{AgentTexts, Scratch, native, number};
use crate::pull::PullError;
use crate::pull::columns::{InputColumn, Table, spec_error};
use crate::rules::source::{ColumnSpec, ColumnType};

/// Takes the row and what is wrong with its value.
pub(super) type Report<'a> = dyn FnMut(usize, What) + 'a;

#[derive(Debug)]
pub(super) struct ColumnConverter {
    pub(super) name: String,
    pub(super) spec: ColumnSpec,
    /// A row without a value cannot be used.
    pub(super) needed: bool,
    is_action: bool,
    nulls: Vec<String>,
    times: TimeReader,
    agents: Arc<AgentTexts>,
    data_type: DataType,
    file: String,
}

impl ColumnConverter {
    pub(super) fn new(
        table: &Table,
        column: &InputColumn,
        needed: bool,
        is_action: bool,
        typed: bool,
        agents: &Arc<AgentTexts>,
        file: &str,
    ) -> Result<Self, PullError> {
        let times = TimeReader::new(&column.spec.formats, typed, column.zone, table.zone)
            .map_err(|what| spec_error(file, format!("columns.{}.formats", column.name), what))?;
        let data_type = table
            .schema
            .field_with_name(&column.name)
            .map(|field| field.data_type().clone())
            .map_err(|error| spec_error(file, format!("columns.{}", column.name), error.to_string()))?;
        Ok(Self {
            name: column.name.clone(),
            spec: column.spec.clone(),
            needed,
            is_action,
            nulls: column.spec.nulls.iter().map(|text| text.trim().to_owned()).collect(),
            times,
            agents: Arc::clone(agents),
            data_type,
            file: file.to_owned(),
        })
    }

    /// The array in the column's type; every value that could not be converted is empty and reported.
    pub(super) fn convert(
        &self,
        raw: &ArrayRef,
        scratch: &mut Scratch,
        report: &mut Report<'_>,
    ) -> Result<ArrayRef, PullError> {
        if raw.data_type() == &DataType::Null {
            return Ok(new_null_array(&self.data_type, raw.len()));
        }
        if self.spec.kind == ColumnType::Agent
            && let Some(dictionary) = raw.as_dictionary_opt::<Int32Type>()
        {
            return self.agents_of_dictionary(dictionary, scratch, report);
        }
        if let Some(typed) = native::convert(raw, self.spec.kind, &self.data_type, &self.times, report) {
            return typed.map_err(|error| self.unreadable(raw.data_type(), &error.to_string()));
        }
        let texts =
            cast(raw, &DataType::Utf8View).map_err(|error| self.unreadable(raw.data_type(), &error.to_string()))?;
        let texts = texts.as_string_view();
        if texts.null_count() > raw.null_count() {
            (0..raw.len())
                .filter(|row| texts.is_null(*row) && !raw.is_null(*row))
                .for_each(|row| report(row, What::NotUtf8("(bytes)".to_owned())));
        }
        Ok(self.read_texts(texts, report))
    }

    fn unreadable(&self, found: &DataType, why: &str) -> PullError {
        spec_error(
            &self.file,
            format!("columns.{}", self.name),
            format!("the input's type {found} cannot be read as {:?} ({why}); declare another type", self.spec.kind),
        )
    }

    fn read_texts(&self, texts: &StringViewArray, report: &mut Report<'_>) -> ArrayRef {
        match self.spec.kind {
            ColumnType::Text => Arc::new(self.text(texts, report)),
            ColumnType::Integer => Arc::new(Int64Array::from_iter(self.each(texts, report, number::integer))),
            ColumnType::Decimal => {
                let read = |text: &str| number::decimal(text, self.spec.scale);
                let values = Decimal128Array::from_iter(self.each(texts, report, read));
                Arc::new(values.with_data_type(self.data_type.clone()))
            }
            ColumnType::Boolean => Arc::new(BooleanArray::from_iter(self.each(texts, report, number::boolean))),
            ColumnType::Date => {
                let read = |text: &str| self.times.date(text).map(days);
                Arc::new(Date32Array::from_iter(self.each(texts, report, read)))
            }
            ColumnType::Timestamp => {
                let read = |text: &str| self.times.local(text).map(|local| local.and_utc().timestamp_micros());
                Arc::new(TimestampMicrosecondArray::from_iter(self.each(texts, report, read)))
            }
            ColumnType::Agent => {
                let read = |text: &str| self.agents.find(text, &self.spec.matches).ok_or(What::UnknownAgent);
                Arc::new(Int64Array::from_iter(self.each(texts, report, read)))
            }
        }
    }

    /// Converts each trimmed text that is a value.
    fn each<T>(
        &self,
        texts: &StringViewArray,
        report: &mut Report<'_>,
        read: impl Fn(&str) -> Result<T, What>,
    ) -> Vec<Option<T>> {
        let mut values = Vec::with_capacity(texts.len());
        for (row, text) in texts.iter().enumerate() {
            values.push(
                text.map(str::trim)
                    .filter(|text| !self.is_null(text))
                    .and_then(|text| read(text).map_err(|what| report(row, what)).ok()),
            );
        }
        values
    }

    fn is_null(&self, trimmed: &str) -> bool {
        trimmed.is_empty() || self.nulls.iter().any(|null| null == trimmed)
    }

    /// Texts stay as they are, but for those that mean "no value".
    fn text(&self, texts: &StringViewArray, report: &mut Report<'_>) -> StringViewArray {
        let mut nulls: Option<Vec<bool>> = None;
        for (row, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            let trimmed = text.trim();
            if self.is_null(trimmed) {
                let valid = nulls.get_or_insert_with(|| (0..texts.len()).map(|row| texts.is_valid(row)).collect());
                if let Some(valid) = valid.get_mut(row) {
                    *valid = false;
                }
            } else if self.is_action && Action::of(trimmed).is_none() {
                report(row, What::NotAnAction);
            }
        }
        match nulls {
            None => texts.clone(),
            Some(valid) => {
                let (views, buffers, _) = texts.clone().into_parts();
                StringViewArray::try_new(views, buffers, Some(NullBuffer::from(valid)))
                    .unwrap_or_else(|_| texts.clone())
            }
        }
    }

    /// Agents of dictionary-encoded texts: each distinct text is looked up once.
    fn agents_of_dictionary(
        &self,
        dictionary: &datafusion::arrow::array::DictionaryArray<Int32Type>,
        scratch: &mut Scratch,
        report: &mut Report<'_>,
    ) -> Result<ArrayRef, PullError> {
        let unreadable =
            |error: datafusion::arrow::error::ArrowError| self.unreadable(dictionary.data_type(), &error.to_string());
        let values = dictionary.values();
        let known = match &scratch.agents {
            Some((last, known)) if last.to_data().ptr_eq(&values.to_data()) => Arc::clone(known),
            _ => {
                let texts = cast(values, &DataType::Utf8View).map_err(unreadable)?;
                let found = texts.as_string_view().iter().map(|text| {
                    let text = text.map(str::trim).filter(|text| !self.is_null(text))?;
                    self.agents.find(text, &self.spec.matches)
                });
                let known = Arc::new(Int64Array::from_iter(found));
                scratch.agents = Some((Arc::clone(values), Arc::clone(&known)));
                known
            }
        };
        let ids = datafusion::arrow::compute::take(known.as_ref(), dictionary.keys(), None).map_err(unreadable)?;
        if ids.null_count() > 0 {
            let texts = cast(dictionary, &DataType::Utf8View).map_err(unreadable)?;
            for (row, text) in texts.as_string_view().iter().enumerate().filter(|(row, _)| ids.is_null(*row)) {
                if text.is_some_and(|text| !self.is_null(text.trim())) {
                    report(row, What::UnknownAgent);
                }
            }
        }
        Ok(ids)
    }
}

/// Days since 1970-01-01.
pub(crate) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

/// What a row says about its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Keep,
    Delete,
}

impl Action {
    /// `None` where the text is none of `add`, `update`, `delete`.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("add") || text.eq_ignore_ascii_case("update") {
            Some(Self::Keep)
        } else if text.eq_ignore_ascii_case("delete") {
            Some(Self::Delete)
        } else {
            None
        }
    }
}
