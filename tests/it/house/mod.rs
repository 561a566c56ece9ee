//! The project's own rules, read from its files.

mod deploy;
mod recorded;
mod rooms;
mod tidy;
