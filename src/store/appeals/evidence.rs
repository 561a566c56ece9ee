//! Files handed in with appeals.

use chrono::{DateTime, Utc};
use entity::appeal_evidence::{ActiveModel, Column, Entity};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, NotSet, PaginatorTrait, QueryFilter, Set};
use uuid::Uuid;

use super::super::error::Step;
use super::super::write::{execute, fetch, instant};
use super::super::{Store, StoreError};
use super::read::Appeal;
use crate::domain::appeal::AppealState;
use crate::domain::evidence::MOST_FILES;

/// A file to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    pub public_id: Uuid,
    pub name: String,
    pub media_type: &'static str,
    pub sha256: String,
    pub content: Vec<u8>,
    pub added_at: DateTime<Utc>,
}

/// A file without its content.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Evidence {
    pub public_id: Uuid,
    pub appeal_id: i64,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub sha256: String,
    pub added_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    pub evidence: Evidence,
    pub content: Vec<u8>,
}

const COLUMNS: &str = "e.public_id, e.appeal_id, e.name, e.media_type, e.bytes, e.sha256, e.added_at";

impl Store {
    /// Keeps a file with an open appeal. Errors: `AppealState`; `TooMuchEvidence`.
    pub async fn add_evidence(&self, appeal: &Appeal, new: NewEvidence) -> Result<Evidence, StoreError> {
        let step = "keeping a file";
        let tx = self.begin_write(&[]).await?;
        // Held, so that files are counted one after the other, and none comes after the decision.
        let text = "UPDATE appeal SET state = state WHERE id = $1 AND state = 'open'";
        if execute(&tx, step, text, [appeal.id.into()]).await? != 1 {
            let now = self.appeal(appeal.public_id).await?;
            return Err(StoreError::AppealState { state: now.map_or(AppealState::Withdrawn, |appeal| appeal.state) });
        }
        let files = Entity::find().filter(Column::AppealId.eq(appeal.id)).count(&tx).await.step(step)?;
        if usize::try_from(files).unwrap_or(usize::MAX) >= MOST_FILES {
            return Err(StoreError::TooMuchEvidence { most: MOST_FILES });
        }
        let bytes = i64::try_from(new.content.len()).unwrap_or(i64::MAX);
        let kept = Evidence {
            public_id: new.public_id,
            appeal_id: appeal.id,
            name: new.name.clone(),
            media_type: new.media_type.to_owned(),
            bytes,
            sha256: new.sha256.clone(),
            added_at: instant(new.added_at),
        };
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(new.public_id),
            appeal_id: Set(appeal.id),
            name: Set(new.name),
            media_type: Set(new.media_type.to_owned()),
            bytes: Set(bytes),
            sha256: Set(new.sha256),
            content: Set(new.content),
            added_at: Set(kept.added_at),
        };
        row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await?;
        Ok(kept)
    }

    /// The files of an appeal without their content, in the order they came.
    pub async fn evidence_of(&self, appeal_id: i64) -> Result<Vec<Evidence>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM appeal_evidence e WHERE e.appeal_id = $1 ORDER BY e.id");
        fetch(&self.readers, "listing files", text, [appeal_id.into()]).await
    }

    pub async fn evidence_file(&self, public_id: Uuid) -> Result<Option<EvidenceFile>, StoreError> {
        let found = Entity::find().filter(Column::PublicId.eq(public_id)).one(&self.readers).await;
        Ok(found.step("reading a file")?.map(|model| EvidenceFile {
            evidence: Evidence {
                public_id: model.public_id,
                appeal_id: model.appeal_id,
                name: model.name,
                media_type: model.media_type,
                bytes: model.bytes,
                sha256: model.sha256,
                added_at: model.added_at,
            },
            content: model.content,
        }))
    }
}
