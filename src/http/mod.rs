//! Assembly of the server: routes, problem+json, request ids, limits.

mod allowed;
mod idempotency;
mod middleware;
mod problem;
mod server;

pub use server::{Listening, ServerError, routes};
