//! Parquet: row groups read side by side, only the declared columns.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use datafusion::arrow::array::{ArrayRef, NullArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::arrow::async_reader::{
    AsyncFileReader, ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder,
};
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::ParquetMetaData;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

use super::builder::Mapping;
use super::delimited::map_columns;
use super::files::open;
use super::{BATCH_ROWS, Counters, Places, RawBatch};
use crate::pull::PullError;
use crate::pull::columns::InputColumn;
use crate::rules::source::ColumnType;

/// A Parquet file whose footer has been read.
#[derive(Debug)]
pub(crate) struct ParquetFile {
    path: PathBuf,
    label: String,
    metadata: ArrowReaderMetadata,
    /// Declared columns as positions in the file's schema.
    mapping: Mapping<usize>,
    input: usize,
    number: u32,
    size: u64,
}

/// One row group to be read.
#[derive(Debug)]
pub(super) struct Group {
    file: Arc<ParquetFile>,
    nth: usize,
    /// Rows of the file before this group.
    before: u64,
}

/// A row group being read.
pub(super) struct GroupReader {
    file: Arc<ParquetFile>,
    stream: ParquetRecordBatchStream<LocalFile>,
    /// Position of each field in the batches read.
    order: Vec<usize>,
    next_row: u64,
    bytes: u64,
}

impl ParquetFile {
    /// Reads the footer and finds the columns.
    pub(super) fn prepare(
        path: &Path,
        label: &str,
        columns: &[InputColumn],
        input: usize,
        number: u32,
    ) -> Result<Self, PullError> {
        let (file, size) = open(path, label)?;
        let refuse = |what: String| PullError::Input { file: label.to_owned(), what };
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| refuse(damaged(&error)))?;
        let names: Vec<String> = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mapping = map_columns(&names, columns).map_err(refuse)?;
        for (column, field) in columns.iter().zip(&mapping.columns) {
            let field =
                field.and_then(|field| mapping.fields.get(field)).and_then(|at| metadata.schema().fields().get(*at));
            if let Some(field) = field.filter(|field| field.data_type().is_nested()) {
                return Err(refuse(format!(
                    "column \"{}\" holds {}, not single values; flatten it in the export",
                    column.from,
                    field.data_type()
                )));
            }
        }
        let schema = hinted(metadata.schema(), columns, &mapping);
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)
            .map_err(|error| refuse(damaged(&error)))?;
        Ok(Self { path: path.to_owned(), label: label.to_owned(), metadata, mapping, input, number, size })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The file's row groups in order.
    pub(super) fn groups(self: &Arc<Self>) -> Vec<Group> {
        let mut before = 0;
        let mut groups = Vec::new();
        for (nth, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            groups.push(Group { file: Arc::clone(self), nth, before });
            before += u64::try_from(group.num_rows()).unwrap_or_default();
        }
        groups
    }

    fn refuse(&self, error: &ParquetError) -> PullError {
        PullError::Input { file: self.label.clone(), what: damaged(error) }
    }
}

fn damaged(error: &ParquetError) -> String {
    format!("truncated or damaged Parquet ({error}); export or copy it again")
}

/// A file whose byte ranges are read in one go, away from the threads that compute.
struct LocalFile {
    file: Arc<Mutex<File>>,
    metadata: Arc<ParquetMetaData>,
}

impl AsyncFileReader for LocalFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            let read = self.get_byte_ranges(vec![range]).await?;
            read.into_iter().next().ok_or_else(|| ParquetError::General("nothing was read".to_owned()))
        }
        .boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        let file = Arc::clone(&self.file);
        async move {
            let read = tokio::task::spawn_blocking(move || {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                ranges.into_iter().map(|range| read_range(&mut file, &range)).collect::<std::io::Result<_>>()
            });
            let read = read.await.map_err(|error| ParquetError::External(Box::new(error)))?;
            Ok(read?)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        std::future::ready(Ok(Arc::clone(&self.metadata))).boxed()
    }
}

fn read_range(file: &mut File, range: &Range<u64>) -> std::io::Result<Bytes> {
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.seek(SeekFrom::Start(range.start))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// The file's schema with texts as the engine likes them, and the agents' texts as a dictionary: each is looked up once.
fn hinted(schema: &Schema, columns: &[InputColumn], mapping: &Mapping<usize>) -> Schema {
    let kind_of = |at: usize, kind: ColumnType| {
        columns.iter().zip(&mapping.columns).any(|(column, field)| {
            column.spec.kind == kind && field.and_then(|field| mapping.fields.get(field)) == Some(&at)
        })
    };
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let field = field.as_ref().clone();
            if !matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
                field
            } else if kind_of(at, ColumnType::Agent) {
                field.with_data_type(DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)))
            } else if mapping.fields.contains(&at) {
                field.with_data_type(DataType::Utf8View)
            } else {
                field
            }
        })
        .collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

impl Group {
    pub(super) fn open(self) -> Result<GroupReader, PullError> {
        let Self { file, nth, before } = self;
        let (opened, _) = open(&file.path, &file.label)?;
        let opened = LocalFile { file: Arc::new(Mutex::new(opened)), metadata: Arc::clone(file.metadata.metadata()) };
        let parquet = file.metadata.parquet_schema();
        let mask = ProjectionMask::roots(parquet, file.mapping.fields.iter().copied());
        let bytes = file.metadata.metadata().row_groups().get(nth).map_or(0, |group| group.compressed_size());
        let stream = ParquetRecordBatchStreamBuilder::new_with_metadata(opened, file.metadata.clone())
            .with_row_groups(vec![nth])
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| file.refuse(&error))?;
        let mut in_file_order = file.mapping.fields.clone();
        in_file_order.sort_unstable();
        let order = file
            .mapping
            .fields
            .iter()
            .map(|at| in_file_order.iter().position(|other| other == at).unwrap_or_default())
            .collect();
        Ok(GroupReader { file, stream, order, next_row: before, bytes: u64::try_from(bytes).unwrap_or_default() })
    }
}

impl GroupReader {
    /// The next rows; `None` at the group's end.
    pub(super) async fn next(&mut self, counters: &Counters) -> Result<Option<RawBatch>, PullError> {
        let Some(batch) = self.stream.next().await else {
            counters.add_bytes(self.bytes);
            return Ok(None);
        };
        let batch = batch.map_err(|error| self.file.refuse(&error))?;
        let rows = batch.num_rows();
        let columns = self.file.mapping.columns.iter().map(|field| -> ArrayRef {
            let array = field.and_then(|field| self.order.get(field)).and_then(|at| batch.columns().get(*at));
            array.map_or_else(|| Arc::new(NullArray::new(rows)) as ArrayRef, Arc::clone)
        });
        let place = Places::Following { file: self.file.number, first: self.next_row + 1 };
        self.next_row += u64::try_from(rows).unwrap_or_default();
        counters.add_rows(rows);
        Ok(Some(RawBatch {
            input: self.file.input,
            place,
            columns: columns.collect(),
            rows,
            faults: Vec::new(),
            rejects: Vec::new(),
        }))
    }
}
