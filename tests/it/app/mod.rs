//! The use cases on both engines.

mod full_disk;
mod pulling;
mod quarter;
mod real_data;
mod roster;
mod rule_versions;
