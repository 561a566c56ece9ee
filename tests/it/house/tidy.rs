//! Sizes, leftovers, and what version control must not hold.

use std::fs;
use std::process::Command;

use super::rooms::rust_files;
use crate::support::project_root;

/// A file longer than this is two ideas.
const MOST_LINES: usize = 450;

#[test]
fn files_stay_short_enough_to_read() {
    let root = project_root();
    let long: Vec<String> = ["src", "entity/src", "migration/src", "tests", "benches"]
        .iter()
        .map(|folder| root.join(folder))
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| rust_files(&folder))
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            (lines > MOST_LINES).then(|| format!("{}: {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn version_control_holds_no_build_output() {
    let listed = Command::new("git").arg("ls-files").current_dir(project_root()).output();
    let Ok(listed) = listed.map_err(|error| println!("skipped: git cannot be run here ({error})")) else { return };
    if !listed.status.success() {
        println!("skipped: this is not a git checkout");
        return;
    }
    let files = String::from_utf8(listed.stdout).unwrap();
    let built: Vec<&str> = files
        .lines()
        .filter(|file| {
            file.starts_with("target/")
                || [".db", ".parquet", ".xlsx", ".so", ".log"].iter().any(|ending| file.ends_with(ending))
        })
        .collect();
    assert!(built.is_empty(), "generated files under version control: {built:?}");
}

#[test]
fn shell_scripts_are_sound() {
    for script in ["scripts/test", "scripts/bench", ".ci/run"] {
        let checked = Command::new("bash").arg("-n").arg(project_root().join(script)).output().unwrap();
        assert!(checked.status.success(), "{script}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}
