//! Tests of rules.

mod bad_calendars;
mod bad_files;
mod bad_judgement;
mod bad_lines;
mod bad_people;
mod bad_rules;
mod bad_shapes;
mod bad_sources;
mod bad_units;
mod defaults;
mod diff;
mod examples;
mod hash;

use std::fs;
use std::path::{Path, PathBuf};

use merit::rules::{Loaded, Problem, load, write_default};
use tempfile::TempDir;

/// A folder with the default rules, to be changed.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_default(dir.path()).unwrap();
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Replaces the first place in a file where `from` stands.
    fn edit(self, name: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "'{from}' stands in {name}");
        fs::write(self.file(name), text.replacen(from, to, 1)).unwrap();
        self
    }

    fn write(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.file(name), content).unwrap();
        self
    }

    fn load(&self) -> Loaded {
        load(self.path()).unwrap_or_else(|problems| panic!("the rules load: {:#?}", self.lines(&problems)))
    }

    /// Every problem of rules that must not load, each as its line, with paths inside the folder.
    fn refused(&self) -> Vec<String> {
        match load(self.path()) {
            Ok(_) => panic!("the rules must be refused"),
            Err(problems) => self.lines(&problems),
        }
    }

    fn lines(&self, problems: &[Problem]) -> Vec<String> {
        let root = format!("{}/", self.path().display());
        problems.iter().map(|problem| problem.to_string().replace(&root, "")).collect()
    }
}
