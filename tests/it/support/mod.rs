//! What the tests share.

use std::path::PathBuf;

pub(crate) mod browser;
pub(crate) mod cases;
pub(crate) mod chromium;
pub(crate) mod command;
pub(crate) mod company;
pub(crate) mod cycles;
pub(crate) mod engines;
pub(crate) mod formula;
pub(crate) mod mariadb;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod recompute;
pub(crate) mod server;
pub(crate) mod shared_folder;
pub(crate) mod spec;
pub(crate) mod stores;
pub(crate) mod wait;

/// The folder of Cargo.toml.
pub(crate) fn project_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
