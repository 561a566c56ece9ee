//! The use cases on both engines.

mod appeals;
mod audit;
mod calibration;
mod corrections;
mod cycle_acts;
mod cycle_model;
mod exempt;
mod fairness;
mod fallen;
mod forgetting;
mod full_disk;
mod jobs;
mod leave;
mod personal;
mod pulling;
mod quarter;
mod ratings;
mod real_data;
pub(crate) mod reviews;
mod roster;
mod rule_versions;
mod schedules;
pub(crate) mod simulate;
mod units;
mod wiring;
