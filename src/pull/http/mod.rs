//! Pages of JSON records from an HTTP API, fetched one after the other into a spool.
//!
//! Every page is on disk before the next is asked for, so that a pull that was cut goes on where it stopped.

mod attempt;
mod endpoint;
mod paging;
mod spool;

use std::path::Path;

use sha2::{Digest, Sha256};

use self::attempt::{Client, Failure};
use self::endpoint::Endpoint;
use self::paging::{Next, Page};
use self::spool::Spool;
use super::request::Progress;
use super::{PullError, PullRequest};
use crate::rules::source::HttpInput;

/// All pages of an input, on disk; deleted with this value.
#[derive(Debug)]
pub(super) struct Fetched {
    spool: Spool,
    label: String,
}

impl Fetched {
    /// The file of records.
    pub(super) fn path(&self) -> &Path {
        self.spool.path()
    }

    /// The address without query and secrets.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn pages(&self) -> u32 {
        self.spool.pages()
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        self.spool.remove();
    }
}

/// Fetches every page of the `nth` input, or those still missing.
pub(super) async fn fetch(request: &PullRequest<'_>, nth: usize, input: &HttpInput) -> Result<Fetched, PullError> {
    let endpoint = Endpoint::new(request, nth, input)?;
    let refuse = |what: String| PullError::Http { url: endpoint.label.clone(), what: endpoint.without_secrets(&what) };
    let client = Client::new(&endpoint, input, request.backoff_base).map_err(refuse)?;
    let name = spool_name(request, nth, input, &endpoint)?;
    let mut spool = Spool::open(request.spool_dir, &format!("{}-{nth}", safe(&request.spec.id)), &name, request.now)?;
    let mut resumed = spool.pages() > 0;
    let mut records = 0;
    while let Some(next) = spool.next(&Next::first(input.paging.as_ref())) {
        let number = spool.pages() + 1;
        let url =
            endpoint.url_of(&next, input.paging.as_ref()).map_err(|what| refuse(format!("page {number}: {what}")))?;
        let body = match client.get(&url).await {
            Ok(body) => body,
            Err(Failure::Refused(_)) if resumed => {
                // What an earlier pull went on from may have expired: begin again.
                spool.start_over(request.now)?;
                resumed = false;
                continue;
            }
            Err(failure) => return Err(refuse(format!("page {number}: {}", failure.what(spool.pages())))),
        };
        resumed = false;
        let page = Page::read(&body, input).map_err(|what| refuse(format!("page {number}: {what}")))?;
        let following = page
            .following(&next, input.paging.as_ref(), &endpoint, &url)
            .map_err(|what| refuse(format!("page {number}: {what}")))?;
        if let Some(following) = &following
            && let Some(what) = spool.repeats(following, &page)
        {
            return Err(refuse(format!("page {number}: {what}")));
        }
        spool.append(&page, following.as_ref())?;
        records += page.records.len();
        if let Some(progress) = request.progress {
            let rows = u64::try_from(records).unwrap_or_default();
            progress(Progress { rows, bytes: spool.bytes(), total_bytes: None });
        }
    }
    Ok(Fetched { spool, label: endpoint.label })
}

/// A name that differs wherever the records may differ: source, input, window, address.
fn spool_name(
    request: &PullRequest<'_>,
    nth: usize,
    input: &HttpInput,
    endpoint: &Endpoint,
) -> Result<String, PullError> {
    let what = serde_json::to_vec(&(&request.spec.id, nth, &request.window, input)).map_err(|error| {
        PullError::Http { url: endpoint.label.clone(), what: format!("the input cannot be written as JSON: {error}") }
    })?;
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update(endpoint.url.as_str());
    Ok(short_hash(hash))
}

/// The first 16 hexadecimal digits.
fn short_hash(hash: Sha256) -> String {
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A name that is safe in a file name.
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
}
