//! Tests of the pull room: real files, real servers, real databases.

mod bench;
mod formats;
mod http;
mod misbehaving;
mod real_data;
mod workbook;
