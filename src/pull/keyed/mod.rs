//! Rows with the same key are one record: the last wins, and a deleted one leaves.
//!
//! The rows are divided by key into buckets, so that memory stays bounded and the rest lies on disk. A row with a problem
//! elsewhere still takes part: when it wins it is set aside, and no stale version comes back in its place.

mod buckets;
mod winners;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::common::Result as EngineResult;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;
use tokio::task::{JoinSet, spawn_blocking};

use self::buckets::{BUCKETS, Buckets, broken, compact};
use self::winners::Winners;
use super::PullError;
use super::columns::{Key, Table};
use super::convert::{Action, InputConverter, TypedBatch};
use super::read::RawBatch;
use super::rows::{Gone, Partition, Reading, Scan, Shared, count};
use super::set_aside::Aside;

/// A row's place in reading order.
const PLACE: &str = "merit place";
/// What is recorded of a row with a problem, as JSON.
const PROBLEM: &str = "merit problem";

/// All rows of a scan gathered into buckets, which its partitions then share.
struct Gathering {
    shared: Arc<Shared>,
    scan: Arc<Scan>,
    key: Key,
    schema: SchemaRef,
    /// Gathered once; nothing where that failed.
    buckets: OnceCell<Option<Arc<Buckets>>>,
    next: AtomicUsize,
}

/// The partitions of `rows`: the winners of their keys, judged.
pub(super) fn partitions(shared: &Arc<Shared>, scan: &Arc<Scan>, key: &Key) -> Vec<Arc<dyn PartitionStream>> {
    let gathering = Arc::new(Gathering {
        shared: Arc::clone(shared),
        scan: Arc::clone(scan),
        key: key.clone(),
        schema: with_place(&shared.table),
        buckets: OnceCell::new(),
        next: AtomicUsize::new(0),
    });
    let partition = |_| {
        let gathering = Arc::clone(&gathering);
        Partition::of(Arc::clone(&shared.table.schema), move |_| Arc::clone(&gathering).winners())
    };
    (0..shared.threads).map(partition).collect()
}

impl Gathering {
    /// Winners of one bucket after the other, judged.
    fn winners(self: Arc<Self>) -> impl futures::Stream<Item = EngineResult<RecordBatch>> + Send {
        let judging = Arc::clone(&self);
        stream::try_unfold(self, |gathering| async move {
            let winners = gathering.next_bucket().await.map_err(|error| gathering.shared.fail(error))?;
            Ok::<_, DataFusionError>(winners.map(|winners| (stream::iter(winners.into_iter().map(Ok)), gathering)))
        })
        .try_flatten()
        .and_then(move |batch| {
            let Gathering { shared, scan, key, .. } = &*judging;
            let judged = judge(shared, scan, &batch, key.action).map_err(|error| shared.fail(error));
            std::future::ready(judged)
        })
    }

    /// The winners of the next bucket; `None` after the last.
    async fn next_bucket(&self) -> Result<Option<Vec<RecordBatch>>, PullError> {
        let gather = async || self.gather().await.map_err(|error| self.shared.fail(error)).ok();
        let Some(buckets) = self.buckets.get_or_init(gather).await.clone() else {
            return Err(PullError::Query { file: "rows".to_owned(), what: "they could not be gathered".to_owned() });
        };
        let bucket = self.next.fetch_add(1, Ordering::Relaxed);
        if bucket >= BUCKETS {
            return Ok(None);
        }
        let (schema, key) = (Arc::clone(&self.schema), self.key.clone());
        let place = self.shared.table.columns.len();
        let found = spawn_blocking(move || {
            let mut winners = Winners::new(&schema, &key, place).map_err(broken)?;
            for chunk in buckets.take(bucket) {
                for rows in buckets.rows(chunk)? {
                    winners.add(rows).map_err(broken)?;
                }
            }
            winners.finish().map_err(broken)
        });
        joined(found.await)?.map(Some)
    }

    /// Reads everything into buckets, on all cores.
    async fn gather(&self) -> Result<Arc<Buckets>, PullError> {
        let budget = gathering_share(self.shared.memory_limit);
        let buckets = Arc::new(Buckets::new(self.key.columns.clone(), budget, &self.shared.spool));
        let reading = Arc::new(Reading {
            shared: Arc::clone(&self.shared),
            scan: Arc::clone(&self.scan),
            feed: Mutex::new(None),
        });
        let mut readers = JoinSet::new();
        for _ in 0..self.shared.threads {
            let schema = Arc::clone(&self.schema);
            let rows = Arc::clone(&reading)
                .stream(move |reading, raw, typed, converter| candidates(reading, &schema, raw, typed, converter));
            readers.spawn(fill(Arc::clone(&buckets), rows.boxed()));
        }
        while let Some(reader) = readers.join_next().await {
            joined(reader)??;
        }
        let filled = Arc::clone(&buckets);
        joined(spawn_blocking(move || filled.finish()).await)??;
        Ok(buckets)
    }
}

/// Bytes of rows gathered in memory before they go to disk.
pub(super) fn gathering_share(memory_limit: usize) -> usize {
    memory_limit / 4
}

type Candidates = stream::BoxStream<'static, EngineResult<RecordBatch>>;

async fn fill(buckets: Arc<Buckets>, mut rows: Candidates) -> Result<(), PullError> {
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(broken)?;
        let buckets = Arc::clone(&buckets);
        joined(spawn_blocking(move || buckets.add(batch)).await)??;
    }
    Ok(())
}

fn joined<T>(outcome: Result<T, tokio::task::JoinError>) -> Result<T, PullError> {
    outcome.map_err(|error| PullError::Query {
        file: "rows".to_owned(),
        what: format!("a thread broke down ({error}); please report this"),
    })
}

fn with_place(table: &Table) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> = table.schema.fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(PLACE, DataType::Int64, false)));
    fields.push(Arc::new(Field::new(PROBLEM, DataType::Utf8, true)));
    Arc::new(Schema::new(fields))
}

/// Rows whose key can be read, with their place and their problem.
fn candidates(
    reading: &Reading,
    schema: &SchemaRef,
    raw: &RawBatch,
    typed: TypedBatch,
    converter: &InputConverter,
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
    batch = compact(&batch).map_err(broken)?;
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
    scan.superseded.fetch_sub(u64::try_from(rows).unwrap_or_default(), Ordering::Relaxed);
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
