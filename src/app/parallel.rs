//! Two ways to use the machine whole: every core on a chunk, and writing one chunk while the next is read and assessed.

use std::thread;

use tokio::task::JoinHandle;

use super::AppError;
use crate::store::StoreError;

/// `work` on every item, in order, on all cores. The first error ends it.
pub(super) fn on_all_cores<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, AppError> + Sync,
) -> Result<Vec<R>, AppError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> = items
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Result<Vec<R>, AppError>>()))
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            all.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

/// `add` on every item, on all cores, each into its own part; the parts in order. The first error ends it.
pub(super) fn parts_on_all_cores<T: Sync, P: Default + Send>(
    items: &[T],
    add: impl Fn(&mut P, &T) -> Result<(), AppError> + Sync,
) -> Result<Vec<P>, AppError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let shares: Vec<&[T]> = items.chunks(items.len().div_ceil(cores).max(1)).collect();
    on_all_cores(&shares, |share| {
        let mut part = P::default();
        share.iter().try_for_each(|item| add(&mut part, item))?;
        Ok(part)
    })
}

/// At most one chunk being written in the background.
#[derive(Default)]
pub(super) struct Writing(Option<JoinHandle<Result<(), StoreError>>>);

impl Writing {
    /// Waits for the chunk before, then begins with this one.
    pub(super) async fn next(
        &mut self,
        write: impl Future<Output = Result<(), StoreError>> + Send + 'static,
    ) -> Result<(), AppError> {
        self.end().await?;
        self.0 = Some(tokio::spawn(write));
        Ok(())
    }

    /// Waits for the last chunk.
    pub(super) async fn end(&mut self) -> Result<(), AppError> {
        match self.0.take() {
            None => Ok(()),
            Some(writing) => match writing.await {
                Ok(written) => Ok(written?),
                Err(stopped) => match stopped.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(cancelled) => Err(AppError::refused(format!("writing was cancelled: {cancelled}"))),
                },
            },
        }
    }
}
