//! Whether the files of the rules are still those that were read.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Path, length and time of the last change of everything in a folder of rules, sorted. Equal stamps: the same files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, u64, SystemTime)>);

impl Stamp {
    /// `None` where something cannot be looked at: then the files are to be read again.
    pub fn of(folder: &Path) -> Option<Self> {
        let mut seen = Vec::new();
        for path in entries(folder)? {
            // Rules lie in the folder itself and in folders of it, never deeper.
            let within = if path.is_dir() { entries(&path)? } else { vec![path] };
            for file in within {
                let about = fs::metadata(&file).ok()?;
                seen.push((file, about.len(), about.modified().ok()?));
            }
        }
        seen.sort();
        Some(Self(seen))
    }
}

fn entries(folder: &Path) -> Option<Vec<PathBuf>> {
    fs::read_dir(folder).ok()?.map(|entry| Some(entry.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Stamp;

    #[test]
    fn it_tells_a_file_that_was_changed_added_or_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let of = || Stamp::of(folder.path()).unwrap();
        fs::create_dir(folder.path().join("sources")).unwrap();
        let empty = of();
        fs::write(folder.path().join("sources/a.yaml"), "id: a").unwrap();
        let one = of();
        assert_ne!(one, empty);
        assert_eq!(one, of());
        fs::write(folder.path().join("sources/a.yaml"), "id: ab").unwrap();
        assert_ne!(of(), one);
        fs::remove_file(folder.path().join("sources/a.yaml")).unwrap();
        assert_eq!(of(), empty);
        assert_eq!(Stamp::of(&folder.path().join("nowhere")), None);
    }
}
