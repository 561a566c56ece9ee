//! Rows divided by key into buckets, on disk once they outgrow their share of memory.
//!
//! All rows of a key stand in one bucket, and a bucket is small enough to be looked at as a whole. Sorting would do as
//! well, but an external sort fails when its merge finds the memory taken; this cannot.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::CompressionType;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use datafusion::common::hash_utils::{QualityRandomState, create_hashes};
use datafusion::error::DataFusionError;

use crate::pull::PullError;

/// Number of buckets, a power of two.
pub(super) const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_BITS: u32 = 7;

/// The rows of a reading, by bucket.
#[derive(Debug)]
pub(super) struct Buckets {
    /// The key's columns.
    key: Vec<usize>,
    /// Bytes held in memory before they go to disk.
    budget: usize,
    folder: PathBuf,
    held: Mutex<Held>,
    spill: Mutex<Spill>,
    chunks: Mutex<Vec<Vec<Chunk>>>,
}

#[derive(Debug, Default)]
struct Held {
    batches: Vec<RecordBatch>,
    bytes: usize,
}

/// The file of rows that did not fit; deleted with this value.
#[derive(Debug, Default)]
struct Spill {
    file: Option<File>,
    written: u64,
}

/// Some rows of a bucket.
#[derive(Debug)]
pub(super) enum Chunk {
    Memory(RecordBatch),
    Disk { offset: u64, length: usize },
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error of the engine's arrays.
pub(super) fn broken(error: impl Into<DataFusionError>) -> PullError {
    PullError::Query { file: "rows".to_owned(), what: crate::pull::engine::plain(&error.into()) }
}

impl Buckets {
    pub(super) fn new(key: Vec<usize>, budget: usize, folder: &Path) -> Self {
        Self {
            key,
            budget,
            folder: folder.to_owned(),
            held: Mutex::default(),
            spill: Mutex::default(),
            chunks: Mutex::new((0..BUCKETS).map(|_| Vec::new()).collect()),
        }
    }

    /// Takes rows in; writes what is held once it outgrows the budget.
    pub(super) fn add(&self, batch: RecordBatch) -> Result<(), PullError> {
        let full = {
            let mut held = lock(&self.held);
            held.bytes += batch.get_array_memory_size();
            held.batches.push(batch);
            if held.bytes > self.budget { std::mem::take(&mut *held).batches } else { Vec::new() }
        };
        for (bucket, rows) in self.split(&full)? {
            let chunk = self.write(&rows)?;
            self.put(bucket, chunk);
        }
        Ok(())
    }

    /// Divides what is still held; it stays in memory.
    pub(super) fn finish(&self) -> Result<(), PullError> {
        let rest = std::mem::take(&mut *lock(&self.held)).batches;
        for (bucket, rows) in self.split(&rest)? {
            self.put(bucket, Chunk::Memory(rows));
        }
        Ok(())
    }

    fn put(&self, bucket: usize, chunk: Chunk) {
        if let Some(chunks) = lock(&self.chunks).get_mut(bucket) {
            chunks.push(chunk);
        }
    }

    /// The rows of each bucket that has any.
    fn split(&self, batches: &[RecordBatch]) -> Result<Vec<(usize, RecordBatch)>, PullError> {
        let mut rows: Vec<Vec<(usize, usize)>> = vec![Vec::new(); BUCKETS];
        let state = QualityRandomState::with_seed(1);
        for (nth, batch) in batches.iter().enumerate() {
            let mut hashes = vec![0; batch.num_rows()];
            let key = self.key.iter().filter_map(|at| batch.columns().get(*at));
            create_hashes(key, &state, &mut hashes).map_err(broken)?;
            for (row, hash) in hashes.iter().enumerate() {
                let bucket = usize::try_from(hash >> (u64::BITS - BUCKET_BITS)).unwrap_or_default();
                if let Some(rows) = rows.get_mut(bucket) {
                    rows.push((nth, row));
                }
            }
        }
        let all: Vec<&RecordBatch> = batches.iter().collect();
        rows.iter()
            .enumerate()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(bucket, rows)| Ok((bucket, interleave_record_batch(&all, rows).map_err(broken)?)))
            .collect()
    }

    fn write(&self, rows: &RecordBatch) -> Result<Chunk, PullError> {
        let bytes = encoded(&compact(rows).map_err(broken)?).map_err(broken)?;
        self.append(&bytes).map_err(|source| PullError::Spool { path: self.folder.clone(), source })
    }

    fn append(&self, bytes: &[u8]) -> io::Result<Chunk> {
        let mut spill = lock(&self.spill);
        let offset = spill.written;
        let file = match &mut spill.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        spill.written += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(Chunk::Disk { offset, length: bytes.len() })
    }

    /// The chunks of a bucket, once.
    pub(super) fn take(&self, bucket: usize) -> Vec<Chunk> {
        lock(&self.chunks).get_mut(bucket).map(std::mem::take).unwrap_or_default()
    }

    /// The rows of a chunk.
    pub(super) fn rows(&self, chunk: Chunk) -> Result<Vec<RecordBatch>, PullError> {
        match chunk {
            Chunk::Memory(rows) => Ok(vec![rows]),
            Chunk::Disk { offset, length } => {
                let bytes = self
                    .read(offset, length)
                    .map_err(|source| PullError::Spool { path: self.folder.clone(), source })?;
                let reader = StreamReader::try_new(Cursor::new(bytes), None).map_err(broken)?;
                reader.collect::<Result<_, _>>().map_err(broken)
            }
        }
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        if let Some(file) = &mut lock(&self.spill).file {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(&mut bytes)?;
        }
        Ok(bytes)
    }
}

fn encoded(rows: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &rows.schema(), options)?;
    writer.write(rows)?;
    writer.into_inner()
}

/// Rows whose texts hold no more than themselves: views share the buffers of the batches they came from.
pub(super) fn compact(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = rows.columns().iter().map(|column| match column.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()) as ArrayRef,
        None => Arc::clone(column),
    });
    RecordBatch::try_new(rows.schema(), columns.collect())
}
