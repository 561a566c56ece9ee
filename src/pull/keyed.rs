//! Rows with the same key are one record: the last wins, and a deleted one leaves.
//!
//! The rows are sorted by key inside the engine, so that memory stays bounded and the rest spills to disk. A row with a
//! problem elsewhere still takes part: when it wins it is set aside, and no stale version comes back in its place.

use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::Result as EngineResult;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlanProperties, execute_stream_partitioned};
use futures::{StreamExt, TryStreamExt, stream};

use super::PullError;
use super::columns::{Key, Table};
use super::convert::{Action, TypedBatch};
use super::engine;
use super::rows::{Gone, Partition, Reading, Scan, Shared, count, lock};
use super::set_aside::Aside;

/// A row's place in reading order.
const PLACE: &str = "merit place";
/// What is recorded of a row with a problem, as JSON.
const PROBLEM: &str = "merit problem";
const RANK: &str = "merit rank";

/// The partitions of `rows`: the winners of their keys, judged.
pub(super) async fn partitions(shared: &Arc<Shared>, scan: &Arc<Scan>) -> EngineResult<Vec<Arc<dyn PartitionStream>>> {
    let Some(key) = shared.table.key.clone() else { return Ok(Vec::new()) };
    let reading = Arc::new(Reading { shared: Arc::clone(shared), scan: Arc::clone(scan), feed: Mutex::new(None) });
    let schema = with_place(&shared.table);
    let candidates = (0..shared.threads)
        .map(|_| {
            let (reading, schema) = (Arc::clone(&reading), Arc::clone(&schema));
            let of = Arc::clone(&schema);
            Partition::of(of, move |_| {
                let schema = Arc::clone(&schema);
                Arc::clone(&reading)
                    .stream(move |reading, raw, typed, converter| candidates(reading, &schema, raw, typed, converter))
            })
        })
        .collect();
    let context = engine::context(&shared.runtime, shared.memory_limit, shared.threads);
    context.register_table("candidates", Arc::new(StreamingTable::try_new(Arc::clone(&schema), candidates)?))?;
    let plan = context.sql(&winners_sql(&shared.table, &key)).await?.create_physical_plan().await?;
    let count = plan.output_partitioning().partition_count();
    let streams = execute_stream_partitioned(plan, context.task_ctx())?;
    debug_assert_eq!(streams.len(), count);
    let action = key.action;
    Ok(streams
        .into_iter()
        .map(|winners| {
            let winners = Mutex::new(Some(winners));
            let (shared, scan) = (Arc::clone(shared), Arc::clone(scan));
            Partition::of(Arc::clone(&shared.table.schema), move |_| {
                let (shared, scan) = (Arc::clone(&shared), Arc::clone(&scan));
                let winners = lock(&winners).take();
                stream::iter(winners).flatten().and_then(move |batch| {
                    let judged = judge(&shared, &scan, &batch, action).map_err(|error| shared.fail(error));
                    std::future::ready(judged)
                })
            })
        })
        .collect())
}

fn with_place(table: &Table) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> = table.schema.fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(PLACE, DataType::Int64, false)));
    fields.push(Arc::new(Field::new(PROBLEM, DataType::Utf8, true)));
    Arc::new(Schema::new(fields))
}

/// Ranks the rows of each key, the last first. Every row is passed on with its rank, so that none is lost uncounted.
fn winners_sql(table: &Table, key: &Key) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let keys: Vec<String> = key.columns.iter().map(|column| quoted(table.name(*column))).collect();
    let order = match key.order_by {
        Some(column) => format!("{} DESC NULLS LAST, ", quoted(table.name(column))),
        None => String::new(),
    };
    let (place, problem, rank) = (quoted(PLACE), quoted(PROBLEM), quoted(RANK));
    format!(
        "SELECT {}, {place}, {problem} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {order}{place} DESC) AS {rank} \
         FROM candidates) WHERE {rank} = 1",
        columns.join(", "),
        keys.join(", ")
    )
}

/// Rows whose key can be read, with their place and their problem.
fn candidates(
    reading: &Reading,
    schema: &SchemaRef,
    raw: &super::read::RawBatch,
    typed: TypedBatch,
    converter: &super::convert::InputConverter,
) -> Result<Option<RecordBatch>, PullError> {
    let Some(key) = &reading.shared.table.key else { return Ok(None) };
    let recorder = &reading.scan.recorder;
    let mut unplaced = Vec::new();
    let mut problems: Vec<Option<String>> = Vec::new();
    for problem in &typed.problems {
        let aside = converter.aside(raw, problem, true);
        if key.decides_by(problem.column) {
            recorder.row(&aside)?;
            unplaced.push(problem.row);
        } else {
            problems.resize(problem.row, None);
            problems.push(Some(to_json(&aside)?));
        }
    }
    problems.resize(raw.rows, None);
    let places: Int64Array = (0..raw.rows).map(|row| Some(raw.place_at(row))).collect();
    let mut columns: Vec<ArrayRef> = typed.columns;
    columns.push(Arc::new(places));
    columns.push(Arc::new(StringArray::from(problems)));
    let broken = |error: datafusion::arrow::error::ArrowError| PullError::Query {
        file: "rows".to_owned(),
        what: error.to_string(),
    };
    let mut batch = RecordBatch::try_new(Arc::clone(schema), columns).map_err(broken)?;
    if !unplaced.is_empty() {
        let mut stays = vec![true; raw.rows];
        for row in unplaced {
            if let Some(stays) = stays.get_mut(row) {
                *stays = false;
            }
        }
        batch = filter_record_batch(&batch, &BooleanArray::from(stays)).map_err(broken)?;
    }
    // Each candidate is superseded until it wins.
    count(&reading.scan.superseded, batch.num_rows());
    Ok(Some(batch))
}

fn to_json(aside: &Aside) -> Result<String, PullError> {
    serde_json::to_string(aside).map_err(|error| PullError::Query { file: "rows".to_owned(), what: error.to_string() })
}

/// Winners: deleted ones leave, those with a problem are set aside, the rest is checked.
fn judge(shared: &Shared, scan: &Scan, batch: &RecordBatch, action: Option<usize>) -> Result<RecordBatch, PullError> {
    let rows = batch.num_rows();
    scan.superseded.fetch_sub(u64::try_from(rows).unwrap_or_default(), std::sync::atomic::Ordering::Relaxed);
    let (declared, own) = batch.columns().split_at_checked(shared.table.columns.len()).unwrap_or_default();
    let [places, problems] = own else {
        return Err(PullError::Query { file: "rows".to_owned(), what: "the key stage lost its columns".to_owned() });
    };
    let mut gone = Gone::new(rows);
    if let Some(actions) = action.and_then(|action| declared.get(action)) {
        let actions = actions.as_string_view();
        let deletes = |row: &usize| actions.is_valid(*row) && Action::of(actions.value(*row)) == Some(Action::Delete);
        for row in (0..rows).filter(deletes) {
            gone.add(row);
            count(&scan.deleted, 1);
        }
    }
    let problems = problems.as_string::<i32>();
    for row in (0..rows).filter(|row| problems.is_valid(*row)) {
        if !gone.holds(row) {
            let aside: Aside = serde_json::from_str(problems.value(row))
                .map_err(|error| PullError::Query { file: "rows".to_owned(), what: error.to_string() })?;
            scan.recorder.row(&aside)?;
            gone.add(row);
        }
    }
    let places = places.as_primitive::<Int64Type>();
    let typed = shared.record_batch(declared.to_vec(), rows)?;
    shared.check(scan, typed, gone, &|row| places.value(row))
}
