//! Notices: what people and programs were told, what failed; webhooks; what one was told oneself.

pub(super) mod list;
pub(super) mod own;
pub(super) mod webhooks;
mod words;

pub(super) use words::kind_text;
