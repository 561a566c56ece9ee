//! Merit: workforce performance and incentive management for customer-service organisations.
//!
//! The rooms and what each may import are described in ARCHITECTURE.md and held by a test.

pub mod api;
pub mod app;
pub mod cli;
pub mod deliver;
pub mod domain;
pub mod http;
pub mod oidc;
pub mod pull;
pub mod rules;
pub mod store;
pub mod web;

/// Merit makes and frees many small things on all cores at once, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
