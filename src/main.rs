//! The `contrastlab` binary: hand the arguments over, return the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    contrastlab::cli::main()
}
