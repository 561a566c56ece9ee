//! Versions of the rules: the list, one version in words, its cards in curves, and what changes from one to another.

pub(super) mod card;
pub(super) mod changes;
pub(super) mod list;
pub(super) mod version;
