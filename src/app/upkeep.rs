//! Upkeep: jobs and notices that ended long ago, and files whose time is over, are cleared away. What they were about stays in the audit log.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::store::{Cleared, Ended};

/// How often a server clears away.
const EVERY: Duration = Duration::from_secs(3_600);

/// How long files of the roster that people uploaded are kept.
pub(super) const UPLOADS: TimeDelta = TimeDelta::hours(1);

/// How long things are kept once they have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Of jobs and notices.
    pub days: u32,
    /// Of files that exports made.
    pub file_days: u32,
}

impl Retention {
    /// As without settings.
    pub const USUAL: Self = Self { days: 90, file_days: 7 };
}

impl App {
    /// Clears away what has been kept long enough; says how much.
    pub async fn clear_away(&self, keep: Retention) -> Result<Cleared, AppError> {
        self.require(Act::Maintain)?;
        let now = self.clock.now();
        let ago = |time| now.checked_sub_signed(time).unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
        let before = |days: u32| ago(TimeDelta::days(days.into()));
        let ended = before(keep.days);
        let ended = Ended {
            jobs_before: ended,
            notices_before: ended,
            files_before: before(keep.file_days),
            uploads_before: ago(UPLOADS),
        };
        let change = Change::new("upkeep.clear", "database", "ended").detail(format_args!(
            "ended_before={} files_before={}",
            ended.jobs_before.format("%Y-%m-%dT%H:%M:%SZ"),
            ended.files_before.format("%Y-%m-%dT%H:%M:%SZ")
        ));
        Ok(self.recorded(change).clear_away(&ended).await?)
    }

    /// Clears away again and again until `stop` says so.
    pub async fn keep_clear(&self, keep: Retention, mut stop: watch::Receiver<bool>) {
        loop {
            match self.clear_away(keep).await {
                Ok(Cleared { jobs: 0, notices: 0, files: 0, uploads: 0 }) => {}
                Ok(Cleared { jobs, notices, files, uploads }) => {
                    tracing::info!(jobs, notices, files, uploads, "what had ended long ago was cleared away");
                }
                Err(error) => tracing::warn!(%error, "what has ended cannot be cleared away"),
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}
