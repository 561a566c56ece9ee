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

    /// The answer to an error that is the caller's to know of; `None` where it is not.
    fn of(error: &AppError) -> Option<Json<Self>> {
        Some(match error {
            AppError::Invalid(what) => Self::new(400, "invalid_request", "The request is not valid", what.to_string()),
            AppError::Forbidden(what) => Self::new(403, "forbidden", "This is not yours to do", what),
            AppError::NotFound(what) => Self::new(404, "not_found", "There is nothing here", what),
            AppError::Conflict(what) => Self::new(409, "exists", "It cannot be done as things stand", what.to_string()),
            AppError::Refused(what) => Self::new(409, "refused", "It cannot be done as things stand", what.to_string()),
            AppError::Changed(what) => Self::new(412, "changed", "It was changed meanwhile", what.to_string()),
            AppError::Unrecorded(_) => {
                tracing::error!(%error, "request failed");
                let detail = "The audit log cannot be written just now, so nothing that must be recorded is shown; try again shortly.";
                Self::new(503, "unavailable", "Merit cannot answer just now", detail)
            }
            _ => return None,
        })
    }

    fn internal(error: &AppError) -> Json<Self> {
        tracing::error!(%error, "request failed");
        let detail = "The cause is in Merit's log under this request's id (header X-Request-Id).";
        Self::new(500, "internal", "Something went wrong inside Merit", detail)
    }
}

/// The answers that an operation may give instead of its own, each with its status and what the description says about it. The derive must see
/// an enum of its own for each set, so that every operation lists no more than it can answer; what is answered is said once, in [`Problem::of`].
macro_rules! errors {
    ($($(#[$about:meta])* $name:ident { $($status:tt $variant:ident $says:tt)* })*) => { $(
        $(#[$about])*
        #[derive(ApiResponse)]
        pub(super) enum $name {
            $(
                #[doc = $says]
                #[oai(status = $status, content_type = "application/problem+json")]
                $variant(Json<Problem>),
            )*
        }

        impl From<AppError> for $name {
            fn from(error: AppError) -> Self {
                let Some(problem) = Problem::of(&error) else { return Self::Internal(Problem::internal(&error)) };
                match problem.status {
                    $($status => Self::$variant(problem),)*
                    // It cannot happen in such an operation.
                    _ => Self::Internal(Problem::internal(&error)),
                }
            }
        }
    )* };
}

errors! {
    /// Errors of an operation that lists.
    ListError {
        400 Invalid "A parameter is not valid."
        401 Unauthorized "The token is missing, unknown, expired or revoked."
        403 Forbidden "The caller may not do this."
        404 NotFound "What the list belongs to does not exist."
        500 Internal "Something went wrong inside Merit."
        503 Unavailable "The audit log cannot be written just now."
    }

    /// Errors of an operation that shows one thing.
    GetError {
        401 Unauthorized "The token is missing, unknown, expired or revoked."
        403 Forbidden "The caller may not do this."
        404 NotFound "It does not exist, or is not the caller's to see."
        500 Internal "Something went wrong inside Merit."
        503 Unavailable "The audit log cannot be written just now."
    }

    /// Errors of an operation that makes something.
    CreateError {
        400 Invalid "A parameter or the body is not valid."
        401 Unauthorized "The token is missing, unknown, expired or revoked."
        403 Forbidden "The caller may not do this."
        404 NotFound "What it belongs to does not exist."
        409 Conflict "There is one already, it cannot be done as things stand, or a request with this Idempotency-Key is under way."
        415 OtherType "The body is of another type."
        422 OtherRequest "The Idempotency-Key came with another request before."
        500 Internal "Something went wrong inside Merit."
        503 Unavailable "The audit log cannot be written just now."
    }

    /// Errors of an operation that changes something as it was read.
    ChangeError {
        400 Invalid "A parameter or the body is not valid."
        401 Unauthorized "The token is missing, unknown, expired or revoked."
        403 Forbidden "The caller may not do this."
        404 NotFound "It does not exist."
        409 Conflict "It cannot be done as things stand."
        412 Changed "It was changed since it was read."
        415 OtherType "The body is of another type."
        428 Unconditional "`If-Match` is missing."
        500 Internal "Something went wrong inside Merit."
        503 Unavailable "The audit log cannot be written just now."
    }

    /// Errors of an operation that does something with what is there.
    ActError {
        400 Invalid "A parameter or the body is not valid."
        401 Unauthorized "The token is missing, unknown, expired or revoked."
        403 Forbidden "The caller may not do this."
        404 NotFound "It does not exist."
        409 Conflict "It cannot be done as things stand, or a request with this Idempotency-Key is under way."
        412 Changed "What it is about is not what was seen: the detail says what is different."
        415 OtherType "The body is of another type."
        422 OtherRequest "The Idempotency-Key came with another request before."
        500 Internal "Something went wrong inside Merit."
        503 Unavailable "The audit log cannot be written just now."
    }
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
