//! Versions of the rules: content by hash, and what is decided about each.

pub(crate) mod add;
pub(crate) mod problem;
pub(crate) mod publish;
pub(crate) mod read;
