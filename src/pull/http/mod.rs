//! stub for first compile
use super::{PullError, PullRequest};
use crate::rules::source::HttpInput;
use std::path::{Path, PathBuf};
#[derive(Debug)]
pub(super) struct Fetched {
    path: PathBuf,
    label: String,
    pages: u64,
}
impl Fetched {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
    pub(super) fn label(&self) -> &str {
        &self.label
    }
    pub(super) fn pages(&self) -> u64 {
        self.pages
    }
}
pub(super) async fn fetch(_r: &PullRequest<'_>, _n: usize, _h: &HttpInput) -> Result<Fetched, PullError> {
    Err(PullError::Http { url: String::new(), what: String::new() })
}
