//! The conditions rows must meet, as compiled expressions over the typed table.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::nullif;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::physical_plan::PhysicalExpr;

use super::PullError;
use super::columns::{Table, spec_error};
use super::engine::{plain, refuse_changeable};
use super::working_time::refuse_unknown;
use crate::rules::source::{CheckSpec, SourceSpec};

/// The checks of a source.
#[derive(Debug)]
pub(super) struct Checks {
    checks: Vec<Check>,
}

#[derive(Debug)]
struct Check {
    condition: Arc<dyn PhysicalExpr>,
    reason: String,
    /// The columns that are emptied; the whole row where there is none.
    only: Vec<usize>,
}

/// What the checks say about a batch.
pub(super) struct Verdict {
    /// For each row set aside: the reason.
    pub(super) rows: Vec<(usize, String)>,
    /// For each row that stays with emptied values: the reason.
    pub(super) values: Vec<(usize, String)>,
    /// The columns, where values were emptied.
    pub(super) emptied: Option<Vec<ArrayRef>>,
}

impl Checks {
    pub(super) fn of(
        spec: &SourceSpec,
        table: &Table,
        context: &SessionContext,
        file: &str,
    ) -> Result<Self, PullError> {
        let schema = DFSchema::try_from(Arc::clone(&table.schema))
            .map_err(|error| spec_error(file, "columns", plain(&error)))?;
        let checks = spec
            .checks
            .iter()
            .enumerate()
            .map(|(nth, check)| Check::of(check, nth, table, &schema, context, file))
            .collect::<Result<_, _>>()?;
        Ok(Self { checks })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// Judges the rows of a batch for which `open` holds; every check sees the row as it was read.
    pub(super) fn judge(
        &self,
        batch: &RecordBatch,
        open: &dyn Fn(usize) -> bool,
    ) -> Result<Option<Verdict>, DataFusionError> {
        let mut failures: Vec<(&Check, BooleanArray)> = Vec::new();
        for check in &self.checks {
            let met = check.condition.evaluate(batch)?.into_array(batch.num_rows())?;
            let met = met.as_boolean().clone();
            if met.has_false() {
                failures.push((check, met));
            }
        }
        if failures.is_empty() {
            return Ok(None);
        }
        let failed = |met: &BooleanArray, row: usize| open(row) && met.is_valid(row) && !met.value(row);
        let mut gone = vec![false; batch.num_rows()];
        let mut rows = Vec::new();
        for (check, met) in failures.iter().filter(|(check, _)| check.only.is_empty()) {
            for (row, gone) in gone.iter_mut().enumerate() {
                if !*gone && failed(met, row) {
                    *gone = true;
                    rows.push((row, check.reason.clone()));
                }
            }
        }
        let mut values = Vec::new();
        let mut emptied: Option<Vec<ArrayRef>> = None;
        for (check, met) in failures.iter().filter(|(check, _)| !check.only.is_empty()) {
            let fails: Vec<bool> = gone.iter().enumerate().map(|(row, gone)| !gone && failed(met, row)).collect();
            values.extend(fails.iter().enumerate().filter(|(_, f)| **f).map(|(row, _)| (row, check.reason.clone())));
            let fails = BooleanArray::from(fails);
            let columns = emptied.get_or_insert_with(|| batch.columns().to_vec());
            for column in &check.only {
                if let Some(array) = columns.get_mut(*column) {
                    *array = emptied_where(array, &fails)?;
                }
            }
        }
        Ok(Some(Verdict { rows, values, emptied }))
    }
}

fn emptied_where(array: &ArrayRef, fails: &BooleanArray) -> Result<ArrayRef, DataFusionError> {
    if let Some(texts) = array.as_string_view_opt() {
        let keep = NullBuffer::new(!fails.values());
        let (views, buffers, nulls) = texts.clone().into_parts();
        let nulls = NullBuffer::union(nulls.as_ref(), Some(&keep));
        return Ok(Arc::new(datafusion::arrow::array::StringViewArray::try_new(views, buffers, nulls)?));
    }
    Ok(nullif(array, fails)?)
}

impl Check {
    fn of(
        spec: &CheckSpec,
        nth: usize,
        table: &Table,
        schema: &DFSchema,
        context: &SessionContext,
        file: &str,
    ) -> Result<Self, PullError> {
        let at = format!("checks[{nth}].check");
        let refuse = |error: DataFusionError| spec_error(file, at.clone(), plain(&error));
        let expression = context.parse_sql_expr(&spec.check, schema).map_err(refuse)?;
        refuse_changeable(&expression).map_err(|what| spec_error(file, at.clone(), what))?;
        refuse_unknown(&expression).map_err(|what| spec_error(file, at.clone(), what))?;
        let condition = context.create_physical_expr(expression, schema).map_err(refuse)?;
        let found = condition.data_type(&table.schema).map_err(refuse)?;
        if !matches!(found, DataType::Boolean) {
            return Err(spec_error(
                file,
                at,
                format!("is {found}, not a condition; write one such as `rating BETWEEN 1 AND 5`"),
            ));
        }
        let only = spec.only.iter().map(|name| emptied_column(name, nth, table, file)).collect::<Result<_, _>>()?;
        Ok(Self { condition, reason: spec.reason.clone(), only })
    }
}

fn emptied_column(name: &str, nth: usize, table: &Table, file: &str) -> Result<usize, PullError> {
    let at = format!("checks[{nth}].only");
    match table.position(name) {
        None => Err(spec_error(file, at, format!("there is no column \"{name}\""))),
        Some(column) if column == table.agent => Err(spec_error(
            file,
            at,
            format!(
                "\"{name}\" is the agent, without whom a row is no use; leave out `only` to set the whole row aside"
            ),
        )),
        Some(column) => Ok(column),
    }
}
