//! Where each agent's result of a cycle stands.

pub(crate) mod change;
pub(super) mod follow;
pub(crate) mod read;
