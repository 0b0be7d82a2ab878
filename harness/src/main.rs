//! The `harness` program.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    ExitCode::from(harness::program::main(&harness::cli::Cli::parse()).await)
}
