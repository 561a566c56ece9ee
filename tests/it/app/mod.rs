//! The use cases on both engines.

mod full_disk;
mod pulling;
mod quarter;
mod ratings;
mod real_data;
mod roster;
