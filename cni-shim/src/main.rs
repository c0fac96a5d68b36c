//! The executable: the library does everything, so that tests can reach its parts.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(croft_shim::run())
}
