//! Ratings that people propose in place of calculated ones.

pub(crate) mod read;
pub(crate) mod write;
