//! What wraps every request: an id, a log line, headers that keep browsers careful.

use std::time::Instant;

use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse as _, Middleware, Request, Response};
use tracing::Instrument as _;

use super::problem;
use crate::api::RequestId;
use crate::app::Clock;
use crate::web;

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

/// Gives every request an id and a line in the log, and turns any error into a problem.
pub(super) struct Outermost {
    pub clock: Clock,
}

/// An endpoint with [`Outermost`] around it.
pub(super) struct Wrapped<E> {
    inner: E,
    clock: Clock,
}

impl<E: Endpoint> Middleware<E> for Outermost {
    type Output = Wrapped<E>;

    fn transform(&self, inner: E) -> Wrapped<E> {
        Wrapped { inner, clock: self.clock }
    }
}

impl<E: Endpoint> Endpoint for Wrapped<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let id = self.clock.new_id();
        request.set_data(RequestId(id));
        let id = id.to_string();
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let span = tracing::info_span!("request", id = %id, %method, path = %web::loggable(&path));
        let started = Instant::now();
        let outcome = self.inner.call(request).instrument(span.clone()).await;
        let _inside = span.enter();
        let mut response = match outcome {
            Ok(response) => response.into_response(),
            Err(error) => problem::from_error(error),
        };
        tracing::info!(status = response.status().as_u16(), milliseconds = started.elapsed().as_millis(), "answered");
        add_headers(&mut response, &id, &path);
        Ok(response)
    }
}

fn add_headers(response: &mut Response, id: &str, path: &str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in CAREFUL {
        // What an answer says itself goes first: pages with forms send where they come from, to this site alone.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let policy = if path.starts_with("/docs") { DOCS_POLICY } else { STRICT_POLICY };
    headers.insert(HeaderName::from_static("content-security-policy"), HeaderValue::from_static(policy));
    if path.starts_with("/api/") {
        headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    }
}
