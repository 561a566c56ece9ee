//! Units, agents and assignments.

pub(crate) mod import;
pub(crate) mod problem;
pub(crate) mod read;
