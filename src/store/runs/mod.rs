//! Runs of a cycle: the snapshot they score and their life.

pub(crate) mod begin;
pub(crate) mod history;
pub(crate) mod live;
pub(crate) mod snapshot;
