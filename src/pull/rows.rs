//! The table `rows` that a source's SQL sees: read, typed, judged, and what fails diverted.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result as EngineResult;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::{StreamExt, stream};

use super::PullError;
use super::checks::{Checks, Verdict};
use super::columns::Table;
use super::convert::{AgentTexts, InputConverter, Scratch, TypedBatch, row_json, text_at};
use super::keyed;
use super::read::{Counters, Feed, RawBatch, Sources, Turn};
use super::set_aside::{Aside, Recorder};
use super::working_time::Failure;

/// What a scan of the rows needs; shared by all scans of one pull.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) table: Table,
    /// Set once the inputs are open.
    pub(super) sources: OnceLock<Arc<Sources>>,
    pub(super) agents: Arc<AgentTexts>,
    pub(super) checks: Checks,
    pub(super) threads: usize,
    pub(super) spool: std::path::PathBuf,
    pub(super) memory_limit: usize,
    /// The first failure of ours; the engine passes only texts on.
    pub(super) failure: Failure,
    pub(super) scans: Mutex<Vec<Arc<Scan>>>,
}

/// One reading of the rows, with its own counts.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) counters: Arc<Counters>,
    pub(super) recorder: Recorder,
    pub(super) used: AtomicU64,
    pub(super) superseded: AtomicU64,
    pub(super) deleted: AtomicU64,
}

impl Shared {
    pub(super) fn start_scan(&self) -> Arc<Scan> {
        let scan = Arc::new(Scan {
            counters: Arc::default(),
            recorder: Recorder::new(&self.spool),
            used: AtomicU64::new(0),
            superseded: AtomicU64::new(0),
            deleted: AtomicU64::new(0),
        });
        lock(&self.scans).push(Arc::clone(&scan));
        scan
    }

    fn converter(&self, input: usize) -> Option<&InputConverter> {
        self.sources.get()?.inputs.get(input)
    }

