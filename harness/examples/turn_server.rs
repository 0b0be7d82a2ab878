//! The STUN and TURN server of the harness as a program, for peers on other hosts or in other network namespaces. It is for
//! tests: it knows one user, and the password is public.
//!
//! ```text
//! cargo run -p harness --example turn_server -- --listen 192.0.2.1:3478
//! ```
//!
//! Once `ready with JSON` is on stdout, it answers; the JSON is the `iceServers` of a peer that may use it. It ends at ctrl-c or SIGTERM.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use clap::Parser;
use harness::environment::{PASSWORD, TurnServer, USERNAME};
use safe_mock::program::StopSignals;
use serde_json::json;

/// A STUN and TURN server for tests
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; relay addresses are on the same host. Port 0 is one that the system picks
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3478")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut signals = StopSignals::listen()?;
    let server = TurnServer::start_at(Arguments::parse().listen).await?;
    let address = server.address();
    let servers = json!({"iceServers": [
        {"urls": format!("stun:{address}")},
        {"urls": format!("turn:{address}?transport=udp"), "username": USERNAME, "credential": PASSWORD},
    ]});
    writeln!(io::stdout(), "ready with {servers}")?;
    signals.next().await;
    server.shutdown().await;
    Ok(())
}
