//! Tests of the arithmetic: worked examples, properties, and the published cases of others.

mod build;
mod curve;
mod cycle;
mod fixed;
mod improvement;
mod interval;
mod money;
mod oracles;
mod payout;
mod period;
mod representation;
mod scorecard;
mod scorecard_check;
mod scorecard_properties;
mod tiers;
mod version;
