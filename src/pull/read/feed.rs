//! One reading of all inputs, shared by the partitions of a scan: each takes the next batch there is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use super::parquet::{Group, GroupReader};
use super::sources::Kind;
use super::{Counters, RawBatch, Sources};
use crate::pull::PullError;

/// Batches of one reading.
pub(crate) struct Feed {
    groups: Mutex<VecDeque<Group>>,
    batches: tokio::sync::Mutex<Receiver<Result<RawBatch, PullError>>>,
    readers: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
    counters: Arc<Counters>,
}

/// What a partition is in the middle of.
#[derive(Default)]
pub(crate) struct Turn {
    group: Option<GroupReader>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Feed {
    /// Starts reading, with at most `threads` readers of text at a time.
    pub(crate) fn start(sources: &Arc<Sources>, counters: &Arc<Counters>, threads: usize) -> Self {
        let (sender, receiver) = mpsc::channel(threads * 2);
        let mut groups = VecDeque::new();
        let mut texts = VecDeque::new();
        let mut readers = Vec::new();
        for (at, file) in sources.files.iter().enumerate() {
            match &file.kind {
                Kind::Parquet(parquet) => groups.extend(parquet.groups()),
                Kind::Query(_) => readers.push(spawn_query(sources, at, counters, sender.clone())),
                _ => texts.push_back(at),
            }
        }
        let threads = threads.min(texts.len());
        let texts = Arc::new(Mutex::new(texts));
        for _ in 0..threads {
            readers.push(spawn_texts(sources, &texts, counters, sender.clone()));
        }
        Self {
            groups: Mutex::new(groups),
            batches: tokio::sync::Mutex::new(receiver),
            readers: tokio::sync::Mutex::new(readers),
            counters: Arc::clone(counters),
        }
    }

    /// The next batch; `None` when everything has been read.
    pub(crate) async fn next(&self, turn: &mut Turn) -> Result<Option<RawBatch>, PullError> {
        loop {
            if let Some(group) = &mut turn.group {
                if let Some(batch) = group.next(&self.counters).await? {
                    return Ok(Some(batch));
                }
                turn.group = None;
            }
            let next = lock(&self.groups).pop_front();
            let Some(group) = next else { break };
            turn.group = Some(group.open()?);
        }
        let received = self.batches.lock().await.recv().await;
        match received {
            Some(batch) => batch.map(Some),
            None => self.check_readers().await.map(|()| None),
        }
    }

    /// A reader that broke down must not pass for one that came to its end.
    async fn check_readers(&self) -> Result<(), PullError> {
        for reader in self.readers.lock().await.drain(..) {
            reader.await.map_err(|error| PullError::Input {
                file: "reader".to_owned(),
                what: format!("a reader broke down ({error}); please report this with the input"),
            })?;
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn_query(
    sources: &Arc<Sources>,
    at: usize,
    counters: &Arc<Counters>,
    sender: Sender<Result<RawBatch, PullError>>,
) -> JoinHandle<()> {
    let (sources, counters) = (Arc::clone(sources), Arc::clone(counters));
    tokio::spawn(async move {
        if let Some(file) = sources.files.get(at)
            && let Kind::Query(query) = &file.kind
        {
            query.read(file.input, file.number, &counters, sender).await;
        }
    })
}

fn spawn_texts(
    sources: &Arc<Sources>,
    texts: &Arc<Mutex<VecDeque<usize>>>,
    counters: &Arc<Counters>,
    sender: Sender<Result<RawBatch, PullError>>,
) -> JoinHandle<()> {
    let (sources, texts, counters) = (Arc::clone(sources), Arc::clone(texts), Arc::clone(counters));
    tokio::task::spawn_blocking(move || {
        loop {
            let next = lock(&texts).pop_front();
            let Some(file) = next.and_then(|at| sources.files.get(at)) else { return };
            let mut wanted = true;
            let mut sink = |batch| {
                wanted = sender.blocking_send(batch).is_ok();
                wanted
            };
            match &file.kind {
                Kind::Delimited(text) => text.read(file.input, file.number, &counters, &mut sink),
                Kind::JsonLines(text) => text.read(file.input, file.number, &counters, &mut sink),
                Kind::Workbook(book) => book.read(file.input, file.number, &counters, &mut sink),
                Kind::Parquet(_) | Kind::Query(_) => {}
            }
            if !wanted {
                return;
            }
        }
    })
}
