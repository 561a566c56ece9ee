//! The typed table a source declares, and what each input's columns look like.

use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::PullError;
use crate::rules::source::{ColumnSpec, ColumnType, InputSpec, SourceSpec};

/// The typed table `rows`: its columns in order of name.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<TableColumn>,
    pub(super) schema: SchemaRef,
    pub(super) agent: usize,
    pub(super) zone: Tz,
    pub(super) key: Option<Key>,
}

#[derive(Debug)]
pub(super) struct TableColumn {
    pub(super) name: String,
    pub(super) kind: ColumnType,
}

/// The key's columns as indices into the table.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) columns: Vec<usize>,
    pub(super) order_by: Option<usize>,
    pub(super) action: Option<usize>,
}

impl Key {
    /// Whether a row cannot take its place among its key's versions without a value in this column.
    pub(super) fn decides_by(&self, column: usize) -> bool {
        self.columns.contains(&column) || self.order_by == Some(column)
    }
}

/// One declared column as a certain input has it.
#[derive(Debug, Clone)]
pub(super) struct InputColumn {
    pub(super) name: String,
    /// The input's own name of it.
    pub(super) from: String,
    pub(super) spec: ColumnSpec,
    pub(super) zone: Tz,
}

/// A mistake in the source's own file.
pub(super) fn spec_error(file: &str, at: impl Into<String>, what: impl Into<String>) -> PullError {
    PullError::Spec { file: file.to_owned(), at: at.into(), what: what.into() }
}

impl Table {
    /// The table the source declares.
    pub(super) fn of(spec: &SourceSpec, file: &str) -> Result<Self, PullError> {
        let zone = parse_zone(&spec.time_zone, file, "time_zone")?;
        let mut columns = Vec::with_capacity(spec.columns.len());
        let mut fields = Vec::with_capacity(spec.columns.len());
        for (name, column) in &spec.columns {
            let scale = checked_scale(column, file, name)?;
            fields.push(Field::new(name, data_type(column.kind, scale), true));
            columns.push(TableColumn { name: name.clone(), kind: column.kind });
        }
        let agents: Vec<usize> =
            (0..).zip(&columns).filter(|(_, c)| c.kind == ColumnType::Agent).map(|(i, _)| i).collect();
        let [agent] = agents.as_slice() else {
            return Err(spec_error(
                file,
                "columns",
                format!(
                    "exactly one column has the type `agent`, here {} have; give one column `type: agent`",
                    agents.len()
                ),
            ));
        };
        let agent = *agent;
        let key = key_of(spec, &columns, file)?;
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { columns, schema, agent, zone, key })
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The table's columns as the `nth` input has them.
    pub(super) fn input_columns(
        &self,
        spec: &SourceSpec,
        nth: usize,
        input: &InputSpec,
        file: &str,
    ) -> Result<Vec<InputColumn>, PullError> {
        let overrides = match input {
            InputSpec::Files(files) => &files.columns,
            InputSpec::Http(http) => &http.columns,
            InputSpec::Sql(sql) => &sql.columns,
        };
        for (name, column) in overrides {
            let at = format!("inputs[{nth}].columns.{name}");
            let Some(declared) = spec.columns.get(name) else {
                return Err(spec_error(file, at, "the source declares no column of this name; add it to `columns`"));
            };
            if declared.kind != column.kind || (column.kind == ColumnType::Decimal && declared.scale != column.scale) {
                return Err(spec_error(
                    file,
                    at,
                    "has another type or scale than the source's column; give both the same",
                ));
            }
        }
        spec.columns
            .iter()
            .map(|(name, declared)| {
                let column = overrides.get(name).unwrap_or(declared);
                let zone = match &column.time_zone {
                    Some(zone) => parse_zone(zone, file, &format!("columns.{name}.time_zone"))?,
                    None => self.zone,
                };
                let from = column.from.clone().unwrap_or_else(|| name.clone());
                Ok(InputColumn { name: name.clone(), from, spec: column.clone(), zone })
            })
            .collect()
    }
}

fn parse_zone(name: &str, file: &str, at: &str) -> Result<Tz, PullError> {
    name.parse().map_err(|_| {
        spec_error(file, at, format!("\"{name}\" is no IANA time zone; write one such as `Europe/Berlin` or `UTC`"))
    })
}

fn checked_scale(column: &ColumnSpec, file: &str, name: &str) -> Result<i8, PullError> {
    match i8::try_from(column.scale) {
        Ok(scale) if scale <= 18 => Ok(scale),
        _ => Err(spec_error(
            file,
            format!("columns.{name}.scale"),
            format!("{} decimals cannot be kept; write 0 to 18", column.scale),
        )),
    }
}

fn data_type(kind: ColumnType, scale: i8) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8View,
        ColumnType::Integer | ColumnType::Agent => DataType::Int64,
        ColumnType::Decimal => DataType::Decimal128(38, scale),
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
    }
}

fn key_of(spec: &SourceSpec, columns: &[TableColumn], file: &str) -> Result<Option<Key>, PullError> {
    let Some(key) = &spec.key else { return Ok(None) };
    let find = |name: &str, at: &str| {
        columns.iter().position(|column| column.name == name).ok_or_else(|| {
            spec_error(file, at, format!("there is no column \"{name}\"; the columns are {}", listed(columns)))
        })
    };
    if key.columns.is_empty() {
        return Err(spec_error(file, "key.columns", "names no column; name those that make a record one"));
    }
    let of_key = key.columns.iter().map(|name| find(name, "key.columns")).collect::<Result<Vec<_>, _>>()?;
    let order_by = key.order_by.as_deref().map(|name| find(name, "key.order_by")).transpose()?;
    let action = key.action.as_deref().map(|name| find(name, "key.action")).transpose()?;
    if action.and_then(|index| columns.get(index)).is_some_and(|column| column.kind != ColumnType::Text) {
        return Err(spec_error(file, "key.action", "the action column must have `type: text`"));
    }
    Ok(Some(Key { columns: of_key, order_by, action }))
}

fn listed(columns: &[TableColumn]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}
