//! The `safe-mock` program.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    safe_mock::cli::run(&safe_mock::cli::Cli::parse()).await
}
