//! Units: the latest cycle's overview, and one unit with its people beside each other.

pub(super) mod list;
pub(super) mod unit;
