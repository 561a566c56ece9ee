//! The use cases on both engines.

mod exempt;
mod full_disk;
mod leave;
mod pulling;
mod quarter;
mod ratings;
mod real_data;
mod roster;
mod rule_versions;
mod units;
