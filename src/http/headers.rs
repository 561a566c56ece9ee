//! Headers of every answer that keep browsers careful.

use poem::http::{HeaderMap, HeaderName, HeaderValue};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const CAREFUL: [(HeaderName, &str); 4] = [
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("x-frame-options"), "DENY"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// `/docs` carries its own script and style inline, so its policy differs.
const STRICT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DOCS_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Browsers that came securely once come securely for a year.
const SECURE: &str = "max-age=31536000";

pub(super) fn add(headers: &mut HeaderMap, id: &str, path: &str, https: bool) {
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
    if https {
        headers.insert(HeaderName::from_static("strict-transport-security"), HeaderValue::from_static(SECURE));
    }
}
