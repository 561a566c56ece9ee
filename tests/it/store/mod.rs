//! Tests of store: each on SQLite and PostgreSQL.

mod cycles;
mod exemptions;
mod facts;
mod fixture;
mod freeze;
mod identities;
mod leave;
mod packed;
mod pulls;
mod ratings;
mod reads;
mod results;
mod roster;
mod rule_versions;
mod schema;
mod sign_in;
mod tokens;
mod units;
mod writers;
