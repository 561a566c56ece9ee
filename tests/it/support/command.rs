//! Running the `merit` command.

use std::process::{Command, Output};

use super::company::Company;

/// `merit` with a company's rules and a database.
pub(crate) fn merit(company: &Company, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_merit"));
    command.env("MERIT_RULES", company.rules()).env("MERIT_DATABASE_URL", database).env_remove("RUST_LOG");
    command.current_dir(company.path("."));
    command
}

/// What a command printed on standard output, when it ended well.
pub(crate) fn printed(output: Output) -> String {
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    text
}

/// What a command said on standard error, when it ended with this code.
pub(crate) fn refused(output: Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}
