//! The outbox and its webhooks: written with what they tell, sent by one sender at a time.

pub(super) mod append;
pub(super) mod hold;
pub(super) mod read;
pub(super) mod webhook;
