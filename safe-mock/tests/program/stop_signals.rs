//! Signals that ask the program to stop.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::{Running, address, ask, get, program};

#[test]
fn a_signal_as_soon_as_the_ready_line_is_read_stops_it_in_order() {
    for round in 0..100 {
        let mut running = Running::start(program().args(["--port", "0", "--log", "error"]));
        running.ready();
        running.signal(if round % 2 == 0 { "TERM" } else { "INT" });
        let (code, log) = running.end();
        assert_eq!(code, Some(0), "round {round}: {log}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (signal, expected) in [("INT", 130), ("TERM", 143)] {
        let mut running = Running::start(program().args(["--port", "0", "--consent", "ask"]));
        let address = address(&running.ready());
        let mut waits = TcpStream::connect(address).unwrap();
        let app = r#"{"app":{"name":"n","id":"i","vendor":"v","version":"1"},"permissions":[]}"#;
        let head = "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
        let request = format!("{head}\r\ncontent-length: {}\r\n\r\n{app}", app.len());
        waits.write_all(request.as_bytes()).unwrap();
        while !ask(address, &get("/__mock/consent")).contains("\"id\"") {}
        running.signal("TERM");
        // The log says that it stops; the request has half a second to finish.
        let mut log = BufReader::new(running.child.stderr.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("stopping") {
            assert_ne!(log.read_line(&mut lines).unwrap(), 0, "{lines}");
        }
        running.signal(signal);
        assert_eq!(running.child.wait().unwrap().code(), Some(expected), "{lines}");
    }
}
