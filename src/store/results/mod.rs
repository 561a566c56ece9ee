//! What runs found: scorecards, payouts and improvement plans.

pub(crate) mod codes;
pub(super) mod cost;
pub(crate) mod course;
pub(crate) mod list;
pub(crate) mod packed;
pub(crate) mod payouts;
pub(crate) mod plans;
pub(crate) mod rows;
pub(crate) mod scorecards;
pub(super) mod sums;
pub(crate) mod units;
pub(crate) mod waits;
