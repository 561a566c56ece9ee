//! Versions of the rules: the list, one version in words and curves, and what changes from one to another.

pub(super) mod changes;
pub(super) mod list;
pub(super) mod version;
