//! Assembly of the server: routes, problem+json, request ids, limits, figures.

mod allowed;
mod body;
mod client;
mod connection;
mod headers;
mod health;
mod idempotency;
mod manners;
mod metrics;
mod nul;
mod options;
mod problem;
mod rate;
mod route;
mod server;
mod tls;

pub use client::{client_address, is_https};
pub use metrics::MetricsListening;
pub use options::{Rate, ServerOptions, TlsFiles};
pub use server::{Listening, ServerError, routes};
pub use tls::Tls;
