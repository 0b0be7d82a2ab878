//! Connections to a launcher on a port, for bytes that no HTTP client sends.

#![expect(clippy::unwrap_used, reason = "a test without a connection has failed")]

use std::time::Duration;

use safe_mock::MockLauncher;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::call::application;

/// A connection to the first address of the launcher.
///
/// # Panics
/// It does not listen there.
pub async fn connect(launcher: &MockLauncher) -> TcpStream {
    TcpStream::connect(launcher.addresses()[0]).await.unwrap()
}

/// A connection on which these bytes were sent.
///
/// # Panics
/// The launcher does not take them.
pub async fn sent(launcher: &MockLauncher, bytes: &str) -> TcpStream {
    let mut stream = connect(launcher).await;
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// Everything that the launcher sends until it closes the connection.
///
/// # Panics
/// The connection is reset.
pub async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

/// Asks to be let in, and sends `more` right after the request.
///
/// # Panics
/// As [`sent`].
pub async fn ask(launcher: &MockLauncher, more: &str) -> TcpStream {
    let app = application("a", &[]).to_string();
    let head = "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
    sent(launcher, &format!("{head}\r\ncontent-length: {}\r\n\r\n{app}{more}", app.len())).await
}

/// Lets everything else run until `condition` holds.
///
/// # Panics
/// It does not hold within a minute.
pub async fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline, "the condition does not come true");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
