//! What people write about one another, and about themselves, in a cycle.

pub(crate) mod read;
pub(crate) mod write;
