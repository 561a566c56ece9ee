//! What has ended long ago is cleared away. The audit log stays.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;

use super::write::{execute, fetch_one, instant};
use super::{Store, StoreError};

/// What ended before these moments is cleared away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub jobs_before: DateTime<Utc>,
    pub notices_before: DateTime<Utc>,
    /// Of files of jobs: made before.
    pub files_before: DateTime<Utc>,
    /// Of files that people uploaded: made before.
    pub uploads_before: DateTime<Utc>,
}

/// How much was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleared {
    pub jobs: u64,
    pub notices: u64,
    pub files: u64,
    pub uploads: u64,
}

/// The last that a source's schedule asked for stays: from it the next is counted.
const JOBS: &str = "finished_at < $1 AND (due_at IS NULL
    OR due_at < (SELECT MAX(later.due_at) FROM job later WHERE later.source = job.source))";
const NOTICES: &str = "ended_at < $1";

#[derive(FromQueryResult)]
struct AnyRow {
    found: i64,
}

impl Store {
    /// Clears away what ended long ago, in one transaction; nothing is recorded where there is nothing.
    pub async fn clear_away(&self, ended: &Ended) -> Result<Cleared, StoreError> {
        let step = "clearing away what has ended";
        let Ended { jobs_before, notices_before, files_before, uploads_before } = *ended;
        let (jobs, notices, files) = (instant(jobs_before), instant(notices_before), instant(files_before));
        let uploads = instant(uploads_before);
        // Looking costs nobody a turn at writing.
        let any = [
            (format!("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM job WHERE {JOBS}"), jobs),
            (format!("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM notice WHERE {NOTICES}"), notices),
            ("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM job_file WHERE made_at < $1".to_owned(), files),
            ("SELECT CAST(COUNT(*) AS BIGINT) AS found FROM roster_upload WHERE made_at < $1".to_owned(), uploads),
        ];
        let mut found = 0;
        for (text, before) in any {
            let row: Option<AnyRow> = fetch_one(&self.readers, step, text, [before.into()]).await?;
            found += row.map_or(0, |row| row.found);
        }
        if found == 0 {
            return Ok(Cleared::default());
        }
        let tx = self.begin_write(&[]).await?;
        let old =
            format!("SELECT job_id FROM job_file WHERE made_at < $2 OR job_id IN (SELECT id FROM job WHERE {JOBS})");
        let both = || [jobs.into(), files.into()];
        execute(&tx, step, format!("DELETE FROM job_file_part WHERE job_id IN ({old})"), both()).await?;
        let cleared = Cleared {
            files: execute(&tx, step, format!("DELETE FROM job_file WHERE job_id IN ({old})"), both()).await?,
            jobs: execute(&tx, step, format!("DELETE FROM job WHERE {JOBS}"), [jobs.into()]).await?,
            uploads: execute(&tx, step, "DELETE FROM roster_upload WHERE made_at < $1", [uploads.into()]).await?,
            notices: execute(&tx, step, format!("DELETE FROM notice WHERE {NOTICES}"), [notices.into()]).await?,
        };
        self.finish(tx, step).await?;
        Ok(cleared)
    }
}
