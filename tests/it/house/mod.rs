//! The project's own rules, read from its files.

mod rooms;
mod tidy;
