//! Readings go into the log before their answer leaves. Whatever waits while a transaction is under way goes into the next one together, so
//! that many readers cost few commits.

use tokio::sync::{mpsc, oneshot};

use super::super::AppError;
use crate::domain::audit::Record;
use crate::store::Store;

/// Records of one transaction at most.
const MOST: usize = 512;
/// Records that may wait; who comes when it is full waits to get in.
const WAITING: usize = 4_096;

/// A record, and who waits for it to be kept.
struct Waiting {
    record: Record,
    kept: oneshot::Sender<Result<(), String>>,
}

/// Takes records in, and says when they are kept. Its task ends with the last copy of it.
pub(in crate::app) struct ReadLog {
    waiting: mpsc::Sender<Waiting>,
}

impl ReadLog {
    /// Begins to write to `store`.
    pub(in crate::app) fn start(store: Store) -> Self {
        let (waiting, taken) = mpsc::channel(WAITING);
        tokio::spawn(write(store, taken));
        Self { waiting }
    }

    /// Waits until the record is kept. Errors: `Unrecorded`.
    pub(in crate::app) async fn keep(&self, record: Record) -> Result<(), AppError> {
        let (kept, answer) = oneshot::channel();
        let stopped = || AppError::Unrecorded("Merit is stopping".to_owned());
        self.waiting.send(Waiting { record, kept }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?.map_err(AppError::Unrecorded)
    }
}

async fn write(store: Store, mut taken: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(MOST);
    while taken.recv_many(&mut group, MOST).await > 0 {
        let (records, waiting): (Vec<Record>, Vec<_>) =
            group.drain(..).map(|Waiting { record, kept }| (record, kept)).unzip();
        let outcome = store.append_audit(&records).await.map_err(|error| error.to_string());
        if let Err(error) = &outcome {
            tracing::error!(%error, readers = waiting.len(), "the audit log cannot be written: nothing is shown");
        }
        for kept in waiting {
            // Who has gone meanwhile was shown nothing; the record stays.
            let _ = kept.send(outcome.clone());
        }
    }
}
