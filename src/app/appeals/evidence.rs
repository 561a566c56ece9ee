//! Files handed in with an appeal.

use uuid::Uuid;

use super::super::{App, AppError, Change};
use crate::app::refusal::Why;
use crate::domain::audit::Digest;
use crate::domain::evidence::{EvidenceKind, EvidenceProblem, LONGEST_NAME, MOST_BYTES};
use crate::store::{Evidence, EvidenceFile, NewEvidence};

/// A file to be handed in with an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceOrder<'a> {
    pub appeal: Uuid,
    pub name: &'a str,
    pub content: Vec<u8>,
}

impl App {
    /// Adds a file to an open appeal of whoever asks.
    ///
    /// Errors: `Invalid` for a file that is too large, of another type, or named otherwise than what it is; `Refused` for one too many.
    pub async fn add_evidence(&self, order: EvidenceOrder<'_>) -> Result<Evidence, AppError> {
        let EvidenceOrder { appeal: id, name, content } = order;
        let (appeal, _) = self.own_appeal(id).await?;
        let kind = EvidenceKind::of(name, &content).map_err(|problem| unfit(&problem))?;
        let sha256 = Digest::of(&content);
        let new = NewEvidence {
            public_id: self.clock.new_id(),
            name: name.to_owned(),
            media_type: kind.media_type(),
            sha256: sha256.to_string(),
            content,
            added_at: self.clock.now(),
        };
        let change = Change::new("appeal.add_evidence", "appeal", id).after(Some(sha256));
        let change = change.detail(format_args!("agent={} file={}", appeal.employee_number, new.public_id));
        self.recorded(change).add_evidence(&appeal, new).await.map_err(AppError::as_things_stand)
    }

    /// A file of an appeal that whoever asks may see.
    pub async fn evidence(&self, id: Uuid) -> Result<EvidenceFile, AppError> {
        self.reach_of_appeals()?;
        let none = || AppError::NotFound(format!("there is no file '{id}'"));
        let file = self.store.evidence_file(id).await?.ok_or_else(none)?;
        let appeal = self.store.appeal_by_id(file.evidence.appeal_id).await?.ok_or_else(none)?;
        self.seen_appeal(appeal.public_id).await.map_err(|_| none())?;
        let read = Change::new("appeal.read_evidence", "appeal", appeal.public_id);
        let read = read.detail(format_args!("agent={} file={id}", appeal.employee_number));
        self.recorded_read_of(appeal.agent_id, read).await?;
        Ok(file)
    }
}

/// Why a file is not taken.
fn unfit(problem: &EvidenceProblem) -> AppError {
    let why = match problem {
        EvidenceProblem::Name => Why::FileName { most: i64::try_from(LONGEST_NAME).unwrap_or(i64::MAX) },
        EvidenceProblem::Empty => Why::FileEmpty {},
        EvidenceProblem::TooLarge => Why::FileTooLarge { most: i64::try_from(MOST_BYTES >> 20).unwrap_or(i64::MAX) },
        EvidenceProblem::Unknown => Why::FileUnknown {},
        EvidenceProblem::OtherName { name, found, endings } => {
            Why::FileOtherName { name: name.clone(), found: (*found).to_owned(), endings: (*endings).to_owned() }
        }
    };
    AppError::invalid(problem.to_string()).because(why)
}
