//! The `safe-mock` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    safe_mock::cli::run(&safe_mock::program::parse()).await
}
