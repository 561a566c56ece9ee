//! Rows that could not be used: counted by reason, the first 100,000 kept with place and text.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::PullError;

/// Rows kept with their text; further ones are only counted.
pub(super) const KEPT: usize = 100_000;

/// What a pull set aside.
#[derive(Debug, Default)]
pub struct SetAside {
    /// Reasons, without the offending values, and how many rows (or values) each cost.
    pub by_reason: BTreeMap<String, u64>,
    /// Whole rows set aside.
    pub rows: u64,
    /// Values emptied by a check that names its columns; their rows were used.
    pub values: u64,
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    spool: File,
    /// Place in reading order, offset in the spool, length.
    index: Vec<(i64, u64, usize)>,
    files: Arc<[String]>,
}

/// One row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideRow {
    /// The file, address or input it came from.
    pub file: String,
    /// Its line, or its number among the records, from 1.
    pub line: u64,
    /// The reason it is counted under.
    pub reason: String,
    /// The reason with the offending value.
    pub detail: String,
    /// The row as a JSON object of columns and values.
    pub row: String,
}

impl SetAside {
    /// The rows kept (at most 100,000), in reading order.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<SetAsideRow>> {
        let kept = self.kept.as_ref();
        kept.into_iter().flat_map(|kept| kept.index.iter().map(|entry| kept.read(*entry)))
    }
}

impl Kept {
    fn read(&self, (place, offset, length): (i64, u64, usize)) -> io::Result<SetAsideRow> {
        let mut spool = &self.spool;
        spool.seek(SeekFrom::Start(offset))?;
        let mut text = String::with_capacity(length);
        BufReader::new(spool.take(u64::try_from(length).unwrap_or(u64::MAX))).read_line(&mut text)?;
        let Aside { reason, detail, row, .. } = serde_json::from_str(&text)?;
        let Place { file, line } = Place::unpack(place);
        let file = usize::try_from(file).ok().and_then(|file| self.files.get(file)).cloned().unwrap_or_default();
        Ok(SetAsideRow { file, line, reason, detail, row })
    }
}

/// Where a row stands: the file's number in reading order, and the line in it. Packed, places sort in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: u32,
    pub(super) line: u64,
}

impl Place {
    const LINE_BITS: u32 = 40;

    pub(super) fn pack(self) -> i64 {
        let line = i64::try_from(self.line).unwrap_or(i64::MAX).min((1 << Self::LINE_BITS) - 1);
        (i64::from(self.file) << Self::LINE_BITS) | line
    }

    pub(super) fn unpack(packed: i64) -> Self {
        let line = packed & ((1 << Self::LINE_BITS) - 1);
        Self {
            file: u32::try_from(packed >> Self::LINE_BITS).unwrap_or_default(),
            line: u64::try_from(line).unwrap_or_default(),
        }
    }
}

/// One row to set aside.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Aside {
    #[serde(rename = "p")]
    pub(super) place: i64,
    #[serde(rename = "r")]
    pub(super) reason: String,
    #[serde(rename = "d")]
    pub(super) detail: String,
    #[serde(rename = "w")]
    pub(super) row: String,
}

/// Collects the rows of one scan that are set aside.
#[derive(Debug)]
pub(super) struct Recorder {
    folder: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_reason: BTreeMap<String, u64>,
    rows: u64,
    values: u64,
    spool: Option<BufWriter<File>>,
    written: u64,
    index: Vec<(i64, u64, usize)>,
}

impl Recorder {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether texts of further rows are still kept.
    pub(super) fn keeps(&self) -> bool {
        self.lock().index.len() < KEPT
    }

    /// Sets a whole row aside.
    pub(super) fn row(&self, aside: &Aside) -> Result<(), PullError> {
        let mut inner = self.lock();
        inner.rows += 1;
        self.keep(&mut inner, aside)
    }

    /// Records a value that was emptied.
    pub(super) fn value(&self, aside: &Aside) -> Result<(), PullError> {
        let mut inner = self.lock();
        inner.values += 1;
        self.keep(&mut inner, aside)
    }

    fn keep(&self, inner: &mut Inner, aside: &Aside) -> Result<(), PullError> {
        match inner.by_reason.get_mut(&aside.reason) {
            Some(count) => *count += 1,
            None => {
                inner.by_reason.insert(aside.reason.clone(), 1);
            }
        }
        if inner.index.len() >= KEPT {
            return Ok(());
        }
        self.write(inner, aside).map_err(|source| PullError::Spool { path: self.folder.clone(), source })
    }

    fn write(&self, inner: &mut Inner, aside: &Aside) -> io::Result<()> {
        let mut line = serde_json::to_vec(aside)?;
        line.push(b'\n');
        let spool = match &mut inner.spool {
            Some(spool) => spool,
            none => none.insert(BufWriter::new(tempfile::tempfile_in(&self.folder)?)),
        };
        spool.write_all(&line)?;
        inner.index.push((aside.place, inner.written, line.len()));
        inner.written += u64::try_from(line.len()).unwrap_or_default();
        Ok(())
    }

    /// What was set aside; `files` names the files by number.
    pub(super) fn finish(&self, files: Arc<[String]>) -> Result<SetAside, PullError> {
        let Inner { by_reason, rows, values, spool, mut index, .. } = std::mem::take(&mut *self.lock());
        index.sort_unstable();
        let kept = match spool {
            Some(spool) => {
                let spool = spool
                    .into_inner()
                    .map_err(|error| PullError::Spool { path: self.folder.clone(), source: error.into_error() })?;
                Some(Kept { spool, index, files })
            }
            None => None,
        };
        Ok(SetAside { by_reason, rows, values, kept })
    }
}
