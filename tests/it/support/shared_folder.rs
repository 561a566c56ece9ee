//! The folder of published material that stands beside the project, when it does.

use std::path::PathBuf;

/// A file or folder of the shared folder: under `MERIT_SHARED`, or else under `../shared` beside the project. `None`, with a printed
/// reason, when it is not there.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MERIT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {name} is not in the shared folder (set MERIT_SHARED, or put the folder beside the project)");
    None
}
