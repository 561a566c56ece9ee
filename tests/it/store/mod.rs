//! Tests of store: each on SQLite and PostgreSQL.

mod cycles;
mod facts;
mod fixture;
mod freeze;
mod pulls;
mod reads;
mod results;
mod roster;
mod rule_versions;
mod schema;
mod tokens;
mod writers;
