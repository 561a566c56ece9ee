//! Long use cases that can be told to stop: they end with `AppError::Stopped` where nothing half done is left.

use tokio::sync::watch;

use super::super::{App, AppError};

/// Says when to stop; never, by default.
#[derive(Clone, Default)]
pub(in crate::app) struct Stop(Option<watch::Receiver<bool>>);

impl App {
    /// The same, which stops when it is told.
    #[must_use]
    pub(super) fn stopping_when(mut self, told: watch::Receiver<bool>) -> Self {
        self.stop = Stop(Some(told));
        self
    }

    /// Goes on unless it was told to stop.
    pub(in crate::app) fn go_on(&self) -> Result<(), AppError> {
        match &self.stop.0 {
            Some(told) if *told.borrow() => Err(AppError::Stopped),
            _ => Ok(()),
        }
    }

    /// Does the work, which is dropped where it stands when it is told to stop. Only for what leaves nothing half done then.
    pub(in crate::app) async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let Some(mut told) = self.stop.0.clone() else { return work.await };
        tokio::select! {
            done = work => done,
            // An error says that nobody is left who could tell.
            Ok(_) = told.wait_for(|told| *told) => Err(AppError::Stopped),
        }
    }
}
