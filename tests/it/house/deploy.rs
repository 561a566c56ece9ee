//! The files that run Merit elsewhere.

use std::fs;
use std::process::Command;

use crate::support::project_root;

#[test]
fn the_service_is_one_that_systemd_understands() {
    let unit = fs::read_to_string(project_root().join("deploy/merit.service")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("merit.service");
    fs::write(
        &file,
        unit.replace("ExecStart=/usr/local/bin/merit", &format!("ExecStart={}", env!("CARGO_BIN_EXE_merit"))),
    )
    .unwrap();
    let Ok(checked) = Command::new("systemd-analyze").arg("verify").arg(&file).output() else {
        println!("skipped: there is no systemd-analyze on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && !said.contains("Unknown"), "{said}");
}

/// Whatever the image and the service set is something that Merit reads.
#[test]
fn their_variables_are_known() {
    let help = Command::new(env!("CARGO_BIN_EXE_merit")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for file in ["Dockerfile", "deploy/merit.service"] {
        let text = fs::read_to_string(project_root().join(file)).unwrap();
        let set = text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.starts_with("MERIT_"));
        for name in set {
            assert!(help.contains(name) || name == "MERIT_SPOOL", "{file}: {name} is no variable of Merit");
        }
    }
}
