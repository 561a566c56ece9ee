//! Tests of the arithmetic: worked examples, properties, and the published cases of others.

mod build;
mod calendar;
mod calendar_properties;
mod chance;
mod curve;
mod cycle;
mod fixed;
mod improvement;
mod interval;
mod judgement;
mod money;
mod oracles;
mod payout;
mod period;
mod representation;
mod scorecard;
mod scorecard_check;
mod scorecard_judged;
mod scorecard_line_properties;
mod scorecard_lines;
mod scorecard_properties;
mod tiers;
