//! Where pulls keep working files: rows as the sources send them, and so figures of people.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use super::{AppError, access};

/// The working files of pulls into one database.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    root: PathBuf,
    /// The operator named the root, and answers for who may write there.
    named: bool,
    database: String,
}

impl Spool {
    pub(super) fn of(address: &str) -> Self {
        let named = std::env::var_os("MERIT_SPOOL").map(PathBuf::from);
        let (is_named, database) = (named.is_some(), access::short_digest(address));
        let root = named.unwrap_or_else(|| std::env::temp_dir().join("merit-spool"));
        Self { root, named: is_named, database }
    }

    /// The folder of a source, made if need be.
    pub(super) fn folder(&self, source: &str) -> Result<PathBuf, AppError> {
        make(&self.root).map_err(|error| AppError::file(&self.root, error))?;
        // In the system's temporary folder somebody else may have made one of this name, with links in it to other files.
        if !self.named && !is_ours_alone(&self.root).map_err(|error| AppError::file(&self.root, error))? {
            return Err(AppError::refused(format!(
                "{} is a link, or others may write there, so no working files of a pull are kept in it; remove it, or name a \
                 folder of your own with MERIT_SPOOL",
                self.root.display()
            )));
        }
        let folder = self.root.join(&self.database).join(source);
        make(&folder).map_err(|error| AppError::file(&folder, error))?;
        Ok(folder)
    }
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(unix)]
fn is_ours_alone(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.mode() & 0o022 != 0 {
        return Ok(false);
    }
    // A new file is whoever's that this process runs as.
    Ok(tempfile::tempfile_in(folder)?.metadata()?.uid() == found.uid())
}

/// Elsewhere the temporary folder is the user's own.
#[cfg(not(unix))]
fn is_ours_alone(folder: &Path) -> io::Result<bool> {
    Ok(fs::symlink_metadata(folder)?.is_dir())
}
