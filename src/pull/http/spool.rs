//! Pages on disk, and a journal of how far they go.
//!
//! Each page's records are on disk before the journal names it; what lies beyond the journal is cut off when a pull goes on.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::paging::{Next, Page};
use super::short_hash;
use crate::pull::PullError;

/// Pages older than this are fetched anew.
const FRESH: TimeDelta = TimeDelta::hours(6);

#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    records_path: PathBuf,
    journal_path: PathBuf,
    records: File,
    journal: File,
    /// Held while this spool is in use.
    _lock: File,
    pages: u32,
    bytes: u64,
    /// `None` before the first page; then the page to ask for, if any.
    next: Option<Option<Next>>,
    asked: BTreeSet<String>,
    last_page: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    begun: DateTime<Utc>,
}

/// A line of the journal: a page that is on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    page: u32,
    /// Length of the records' file with this page.
    bytes: u64,
    /// Hash of the page's records.
    hash: String,
    next: Option<Next>,
}

impl Spool {
    /// Opens the spool `name` of an input, with the pages an earlier pull left if they are still fresh.
    pub(super) fn open(folder: &Path, input: &str, name: &str, now: DateTime<Utc>) -> Result<Self, PullError> {
        let failed = |source| PullError::Spool { path: folder.to_owned(), source };
        let lock = owned(&folder.join(format!("{input}.lock"))).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let what = "another pull of this source is running; wait for it to end".to_owned();
                return Err(PullError::Input { file: input.to_owned(), what });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        remove_stale(folder, &format!("{input}."), now).map_err(failed)?;
        let records_path = folder.join(format!("{input}.{name}.pages"));
        let journal_path = folder.join(format!("{input}.{name}.journal"));
        let mut spool = Self {
            records: owned(&records_path).map_err(failed)?,
            journal: owned(&journal_path).map_err(failed)?,
            folder: folder.to_owned(),
            records_path,
            journal_path,
            _lock: lock,
            pages: 0,
            bytes: 0,
            next: None,
            asked: BTreeSet::new(),
            last_page: None,
        };
        if !spool.take_up(now).map_err(failed)? {
            spool.start_over(now)?;
        }
        Ok(spool)
    }

    /// Takes up what the journal tells. Returns whether it does.
    fn take_up(&mut self, now: DateTime<Utc>) -> io::Result<bool> {
        let text = fs::read(&self.journal_path)?;
        // A line without its end was cut while it was written.
        let mut lines = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let begun: Option<Begun> = lines.next().and_then(|line| serde_json::from_slice(line).ok());
        let Some(Begun { begun }) = begun else { return Ok(false) };
        let on_disk = self.records.metadata()?.len();
        if !is_fresh(begun, now) {
            return Ok(false);
        }
        let mut journal_length = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        for line in lines {
            let Ok(entry) = serde_json::from_slice::<Entry>(line) else { break };
            if entry.bytes > on_disk {
                break;
            }
            journal_length += line.len();
            self.note(entry);
        }
        let journal_length = u64::try_from(journal_length).unwrap_or_default();
        self.records.set_len(self.bytes)?;
        self.journal.set_len(journal_length)?;
        self.records.seek(SeekFrom::End(0))?;
        self.journal.seek(SeekFrom::End(0))?;
        Ok(true)
    }

    /// Forgets every page.
    pub(super) fn start_over(&mut self, now: DateTime<Utc>) -> Result<(), PullError> {
        (self.pages, self.bytes, self.next, self.last_page) = (0, 0, None, None);
        self.asked.clear();
        self.begin(now).map_err(|source| self.failed(source))
    }

    fn begin(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.records.set_len(0)?;
        self.records.seek(SeekFrom::Start(0))?;
        self.journal.set_len(0)?;
        self.journal.seek(SeekFrom::Start(0))?;
        write_line(&mut self.journal, &Begun { begun: now })
    }

    fn failed(&self, source: io::Error) -> PullError {
        PullError::Spool { path: self.folder.clone(), source }
    }

