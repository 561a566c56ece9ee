//! Tests of the pull room: real files, real servers, real databases.

mod bench;
mod databases;
mod faults;
mod formats;
mod http;
mod keys;
mod misbehaving;
mod real_data;
mod spec_errors;
mod workbook;
mod working_time;
