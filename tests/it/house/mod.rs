//! The project's own rules, read from its files.

mod deploy;
mod rooms;
mod tidy;
