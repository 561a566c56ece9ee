//! Inputs → raw batches: texts or typed values, as the input has them, with the place of every row.

mod builder;
mod delimited;
mod feed;
mod files;
mod json;
mod json_lines;
mod parquet;
mod query;
mod sources;
mod workbook;

use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::ArrayRef;

pub(super) use feed::{Feed, Turn};
pub(super) use json::{elements, pointer, text as json_text};
pub(super) use sources::{Sources, prepare};
pub(super) use workbook::{all_rows as workbook_rows, rows_in as workbook_rows_in};

use super::convert::problem::Problem;
use super::request::Progress;
use super::set_aside::Aside;

/// Rows a batch holds at most.
pub(super) const BATCH_ROWS: usize = 8192;

/// Rows of one file as they came.
#[derive(Debug)]
pub(super) struct RawBatch {
    /// Which input's conversions apply.
    pub(super) input: usize,
    pub(super) place: Places,
    /// One array a column of the typed table, in its order, all of `rows` values.
    pub(super) columns: Vec<ArrayRef>,
    pub(super) rows: usize,
    /// Values that could not even be read; they are empty in `columns`.
    pub(super) faults: Vec<Problem>,
    /// Records that could not be read as rows.
    pub(super) rejects: Vec<Aside>,
}

/// Where a batch's rows stand.
#[derive(Debug)]
pub(super) enum Places {
    /// Consecutive rows of one file, from this line.
    Following { file: u32, first: u64 },
    /// Packed places, one a row.
    Each(Vec<i64>),
}

impl RawBatch {
    /// The packed place of a row: its place in reading order.
    pub(super) fn place_at(&self, row: usize) -> i64 {
        use super::set_aside::Place;
        match &self.place {
            Places::Following { file, first } => {
                Place { file: *file, line: first.saturating_add(u64::try_from(row).unwrap_or_default()) }.pack()
            }
            Places::Each(places) => places.get(row).copied().unwrap_or_default(),
        }
    }
}

/// What a scan has read so far.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) rows: AtomicU64,
    pub(super) bytes: AtomicU64,
}

impl Counters {
    pub(super) fn add_rows(&self, rows: usize) {
        self.rows.fetch_add(u64::try_from(rows).unwrap_or_default(), Ordering::Relaxed);
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn progress(&self, total_bytes: Option<u64>) -> Progress {
        Progress { rows: self.rows.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed), total_bytes }
    }
}
