//! Why a use case could not be done.

use super::refusal::{Refusal, Why};
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
    Invalid(Refusal),
    /// Whoever asks may not do it.
    #[error("{0}")]
    Forbidden(String),
    /// There is one already.
    #[error("{0}")]
    Conflict(Refusal),
    /// It was changed by somebody else since it was read.
    #[error("{0}")]
    Changed(Refusal),
    /// It cannot be done as things stand.
    #[error("{0}")]
    Refused(Refusal),
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
    pub(crate) fn invalid(why: impl Into<Refusal>) -> Self {
        Self::Invalid(why.into())
    }

    pub(crate) fn conflict(why: impl Into<Refusal>) -> Self {
        Self::Conflict(why.into())
    }

    pub(crate) fn changed(why: impl Into<Refusal>) -> Self {
        Self::Changed(why.into())
    }

    pub(crate) fn refused(why: impl Into<Refusal>) -> Self {
        Self::Refused(why.into())
    }

    /// With the reason as pages say it.
    #[must_use]
    pub(crate) fn because(self, why: Why) -> Self {
        match self {
            Self::Invalid(refusal) => Self::Invalid(refusal.with(why)),
            Self::Conflict(refusal) => Self::Conflict(refusal.with(why)),
            Self::Changed(refusal) => Self::Changed(refusal.with(why)),
            Self::Refused(refusal) => Self::Refused(refusal.with(why)),
            other => other,
        }
    }

    /// What the store refused as things stand, for whoever asked; anything else stays what it is.
    pub(super) fn as_things_stand(error: StoreError) -> Self {
        let text = error.to_string();
        let refused = |why| Self::Refused(Refusal::because(text.clone(), why));
        match error {
            StoreError::CycleState { state, act, .. } => {
                refused(Why::CycleState { state, act, from: act.from().to_vec() })
            }
            StoreError::ResultState { employee_number: number, state, .. } => {
                refused(Why::ResultState { number, state })
            }
            StoreError::NotInReview { state, .. } => refused(Why::NotInReview { state }),
            StoreError::OpenAppeals { open, .. } => {
                refused(Why::OpenAppeals { open: i64::try_from(open).unwrap_or(i64::MAX) })
            }
            StoreError::NothingToPublish { .. } => refused(Why::NothingToPublish {}),
            StoreError::Unpublished { results, .. } => refused(Why::Unpublished { results }),
            StoreError::NotRevisable { state, .. } => refused(Why::NotRevisable { state }),
            StoreError::NotPostable { .. } => refused(Why::NotPostable {}),
            StoreError::HoldsAdjustments { adjustments, .. } => refused(Why::HoldsAdjustments { adjustments }),
            StoreError::AppealState { state } => refused(Why::AppealState { state }),
            StoreError::TooMuchEvidence { most } => {
                refused(Why::TooMuchEvidence { most: i64::try_from(most).unwrap_or(i64::MAX) })
            }
            StoreError::ResultsAreOut { .. } => refused(Why::ResultsAreOut {}),
            StoreError::AlreadyExempt { granted_by: by, .. } => refused(Why::AlreadyExempt { by }),
            StoreError::CycleOverlaps { first, last, other, .. } => refused(Why::CycleOverlaps { first, last, other }),
            StoreError::Version(_) => Self::refused(text),
            StoreError::Exists { what: "cycle", name: code } => Self::conflict(text).because(Why::CycleExists { code }),
            StoreError::Exists { .. } => Self::conflict(text),
            StoreError::CycleBackwards { .. } => Self::invalid(text),
            StoreError::Changed { .. } => Self::changed(text).because(Why::ChangedMeanwhile {}),
            StoreError::FiguresChanged => Self::changed(text).because(Why::FiguresChanged {}),
            StoreError::RosterChanged => Self::changed(text).because(Why::RosterChanged {}),
            StoreError::NotFound { .. } => Self::NotFound(text),
            error => Self::Store(error),
        }
    }

    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}
