//! Tests of store: each on SQLite and PostgreSQL.

mod cycles;
mod facts;
mod fixture;
mod freeze;
mod packed;
mod pulls;
mod ratings;
mod reads;
mod results;
mod roster;
mod schema;
mod tokens;
mod writers;
