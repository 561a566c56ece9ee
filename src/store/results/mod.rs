//! What runs found: scorecards, payouts and improvement plans.

pub(crate) mod payouts;
pub(crate) mod plans;
pub(crate) mod rows;
pub(crate) mod scorecards;
