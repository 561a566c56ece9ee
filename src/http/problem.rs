//! Every error leaves as `application/problem+json` (RFC 9457) with a stable code; what went wrong inside stays in the log.

use poem::Response;
use poem::http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// A response for an error of the framework or of a handler that did not answer with a problem itself.
///
/// Texts of 5xx errors are fixed: their cause is logged, never shown.
pub(super) fn from_error(error: poem::Error) -> Response {
    let status = error.status();
    let detail = error.to_string();
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), error = %detail, "request failed");
    }
    if error.is_from_response() {
        let response = error.into_response();
        if is_problem(&response) {
            return response;
        }
        return problem(status, &detail);
    }
    problem(status, &detail)
}

fn is_problem(response: &Response) -> bool {
    response.content_type().is_some_and(|kind| kind.starts_with("application/problem+json"))
}

/// A problem with the status's own code.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response {
    let (code, title, fixed) = describe(status);
    let detail = match fixed {
        Some(text) => text,
        None if detail.is_empty() => title,
        None => detail,
    };
    let mut response = coded(status, code, title, detail);
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The request took longer than it may.
pub(super) fn timeout() -> Response {
    let detail = "The request took too long and was broken off; ask for less at once, or try again later.";
    coded(StatusCode::SERVICE_UNAVAILABLE, "timeout", "The answer took too long", detail)
}

/// The client sends too many requests.
pub(super) fn rate_limited() -> Response {
    let detail = "Too many requests; wait as many seconds as the header Retry-After says.";
    coded(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests", detail)
}

/// The body is larger than `most` bytes.
pub(super) fn too_large(most: u64) -> Response {
    problem(StatusCode::PAYLOAD_TOO_LARGE, &format!("A body may have {most} bytes here; send less at once."))
}

/// A problem with a code of its own.
pub(super) fn coded(status: StatusCode, code: &str, title: &str, detail: &str) -> Response {
    let body = json!({
        "type": format!("/problems#{code}"),
        "title": title,
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json; charset=utf-8")
        .body(body.to_string())
}

/// Code, title, and the fixed detail where the error's own text must not or need not be shown.
fn describe(status: StatusCode) -> (&'static str, &'static str, Option<&'static str>) {
    match status {
        StatusCode::BAD_REQUEST => ("invalid_request", "The request is not valid", None),
        StatusCode::UNAUTHORIZED => (
            "unauthorized",
            "A valid token is needed",
            Some("Send a token as 'Authorization: Bearer …'; 'merit token create LOGIN NAME' makes one."),
        ),
        StatusCode::FORBIDDEN => ("forbidden", "This token may not do that", None),
        StatusCode::NOT_FOUND => ("not_found", "There is nothing here", Some("No such address; see /docs.")),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This address does not take that method",
            Some("See /docs for the methods it takes."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("payload_too_large", "The request is too large", None),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "The body is of another type", None),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("unavailable", "Merit cannot answer just now", Some("The database cannot be reached; try again shortly."))
        }
        status if status.is_server_error() => (
            "internal",
            "Something went wrong inside Merit",
            Some("The cause is in Merit's log under this request's id (header X-Request-Id)."),
        ),
        _ => ("invalid_request", "The request is not valid", None),
    }
}