    /// Keeps our own error for the end of the pull and stops the engine.
    pub(super) fn fail(&self, error: PullError) -> DataFusionError {
        let text = error.to_string();
        lock(&self.failure).get_or_insert(error);
        DataFusionError::Execution(text)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn count(counter: &AtomicU64, more: usize) {
    counter.fetch_add(u64::try_from(more).unwrap_or_default(), Ordering::Relaxed);
}

/// The table as the engine sees it.
#[derive(Debug)]
pub(super) struct RowsTable(pub(super) Arc<Shared>);

#[async_trait::async_trait]
impl TableProvider for RowsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0.table.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let scan = self.0.start_scan();
        let partitions = match &self.0.table.key {
            Some(key) => keyed::partitions(&self.0, &scan, key),
            None => streaming(&self.0, &scan),
        };
        let plan = StreamingTableExec::try_new(self.schema(), partitions, projection, None, false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// Without a key: one pass from the inputs to the query.
fn streaming(shared: &Arc<Shared>, scan: &Arc<Scan>) -> Vec<Arc<dyn PartitionStream>> {
    let reading = Arc::new(Reading { shared: Arc::clone(shared), scan: Arc::clone(scan), feed: Mutex::new(None) });
    let schema = Arc::clone(&shared.table.schema);
    (0..shared.threads)
        .map(|_| {
            let reading = Arc::clone(&reading);
            Partition::of(Arc::clone(&schema), move |_| {
                let reading = Arc::clone(&reading);
                reading.stream(|reading, raw, typed, _| reading.shared.clean(&reading.scan, raw, typed))
            })
        })
        .collect()
}

/// The inputs being read by the partitions of one scan.
pub(super) struct Reading {
    pub(super) shared: Arc<Shared>,
    pub(super) scan: Arc<Scan>,
    pub(super) feed: Mutex<Option<Arc<Feed>>>,
}

impl Reading {
    fn feed(&self) -> Arc<Feed> {
        let mut feed = lock(&self.feed);
        let feed = feed.get_or_insert_with(|| {
            let sources = self.shared.sources.get_or_init(Arc::default);
            Arc::new(Feed::start(sources, &self.scan.counters, self.shared.threads))
        });
        Arc::clone(feed)
    }

    /// Batches read, typed, and turned into what the next stage wants.
    pub(super) fn stream(
        self: Arc<Self>,
        finish: impl Fn(&Self, &RawBatch, TypedBatch, &InputConverter) -> Result<Option<RecordBatch>, PullError>
        + Send
        + Sync
        + 'static,
    ) -> impl futures::Stream<Item = EngineResult<RecordBatch>> + Send {
        let feed = self.feed();
        let start = (self, feed, Turn::default(), Scratch::default(), finish);
        stream::try_unfold(start, |(reading, feed, mut turn, mut scratch, finish)| async move {
            loop {
                let raw = feed.next(&mut turn).await.map_err(|error| reading.shared.fail(error))?;
                let Some(raw) = raw else { return Ok(None) };
                let batch = reading.batch(&raw, &mut scratch, &finish).map_err(|error| reading.shared.fail(error))?;
                if let Some(batch) = batch {
                    return Ok(Some((batch, (reading, feed, turn, scratch, finish))));
                }
            }
        })
    }

    fn batch(
        &self,
        raw: &RawBatch,
        scratch: &mut Scratch,
        finish: &impl Fn(&Self, &RawBatch, TypedBatch, &InputConverter) -> Result<Option<RecordBatch>, PullError>,
    ) -> Result<Option<RecordBatch>, PullError> {
        for reject in &raw.rejects {
            self.scan.recorder.row(reject)?;
        }
        let Some(converter) = self.shared.converter(raw.input) else { return Ok(None) };
        if raw.rows == 0 {
            return Ok(None);
        }
        let typed = converter.convert(raw, scratch)?;
        finish(self, raw, typed, converter)
    }
}

impl Shared {
    /// Sets aside rows with problems and those that fail a check; a batch without any passes untouched.
    fn clean(&self, scan: &Scan, raw: &RawBatch, typed: TypedBatch) -> Result<Option<RecordBatch>, PullError> {
        let TypedBatch { columns, problems } = typed;
        let mut gone = Gone::new(raw.rows);
        if let Some(converter) = self.converter(raw.input) {
            for problem in &problems {
                scan.recorder.row(&converter.aside(raw, problem, scan.recorder.keeps()))?;
                gone.add(problem.row);
            }
        }
        let batch = self.record_batch(columns, raw.rows)?;
        self.check(scan, batch, gone, &|row| raw.place_at(row)).map(Some)
    }

    pub(super) fn record_batch(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, PullError> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.table.schema), columns, &options)
            .map_err(|error| PullError::Query { file: "rows".to_owned(), what: error.to_string() })
    }

    /// Applies the checks and drops the rows that are gone.
    pub(super) fn check(
        &self,
        scan: &Scan,
        batch: RecordBatch,
        mut gone: Gone,
        place: &dyn Fn(usize) -> i64,
    ) -> Result<RecordBatch, PullError> {
        let mut batch = batch;
        if !self.checks.is_empty() {
            let broken = |error: DataFusionError| PullError::Query {
                file: "checks".to_owned(),
                what: super::engine::plain(&error),
            };
            let verdict = self.checks.judge(&batch, &|row| !gone.holds(row)).map_err(broken)?;
            if let Some(Verdict { rows, values, emptied }) = verdict {
                for (row, reason) in rows {
                    scan.recorder.row(&self.aside_of(scan, &batch, row, reason, place))?;
                    gone.add(row);
                }
                for (row, reason) in values {
                    scan.recorder.value(&self.aside_of(scan, &batch, row, reason, place))?;
                }
                if let Some(columns) = emptied {
                    batch = self.record_batch(columns, batch.num_rows())?;
                }
            }
        }
        let batch = gone.filter(batch)?;
        count(&scan.used, batch.num_rows());
        Ok(batch)
    }

    fn aside_of(
        &self,
        scan: &Scan,
        batch: &RecordBatch,
        row: usize,
        reason: String,
        place: &dyn Fn(usize) -> i64,
    ) -> Aside {
        if !scan.recorder.keeps() {
            return Aside { place: place(row), detail: String::new(), row: String::new(), reason };
        }
        let values = self.table.columns.iter().zip(batch.columns()).enumerate().map(|(at, (column, array))| {
            let text = text_at(array, row);
            let text = if at == self.table.agent { text.and_then(|id| self.agent_label(&id)) } else { text };
            (column.name.as_str(), text)
        });
        Aside { place: place(row), detail: reason.clone(), row: row_json(values), reason }
    }

    fn agent_label(&self, id: &str) -> Option<String> {
        self.agents.label(id.parse().ok()?)
    }
}

/// Rows of a batch that leave it.
pub(super) struct Gone {
    rows: usize,
    gone: Option<Vec<bool>>,
}

impl Gone {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, gone: None }
    }

    pub(super) fn add(&mut self, row: usize) {
        let gone = self.gone.get_or_insert_with(|| vec![false; self.rows]);
        if let Some(gone) = gone.get_mut(row) {
            *gone = true;
        }
    }

    pub(super) fn holds(&self, row: usize) -> bool {
        self.gone.as_ref().and_then(|gone| gone.get(row)).copied().unwrap_or(false)
    }

    fn filter(self, batch: RecordBatch) -> Result<RecordBatch, PullError> {
        let Some(gone) = self.gone else { return Ok(batch) };
        let stays: BooleanArray = gone.iter().map(|gone| Some(!gone)).collect();
        debug_assert_eq!(stays.null_count(), 0);
        filter_record_batch(&batch, &stays)
            .map_err(|error| PullError::Query { file: "rows".to_owned(), what: error.to_string() })
    }
}

type Open = dyn Fn(Arc<TaskContext>) -> SendableRecordBatchStream + Send + Sync;

/// A partition that is opened by a function.
pub(super) struct Partition {
    schema: SchemaRef,
    open: Box<Open>,
}

impl Partition {
    pub(super) fn of<S>(
        schema: SchemaRef,
        open: impl Fn(Arc<TaskContext>) -> S + Send + Sync + 'static,
    ) -> Arc<dyn PartitionStream>
    where
        S: futures::Stream<Item = EngineResult<RecordBatch>> + Send + 'static,
    {
        let of = Arc::clone(&schema);
        let open = Box::new(move |context| -> SendableRecordBatchStream {
            Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&of), open(context).boxed()))
        });
        Arc::new(Self { schema, open })
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partition").finish_non_exhaustive()
    }
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        (self.open)(context)
    }
}
