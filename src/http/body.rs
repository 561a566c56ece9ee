//! How large a request's body may be: refused by what it says of itself, or as soon as it has grown too large.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::TryStreamExt as _;
use poem::http::header;
use poem::{Body, Request};

use crate::app::{MOST_EVIDENCE_BYTES, MOST_ROSTER_BYTES};

/// Whether a body was cut off because it was too large.
#[derive(Debug, Clone, Default)]
pub(super) struct CutOff(Arc<AtomicBool>);

impl CutOff {
    pub(super) fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How large the body may be: files of appeals are larger than what other operations take.
pub(super) fn most(request: &Request, usual: u64) -> u64 {
    let path = request.uri().path();
    let file = u64::try_from(MOST_EVIDENCE_BYTES).unwrap_or(u64::MAX);
    if path.starts_with("/api/v1/appeals/") && path.contains("/evidence/") {
        // One byte more than a file may have, so that whoever sends a larger one is told what is wrong with it.
        usual.max(file.saturating_add(1))
    } else if path.starts_with("/appeals/") && path.ends_with("/evidence") {
        // People are told so on the page, and easily pick a file that is larger.
        usual.max(file.saturating_mul(4))
    } else if path == "/roster"
        || path == "/data/upload"
        || (path.starts_with("/cycles/") && path.ends_with("/ratings"))
    {
        usual.max(u64::try_from(MOST_ROSTER_BYTES).unwrap_or(u64::MAX).saturating_mul(2))
    } else {
        usual
    }
}

/// The body says by itself that it is larger.
pub(super) fn says_larger(request: &Request, most: u64) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most)
}

/// Cuts the body off where it grows larger than `most`.
pub(super) fn limit(request: &mut Request, most: u64) -> CutOff {
    let cut = CutOff::default();
    let whole = request.take_body();
    if whole.is_empty() {
        return cut;
    }
    let (noted, read) = (cut.clone(), AtomicU64::new(0));
    let stream = whole.into_bytes_stream().and_then(move |piece| {
        let more = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let fits = read.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= most;
        if !fits {
            noted.0.store(true, Ordering::Relaxed);
        }
        std::future::ready(if fits { Ok(piece) } else { Err(io::Error::other("the body is too large")) })
    });
    request.set_body(Body::from_bytes_stream(stream));
    cut
}
