//! Every change leaves an entry in the audit log, in its own transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::rooms::rust_files;
use crate::support::project_root;

/// Commits of the store without an entry: the file, how many, and why.
const UNRECORDED: [(&str, usize, &str); 15] = [
    ("access/failure.rs", 2, "tries to sign in are counted here; that one was refused is noted by the use case"),
    ("access/session.rs", 1, "when a session was last used changes nothing anybody may do"),
    ("access/kept_answer.rs", 3, "what a repeated request is answered changes nothing; what it did is recorded"),
    ("access/token.rs", 2, "when a token was last used, and access tokens long expired, change nothing anybody may do"),
    ("audit/append.rs", 2, "the one place that commits for all others, and entries of readings"),
    ("jobs/hold.rs", 2, "that a worker took a job and is still there; asking, cancelling and ending are recorded"),
    ("notices/hold.rs", 3, "that a sender took a notice, and how that ended; what the notice tells is recorded"),
    ("facts/pull.rs", 1, "that a pull begins changes no fact; its commit, or that it failed, is recorded"),
    ("results/rows.rs", 1, "a chunk of a run, which is recorded when it becomes current"),
    ("results/units.rs", 1, "a chunk of a run, which is recorded when it becomes current"),
    ("runs/begin.rs", 2, "that a run begins or fails changes no result; its completion is recorded"),
    ("runs/snapshot.rs", 2, "chunks of a run, which is recorded when it becomes current"),
    ("reviews/write.rs", 1, "a draft counts for nothing until it is handed in, which is recorded"),
    ("schema.rs", 1, "there may be no audit log before the migrations have run"),
    ("bulk.rs", 0, "writes within others' transactions"),
];

/// The files of a room, with their text and their path inside it.
fn files(room: &str) -> Vec<(String, String)> {
    let folder = project_root().join("src").join(room);
    let file = |path: std::path::PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        (name, fs::read_to_string(&path).unwrap())
    };
    rust_files(&folder).into_iter().map(file).collect()
}

#[test]
fn every_commit_of_the_store_is_recorded_or_says_why_not() {
    let reasons: BTreeMap<&str, usize> = UNRECORDED.iter().map(|(file, count, _)| (*file, *count)).collect();
    for (file, text) in files("store") {
        let commits = text.matches(".commit()").count();
        let allowed = reasons.get(file.as_str()).copied().unwrap_or_default();
        assert_eq!(
            commits, allowed,
            "src/store/{file}: end with self.finish(tx, step), or say here why there is no entry"
        );
    }
}

/// Operations of the store that end with `finish`.
fn recorded_operations() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in files("store") {
        let mut operation = None;
        for line in text.lines() {
            if let Some((before, rest)) = line.split_once("async fn ") {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                operation = before.trim().starts_with("pub").then_some(name);
            }
            if line.contains("self.finish(") {
                names.extend(operation.take());
            }
        }
    }
    // These end in a private one.
    names.extend(["open_cycle", "open_cycle_publishing"].map(str::to_owned));
    names
}

#[test]
fn use_cases_write_through_a_recording_store() {
    let operations = recorded_operations();
    assert!(operations.len() >= 18 && operations.contains("commit_pull"), "{operations:?}");
    for (file, text) in files("app") {
        let squeezed: String = text.split_whitespace().collect();
        for operation in &operations {
            assert!(
                !squeezed.contains(&format!("self.store.{operation}(")),
                "src/app/{file}: {operation} changes something: call it on self.recorded(Change …)"
            );
        }
    }
}
