//! What the tests share.

use std::path::PathBuf;

/// The folder of Cargo.toml.
pub(crate) fn project_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of shared inputs beside the project (or `MERIT_SHARED`), or `None` with a printed reason.
pub(crate) fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("MERIT_SHARED").map_or_else(|| project_root().join("../shared"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the shared inputs are not at {}", folder.display());
    None
}
