//! Long content through a writer of immutable data and back, over TCP: how fast, and in how much memory.

use std::io::{self, Write};

use safe_mock::MockLauncher;
use suite::call::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::Instant;

use crate::memory;
use crate::statistics::Figure;

/// Pieces of content, each different and as large as a chunk of the network.
const PIECES: usize = 100;

/// The bytes of a piece.
const PIECE_BYTES: usize = 1 << 20;

/// The argument with which this program measures in a new process, which has not freed any memory before.
pub const CONTENT_ALONE: &str = "--memory-of-content";

/// Measures in a new process.
pub async fn there_and_back() -> Vec<Figure> {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg(CONTENT_ALONE).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let [write, read, peak] = told.lines().collect::<Vec<_>>().try_into().unwrap();
    vec![
        Figure::new(format!("{PIECES} MiB through a writer of immutable data, and closed"), write, ""),
        Figure::new("  and back, streamed by a reader", read, ""),
        Figure::new("  memory at the most, beside the content itself", peak, "<= 32 MiB"),
    ]
}

/// In the new process: prints how long both ways took, and the memory beyond the content.
///
/// # Errors
/// Writing to stdout fails.
pub async fn tell_time_and_memory() -> io::Result<()> {
    let launcher = MockLauncher::start().await.unwrap();
    let client = Client::over_tcp(&launcher);
    let token = client.token("bench", &["LOW_LEVEL_API"]).await;
    let writer = client.get("/immutable-data/writer").token(&token).send().await.handle();
    let before = memory::resident();
    let begun = Instant::now();
    write(&launcher, &token, writer).await;
    let closed = client.put(&format!("/immutable-data/{writer}/undefined")).token(&token).send().await;
    let written = begun.elapsed();
    let reader = client.get(&format!("/immutable-data/reader/{}", closed.handle())).send().await.handle();
    let begun = Instant::now();
    read(&launcher, reader).await;
    let read = begun.elapsed();
    let peak = memory::each(before.map(|before| before + PIECES * PIECE_BYTES), memory::peak(), 1 << 20);
    let peak = peak.replace("bytes", "MiB");
    writeln!(io::stdout(), "{:.2} s\n{:.2} s\n{peak}", written.as_secs_f64(), read.as_secs_f64())
}

/// A piece of content that is no other.
fn stamp(piece: &mut [u8], index: usize) {
    piece[..8].copy_from_slice(&index.to_le_bytes());
}

async fn write(launcher: &MockLauncher, token: &str, writer: u64) {
    let mut stream = TcpStream::connect(launcher.addresses()[0]).await.unwrap();
    let length = PIECES * PIECE_BYTES;
    let head = format!(
        "POST /immutable-data/{writer} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut piece = vec![7; PIECE_BYTES];
    for index in 0..PIECES {
        stamp(&mut piece, index);
        stream.write_all(&piece).await.unwrap();
    }
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
}

async fn read(launcher: &MockLauncher, reader: u64) {
    let mut stream = TcpStream::connect(launcher.addresses()[0]).await.unwrap();
    let head = format!("GET /immutable-data/{reader} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
    let (mut piece, mut expected) = (vec![0; PIECE_BYTES], vec![7; PIECE_BYTES]);
    for index in 0..PIECES {
        stamp(&mut expected, index);
        stream.read_exact(&mut piece).await.unwrap();
        assert!(piece == expected, "piece {index}");
    }
}

/// The head of an answer.
async fn answered(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        said.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(said).unwrap()
}
