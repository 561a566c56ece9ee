//! The `merit` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    merit::cli::main()
}
