//! The real mail server: aiosmtpd under Python, on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::project_root;

/// A running mail server; it ends with the value.
pub(super) struct MailServer {
    child: Child,
    /// What it prints goes somewhere as long as it runs.
    _stdout: BufReader<ChildStdout>,
    folder: TempDir,
    pub(super) port: u16,
}

/// Where scripts/test installs it, when it did.
fn python() -> Option<PathBuf> {
    let pinned = fs::read_to_string(project_root().join("tests/mail/requirements.txt")).unwrap();
    let version = pinned.lines().find_map(|line| line.strip_prefix("aiosmtpd==")).unwrap().trim();
    let python = project_root().join(format!("target/tools/aiosmtpd-{version}/bin/python"));
    let check = || Command::new(&python).args(["-c", "import aiosmtpd"]).status().is_ok_and(|status| status.success());
    if python.is_file() && check() {
        return Some(python);
    }
    assert!(std::env::var_os("MERIT_TEST_MAIL").is_none(), "aiosmtpd should be there, by {}", python.display());
    println!("skipped: aiosmtpd is not installed; scripts/test installs it");
    None
}

impl MailServer {
    /// Without the library: says so, and gives nothing.
    pub(super) fn start() -> Option<Self> {
        Self::with(&json!({}), |_| {})
    }

    /// With options of its own; `prepare` puts files into its folder first.
    pub(super) fn with(options: &Value, prepare: impl FnOnce(&TempDir)) -> Option<Self> {
        let python = python()?;
        let folder = tempfile::tempdir().unwrap();
        prepare(&folder);
        let mut config = json!({ "port": 0, "box": folder.path().join("box.jsonl") });
        for (name, value) in options.as_object().unwrap() {
            // Names of files are in the folder.
            let value = match name.as_str() {
                "certificate" | "key" => folder.path().join(value.as_str().unwrap()).display().to_string().into(),
                _ => value.clone(),
            };
            config[name] = value;
        }
        fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let (child, stdout, port) = run(&python, &folder);
        Some(Self { child, _stdout: stdout, folder, port })
    }

    pub(super) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Every letter it said it has, in order.
    pub(super) fn letters(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("box.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// As if its machine failed.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port, with the same box.
    pub(super) fn restart(&mut self) {
        let config = self.path("config.json");
        let mut options: Value = serde_json::from_str(&fs::read_to_string(&config).unwrap()).unwrap();
        options["port"] = self.port.into();
        fs::write(config, options.to_string()).unwrap();
        let (child, stdout, port) = run(&python().unwrap(), &self.folder);
        assert_eq!(port, self.port);
        (self.child, self._stdout) = (child, stdout);
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(python: &PathBuf, folder: &TempDir) -> (Child, BufReader<ChildStdout>, u16) {
    let mut command = Command::new(python);
    command.arg(project_root().join("tests/mail/server.py")).arg(folder.path().join("config.json"));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let port = line.trim().parse().unwrap_or_else(|error| panic!("the mail server did not start: {error}: {line}"));
    (child, stdout, port)
}
