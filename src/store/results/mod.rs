//! What runs found: scorecards, payouts and improvement plans.

mod cards;
mod list;
mod pay;
mod suggestions;

pub(crate) mod codes;
pub(crate) mod payouts;
pub(crate) mod plans;
pub(crate) mod rows;
pub(crate) mod scorecards;
