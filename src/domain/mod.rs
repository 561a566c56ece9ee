//! Pure arithmetic and state machines: no I/O, no clock, no database, no web types.
//!
//! Everything here is a function of its arguments, so that a past result can be replayed to the byte.

pub mod curve;
pub mod cycle;
mod decimal;
pub mod fact;
pub mod fixed;
pub mod improvement;
pub mod interval;
pub mod metric;
pub mod money;
pub mod payout;
pub mod period;
pub mod scorecard;
pub mod text;
pub mod tiers;
pub mod version;
