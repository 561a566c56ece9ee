//! The files that jobs made, in parts that no engine minds.

use chrono::{DateTime, Utc};
use entity::{job_file, job_file_part};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::error::Step;
use super::super::write::instant;
use super::super::{Store, StoreError, bulk};

/// Bytes of a part.
const PART: usize = 1 << 20;

/// A file to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJobFile {
    pub name: String,
    pub media_type: &'static str,
    pub sha256: String,
    /// Whom it tells of, as JSON.
    pub reach: String,
    pub made_at: DateTime<Utc>,
    pub content: Vec<u8>,
}

/// A file that a job made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFile {
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub reach: String,
    pub made_at: DateTime<Utc>,
    pub content: Vec<u8>,
}

impl Store {
    /// Keeps the file of a job.
    pub async fn keep_job_file(&self, job_id: i64, file: &NewJobFile) -> Result<(), StoreError> {
        let step = "keeping the file of a job";
        let tx = self.begin_write(&[]).await?;
        let row = job_file::Model {
            job_id,
            name: file.name.clone(),
            media_type: file.media_type.to_owned(),
            sha256: file.sha256.clone(),
            reach: file.reach.clone(),
            made_at: instant(file.made_at),
        };
        bulk::insert::<job_file::Entity>(&tx, step, [row]).await?;
        for (seq, content) in (0_i64..).zip(file.content.chunks(PART)) {
            let part = job_file_part::Model { job_id, seq, content: content.to_vec() };
            bulk::insert::<job_file_part::Entity>(&tx, step, [part]).await?;
        }
        self.finish(tx, step).await
    }

    /// The file of a job, while it is kept.
    pub async fn job_file(&self, job_id: i64) -> Result<Option<JobFile>, StoreError> {
        let step = "reading the file of a job";
        let found = job_file::Entity::find_by_id(job_id).one(&self.readers).await.step(step)?;
        let Some(job_file::Model { job_id, name, media_type, sha256, reach, made_at }) = found else { return Ok(None) };
        let parts = job_file_part::Entity::find()
            .filter(job_file_part::Column::JobId.eq(job_id))
            .order_by_asc(job_file_part::Column::Seq)
            .all(&self.readers)
            .await
            .step(step)?;
        let content = parts.into_iter().flat_map(|part| part.content).collect();
        Ok(Some(JobFile { name, media_type, sha256, reach, made_at, content }))
    }
}
