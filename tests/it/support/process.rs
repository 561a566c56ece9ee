//! `merit serve` as a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::command::merit;
use super::company::Company;

/// A running `merit serve`; killed with the value.
pub(crate) struct Process {
    pub(crate) child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// Lines it printed before it was ready.
    pub(crate) said: Vec<String>,
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(company: &Company, database: &str, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = merit(company, database);
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = Vec::new();
        let url = loop {
            let mut line = String::new();
            assert!(stdout.read_line(&mut line).unwrap() > 0, "it ended early: {}", rest(&mut child));
            if let Some((_, url)) = line.split_once("Merit answers on ") {
                break url.split('/').take(3).collect::<Vec<_>>().join("/");
            }
            said.push(line);
        };
        Self { child, url, said, _stdout: stdout }
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; returns how it ended, and its log.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let log = rest(&mut self.child);
        (self.child.wait().unwrap(), log)
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        self.signal("TERM");
        self.end()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rest(child: &mut Child) -> String {
    let mut log = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut log).unwrap();
    }
    log
}
