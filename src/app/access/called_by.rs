//! Who a request turned out to come from.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use tracing::Span;
use uuid::Uuid;

use super::Actor;

/// Where a request comes from; data of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Of the client itself, where a trusted proxy names it.
    pub address: Option<IpAddr>,
    /// Whether the client's own connection is secure.
    pub https: bool,
}

/// Who a request turned out to come from: set once, by whoever checks its token or session; read by the log and the limits.
#[derive(Debug, Clone)]
pub struct CalledBy {
    account: Arc<OnceLock<Uuid>>,
    /// The request's own span in the log.
    span: Span,
}

impl CalledBy {
    pub fn within(span: Span) -> Self {
        Self { account: Arc::default(), span }
    }

    pub fn note(&self, actor: &Actor) {
        self.span.record("actor", actor.name());
        if let Some(account) = actor.own_account() {
            let _ = self.account.set(account.public_id);
        }
    }

    /// The account's public id, once it is known.
    pub fn account(&self) -> Option<Uuid> {
        self.account.get().copied()
    }
}
