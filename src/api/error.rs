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
    /// Stable, for programs; all of them are listed on `/problems`.
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

    fn conflict(code: &str, what: String) -> Json<Self> {
        Self::new(409, code, "It cannot be done as things stand", what)
    }

    fn invalid(what: String) -> Json<Self> {
        Self::new(400, "invalid_request", "The request is not valid", what)
    }

    fn unavailable(error: &AppError) -> Json<Self> {
        tracing::error!(%error, "request failed");
        let detail =
            "The audit log cannot be written just now, so nothing that must be recorded is shown; try again shortly.";
        Self::new(503, "unavailable", "Merit cannot answer just now", detail)
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
    /// The audit log cannot be written just now.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<Problem>),
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
    /// The audit log cannot be written just now.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<Problem>),
}

/// Errors of an operation that makes something.
#[derive(ApiResponse)]
pub(super) enum CreateError {
    /// A parameter or the body is not valid.
    #[oai(status = 400, content_type = "application/problem+json")]
    Invalid(Json<Problem>),
    /// The token is missing, unknown, expired or revoked.
    #[expect(dead_code, reason = "answered by the check of the token before the operation; here for the description")]
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<Problem>),
    /// The caller may not do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<Problem>),
    /// What it belongs to does not exist.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<Problem>),
    /// There is one already, it cannot be done as things stand, or a request with this Idempotency-Key is under way.
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<Problem>),
    /// The body is of another type.
    #[expect(dead_code, reason = "answered by the framework before the operation; here for the description")]
    #[oai(status = 415, content_type = "application/problem+json")]
    OtherType(Json<Problem>),
    /// The Idempotency-Key came with another request before.
    #[expect(dead_code, reason = "answered around the operation; here for the description")]
    #[oai(status = 422, content_type = "application/problem+json")]
    OtherRequest(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<Problem>),
    /// The audit log cannot be written just now.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<Problem>),
}

/// Errors of an operation that changes something as it was read.
#[derive(ApiResponse)]
pub(super) enum ChangeError {
    /// A parameter or the body is not valid.
    #[oai(status = 400, content_type = "application/problem+json")]
    Invalid(Json<Problem>),
    /// The token is missing, unknown, expired or revoked.
    #[expect(dead_code, reason = "answered by the check of the token before the operation; here for the description")]
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<Problem>),
    /// The caller may not do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<Problem>),
    /// It does not exist.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<Problem>),
    /// It cannot be done as things stand.
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<Problem>),
    /// It was changed since it was read.
    #[oai(status = 412, content_type = "application/problem+json")]
    Changed(Json<Problem>),
    /// The body is of another type.
    #[expect(dead_code, reason = "answered by the framework before the operation; here for the description")]
    #[oai(status = 415, content_type = "application/problem+json")]
    OtherType(Json<Problem>),
    /// `If-Match` is missing.
    #[oai(status = 428, content_type = "application/problem+json")]
    Unconditional(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<Problem>),
    /// The audit log cannot be written just now.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<Problem>),
}

/// Errors of an operation that does something with what is there.
#[derive(ApiResponse)]
pub(super) enum ActError {
    /// A parameter or the body is not valid.
    #[oai(status = 400, content_type = "application/problem+json")]
    Invalid(Json<Problem>),
    /// The token is missing, unknown, expired or revoked.
    #[expect(dead_code, reason = "answered by the check of the token before the operation; here for the description")]
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<Problem>),
    /// The caller may not do this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<Problem>),
    /// It does not exist.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<Problem>),
    /// It cannot be done as things stand, or a request with this Idempotency-Key is under way.
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<Problem>),
    /// What it is about is not what was seen: the detail says what is different.
    #[oai(status = 412, content_type = "application/problem+json")]
    Changed(Json<Problem>),
    /// The body is of another type.
    #[expect(dead_code, reason = "answered by the framework before the operation; here for the description")]
    #[oai(status = 415, content_type = "application/problem+json")]
    OtherType(Json<Problem>),
    /// The Idempotency-Key came with another request before.
    #[expect(dead_code, reason = "answered around the operation; here for the description")]
    #[oai(status = 422, content_type = "application/problem+json")]
    OtherRequest(Json<Problem>),
    /// Something went wrong inside Merit.
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<Problem>),
    /// The audit log cannot be written just now.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<Problem>),
}

impl ChangeError {
    /// The answer to a change that does not say what it was decided on.
    pub(super) fn unconditional() -> Self {
        let detail = "Send the ETag of what you read as If-Match, so that nobody else's change is overwritten.";
        Self::Unconditional(Problem::new(428, "if_match_missing", "The change is not bound to what was read", detail))
    }
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
            AppError::Unrecorded(_) => Self::Unavailable(Problem::unavailable(&error)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}

impl From<AppError> for ListError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            AppError::Invalid(what) => Self::Invalid(Problem::invalid(what)),
            AppError::Unrecorded(_) => Self::Unavailable(Problem::unavailable(&error)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}

impl From<AppError> for CreateError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            AppError::Invalid(what) => Self::Invalid(Problem::invalid(what)),
            AppError::Conflict(what) => Self::Conflict(Problem::conflict("exists", what)),
            AppError::Refused(what) => Self::Conflict(Problem::conflict("refused", what)),
            AppError::Unrecorded(_) => Self::Unavailable(Problem::unavailable(&error)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}

impl From<AppError> for ChangeError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            AppError::Invalid(what) => Self::Invalid(Problem::invalid(what)),
            AppError::Conflict(what) => Self::Conflict(Problem::conflict("exists", what)),
            AppError::Refused(what) => Self::Conflict(Problem::conflict("refused", what)),
            AppError::Changed(what) => Self::Changed(Problem::new(412, "changed", "It was changed meanwhile", what)),
            AppError::Unrecorded(_) => Self::Unavailable(Problem::unavailable(&error)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}

impl From<AppError> for ActError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound(what) => Self::NotFound(Problem::not_found(what)),
            AppError::Forbidden(what) => Self::Forbidden(Problem::forbidden(what)),
            AppError::Invalid(what) => Self::Invalid(Problem::invalid(what)),
            AppError::Conflict(what) => Self::Conflict(Problem::conflict("exists", what)),
            AppError::Refused(what) => Self::Conflict(Problem::conflict("refused", what)),
            AppError::Changed(what) => Self::Changed(Problem::new(412, "changed", "It was changed meanwhile", what)),
            AppError::Unrecorded(_) => Self::Unavailable(Problem::unavailable(&error)),
            other => Self::Internal(Problem::internal(&other)),
        }
    }
}
