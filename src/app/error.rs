//! Why a use case could not be done.

use crate::app::AssessError;
use crate::pull::PullError;
use crate::rules::Problem;
use crate::store::StoreError;

/// Messages name what, where and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// What was asked for does not exist.
    #[error("{0}")]
    NotFound(String),
    /// What was asked is not valid.
    #[error("{0}")]
    Invalid(String),
    /// Whoever asks may not do it.
    #[error("{0}")]
    Forbidden(String),
    /// There is one already.
    #[error("{0}")]
    Conflict(String),
    /// It was changed by somebody else since it was read.
    #[error("{0}")]
    Changed(String),
    /// It cannot be done as things stand.
    #[error("{0}")]
    Refused(String),
    /// It was told to stop; nothing half done is left.
    #[error("it was told to stop before it was done; nothing of it is left")]
    Stopped,
    /// The audit log cannot be written, so nothing that must be recorded is shown.
    #[error("this must be recorded in the audit log, which cannot be written just now ({0}): try again when it can")]
    Unrecorded(String),
    /// The rules have problems.
    #[error("{}", listed(.0))]
    Rules(Vec<Problem>),
    #[error("{0}")]
    Pull(#[from] PullError),
    #[error("{0}")]
    Assess(#[from] AssessError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("a result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn listed(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("the rules have {} problems:\n{}", problems.len(), lines.join("\n"))
}

impl AppError {
    /// What the store refused as things stand, for whoever asked; anything else stays what it is.
    pub(super) fn as_things_stand(error: StoreError) -> Self {
        match error {
            StoreError::CycleState { .. }
            | StoreError::ResultState { .. }
            | StoreError::NotInReview { .. }
            | StoreError::OpenAppeals { .. }
            | StoreError::NothingToPublish { .. }
            | StoreError::Unpublished { .. }
            | StoreError::NotRevisable { .. }
            | StoreError::NotPostable { .. }
            | StoreError::HoldsAdjustments { .. }
            | StoreError::AppealState { .. }
            | StoreError::TooMuchEvidence { .. }
            | StoreError::ResultsAreOut { .. }
            | StoreError::CycleOverlaps { .. }
            | StoreError::Version(_) => Self::Refused(error.to_string()),
            StoreError::Exists { .. } => Self::Conflict(error.to_string()),
            StoreError::CycleBackwards { .. } => Self::Invalid(error.to_string()),
            StoreError::Changed { .. } | StoreError::RosterChanged => Self::Changed(error.to_string()),
            StoreError::NotFound { .. } => Self::NotFound(error.to_string()),
            error => Self::Store(error),
        }
    }

    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}
