//! What runs found: scorecards, payouts and improvement plans.

pub(crate) mod codes;
pub(crate) mod list;
pub(crate) mod packed;
pub(crate) mod payouts;
pub(crate) mod plans;
pub(crate) mod rows;
pub(crate) mod scorecards;
pub(crate) mod units;
