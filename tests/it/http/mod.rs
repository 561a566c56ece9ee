//! The server's manners, over real connections.

mod clients;
mod connections;
mod figures;
mod headers;
mod limits;
mod log;
mod spans;
mod stopping;
mod tls;
