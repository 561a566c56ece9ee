//! Units, agents and assignments.

mod aliases;
mod known;
mod people;
mod places;
mod stretches;

pub(crate) mod forget;
pub(crate) mod import;
pub(crate) mod leave;
pub(crate) mod list;
pub(crate) mod problem;
pub(crate) mod read;
pub(crate) mod upload;
