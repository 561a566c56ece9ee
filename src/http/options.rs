//! What a server may be told about its manners.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// How a server behaves. The defaults are those of `merit serve`.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Bytes a request's body may have.
    pub most_body_bytes: u64,
    /// How long a request may take until its answer begins.
    pub request_time: Duration,
    /// Connections at once; whoever comes beyond them waits until another has ended.
    pub most_connections: usize,
    /// How long a client may take to send the head of a request, and to agree on a secure connection.
    pub head_time: Duration,
    /// No limit when absent.
    pub rate: Option<Rate>,
    /// Whose word about the client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    pub tls: Option<TlsFiles>,
    /// How long to go on accepting after being asked to stop, while readiness says no.
    pub drain: Duration,
}

/// Requests of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

/// PEM files of a certificate with its chain, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Rate {
    pub const DEFAULT: Self = Self { per_second: one_hundred(), burst: one_thousand() };
}

const fn one_hundred() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(99)
}

const fn one_thousand() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(999)
}

impl ServerOptions {
    /// Leaves room for the database and files below the 1,024 handles that systems often allow a process.
    pub const CONNECTIONS: usize = 800;
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            most_body_bytes: 1 << 20,
            request_time: Duration::from_secs(30),
            most_connections: Self::CONNECTIONS,
            head_time: Duration::from_secs(15),
            rate: Some(Rate::DEFAULT),
            trusted_proxies: Vec::new(),
            tls: None,
            drain: Duration::ZERO,
        }
    }
}
