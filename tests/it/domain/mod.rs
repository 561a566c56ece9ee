//! Tests of the arithmetic: worked examples, properties, and the published cases of others.

mod appraisal;
mod appraisal_properties;
mod build;
mod curve;
mod cycle;
mod fixed;
mod guidance;
mod improvement;
mod interval;
mod money;
mod oracles;
mod payout;
mod peers;
mod period;
mod representation;
mod scorecard;
mod scorecard_check;
mod scorecard_properties;
mod shares;
mod tiers;
