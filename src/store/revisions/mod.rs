//! Revisions: runs whose results took the place of single agents' results after publication, and what they change in pay.

pub(crate) mod adjustments;
pub(crate) mod read;
pub(crate) mod write;
