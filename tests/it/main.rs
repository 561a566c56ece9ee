//! Merit's integration tests: one binary, a module a room.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop"
)]

mod api;
mod app;
mod attack;
mod cli;
mod domain;
mod house;
mod http;
mod notices;
mod oidc;
mod pull;
mod rules;
mod store;
mod support;
mod web;
