//! How fast a launcher starts.

use safe_mock::{Builder, MockLauncher};
use suite::call::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::statistics::{Figure, median, milliseconds};

const LAUNCHERS: usize = 300;

/// The time from the start to the first response.
pub async fn until_first_answer() -> Vec<Figure> {
    let (mut ports, mut routers) = (Vec::new(), Vec::new());
    for _ in 0..LAUNCHERS {
        let begun = Instant::now();
        let launcher = MockLauncher::start().await.unwrap();
        let mut stream = TcpStream::connect(launcher.addresses()[0]).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        ports.push(begun.elapsed().as_secs_f64());
        assert!(answer.ends_with(b"OK"));
        launcher.shutdown().await;

        let begun = Instant::now();
        assert_eq!(Client::in_process(&Builder::default().build()).get("/health").send().await.status(), 200);
        routers.push(begun.elapsed().as_secs_f64());
    }
    vec![
        Figure::new("building a launcher until its first answer, median", milliseconds(median(ports)), "<= 1 ms"),
        Figure::new("  in process, median", milliseconds(median(routers)), ""),
    ]
}
