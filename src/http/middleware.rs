//! What wraps every request: an id, a log line, headers that keep browsers careful.

use std::time::Instant;

use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::Instrument as _;

use super::problem;
use crate::app::Clock;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer. `/docs` carries its own script and style inline, so its policy differs.
const CAREFUL: [(HeaderName, &str); 4] = [
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

const STRICT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DOCS_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Runs a request, gives it an id, logs it in one line, and turns any error into a problem.
pub(super) async fn outermost<E: Endpoint>(next: E, request: Request, clock: Clock) -> poem::Result<Response> {
    let id = clock.new_id().to_string();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", id = %id, %method, path = %path);
    let started = Instant::now();
    let outcome = next.call(request).instrument(span.clone()).await;
    let _inside = span.enter();
    let mut response = match outcome {
        Ok(response) => response.into_response(),
        Err(error) => problem::from_error(error),
    };
    tracing::info!(status = response.status().as_u16(), milliseconds = started.elapsed().as_millis(), "answered");
    add_headers(&mut response, &id, &path);
    Ok(response)
}

fn add_headers(response: &mut Response, id: &str, path: &str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in CAREFUL {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = if path.starts_with("/docs") { DOCS_POLICY } else { STRICT_POLICY };
    headers.insert(HeaderName::from_static("content-security-policy"), HeaderValue::from_static(policy));
    if path.starts_with("/api/") {
        headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    }
}
