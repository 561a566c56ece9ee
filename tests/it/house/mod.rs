//! The project's own rules, read from its files.

mod deploy;
mod recorded;
pub(crate) mod rooms;
mod tidy;
