//! The project's own rules, read from its files.

mod recorded;
mod rooms;
mod tidy;
