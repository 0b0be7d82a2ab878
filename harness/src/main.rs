//! The `harness` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    ExitCode::from(harness::program::main().await)
}
