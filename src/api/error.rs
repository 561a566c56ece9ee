//! Problems: every error of the API, with a stable code.

use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};

use crate::app::AppError;

/// What went wrong (RFC 9457).
#[derive(Debug, Clone, Object)]
pub(super) struct Problem {
    /// Where the code is described.
    #[oai(rename = "type")]
    kind: String,
    /// The problem in a few words; the same for every problem of this code.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Stable, for programs: `invalid_request`, `unauthorized`, `forbidden`, `not_found`, `payload_too_large`, `rate_limited`, `internal`,
    /// `unavailable`, `timeout`.
    code: String,
    /// What happened, and how to mend it.
    detail: String,
}

impl Problem {
    fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Json<Self> {
        Json(Self {
            kind: format!("/problems#{code}"),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail: detail.into(),
        })
    }

    fn not_found(what: String) -> Json<Self> {
        Self::new(404, "not_found", "There is nothing here", what)
    }

    fn forbidden(what: String) -> Json<Self> {
        Self::new(403, "forbidden", "This is not yours to do", what)
    }

    fn internal(error: &AppError) -> Json<Self> {
        tracing::error!(%error, "request failed");
        let detail = "The cause is in Merit's log under this request's id (header X-Request-Id).";
        Self::new(500, "internal", "Something went wrong inside Merit", detail)
    }
}

/// Errors of an operation that lists.
#[derive(ApiResponse)]
pub(super) enum ListError {
    /// A parameter is not valid.
    #[oai(status = 400, content_type = "application/problem+json")]
    Invalid(Json<Problem>),
    /// The token is missing, unknown, expired or revoked.
    #[expect(dead_code, reason = "answered by the check of the token before the operation; here for the description")]
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<Problem>),
    /// The caller may not do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<Problem>),
    /// What the list belongs to does not exist.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<Problem>),
}

/// Errors of an operation that shows one thing.
#[derive(ApiResponse)]
pub(super) enum GetError {
    /// The token is missing, unknown, expired or revoked.
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<Problem>),
    /// The caller may not do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<Problem>),
    /// It does not exist, or is not the caller's to see.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<Problem>),
}

impl GetError {
    /// The answer to a request without a valid token, of every operation.
    pub(super) fn unauthorized() -> Self {
        let detail = "Send a token as 'Authorization: Bearer …'; 'merit token create LOGIN NAME' makes one.";
        Self::Unauthorized(Problem::new(401, "unauthorized", "A valid token is needed", detail))
    }
}

impl From<AppError> for GetError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}

impl From<AppError> for ListError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            AppError::Invalid(what) => {
                Self::Invalid(Problem::new(400, "invalid_request", "The request is not valid", what))
            }
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}