    fn note(&mut self, entry: Entry) {
        let Entry { page, bytes, hash, next } = entry;
        (self.pages, self.bytes, self.last_page) = (page, bytes, Some(hash));
        self.asked.extend(next.as_ref().map(fingerprint));
        self.next = Some(next);
    }

    /// The page to ask for: `first` in the beginning, none at the end.
    pub(super) fn next(&self, first: &Next) -> Option<Next> {
        self.next.clone().unwrap_or_else(|| Some(first.clone()))
    }

    /// Why going on would turn in a circle, if it would.
    pub(super) fn repeats(&self, following: &Next, page: &Page<'_>) -> Option<String> {
        if self.asked.contains(&fingerprint(following)) {
            return Some(match following {
                Next::Link(_) => "it leads to a page that came before; the API's links turn in a circle".to_owned(),
                _ => "its cursor came before; the API's pages turn in a circle".to_owned(),
            });
        }
        let same = matches!(following, Next::Page(_)) && self.last_page.as_deref() == Some(&hash_of(page));
        same.then(|| {
            format!("it is the same as page {}; does the API know the parameter that numbers pages?", self.pages)
        })
    }

    /// Keeps a page; after it comes `following`.
    pub(super) fn append(&mut self, page: &Page<'_>, following: Option<&Next>) -> Result<(), PullError> {
        let number = self.pages + 1;
        let mut text = Vec::new();
        for (index, record) in (1_u64..).zip(&page.records) {
            // JSON's own line breaks are blanks; those in texts are escaped.
            let record = record.get().replace(['\n', '\r'], " ");
            text.extend_from_slice(format!("[{number},{index},{record}]\n").as_bytes());
        }
        let bytes = self.bytes + u64::try_from(text.len()).unwrap_or_default();
        let entry = Entry { page: number, bytes, hash: hash_of(page), next: following.cloned() };
        self.write(&text, &entry).map_err(|source| self.failed(source))?;
        self.note(entry);
        Ok(())
    }

    fn write(&mut self, text: &[u8], entry: &Entry) -> io::Result<()> {
        self.records.write_all(text)?;
        self.records.sync_data()?;
        write_line(&mut self.journal, entry)?;
        self.journal.sync_data()
    }

    pub(super) fn path(&self) -> &Path {
        &self.records_path
    }

    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Deletes the files of a spool that is no longer needed.
    pub(super) fn remove(&self) {
        for path in [&self.journal_path, &self.records_path] {
            if let Err(error) = fs::remove_file(path) {
                tracing::warn!(path = %path.display(), %error, "a spool file could not be deleted");
            }
        }
    }
}

fn is_fresh(begun: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    begun <= now && now - begun <= FRESH
}

/// A file only its owner may read, kept as it is.
fn owned(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn write_line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// Deletes what pulls that were cut long ago left of this input.
fn remove_stale(folder: &Path, prefix: &str, now: DateTime<Utc>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix));
        if !named || path.extension().is_none_or(|ending| ending != "journal") {
            continue;
        }
        let mut first = String::new();
        BufReader::new(File::open(&path)?).read_line(&mut first)?;
        let begun: Option<Begun> = serde_json::from_str(&first).ok();
        if !begun.is_some_and(|Begun { begun }| is_fresh(begun, now)) {
            fs::remove_file(&path)?;
            let records = path.with_extension("pages");
            if records.exists() {
                fs::remove_file(records)?;
            }
        }
    }
    Ok(())
}

fn fingerprint(next: &Next) -> String {
    let mut hash = Sha256::new();
    match next {
        Next::First => {}
        Next::Cursor(text) | Next::Link(text) => hash.update(text),
        Next::Page(number) => hash.update(number.to_be_bytes()),
    }
    short_hash(hash)
}

fn hash_of(page: &Page<'_>) -> String {
    let mut hash = Sha256::new();
    for record in &page.records {
        hash.update(record.get());
        hash.update([0]);
    }
    short_hash(hash)
}
