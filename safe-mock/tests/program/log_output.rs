//! What the program writes to stderr and stdout, and readers that do not read it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use super::{Running, address, ask, get, program};

#[test]
fn its_log_shows_each_request_in_one_line_and_never_a_token_or_a_body() {
    let mut running = Running::start(program().args(["--port", "0", "--seed", "7", "--log", "trace"]));
    let address = address(&running.ready());
    let app = r#"{"app":{"name":"n","id":"secret-id","vendor":"v","version":"1"},"permissions":["LOW_LEVEL_API"]}"#;
    let length = app.len();
    let head = "POST /auth HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
    let granted = ask(address, &format!("{head}\r\ncontent-length: {length}\r\n\r\n{app}"));
    let token = granted.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sdp = "dj0wDQpzZGNyZXQ=";
    let body = format!(r#"{{"name":"RaGohT04kVkbw9un4bpaC9aJgOeHUFuPmX+8E0dXI9g=","data":"{sdp}"}}"#);
    let head =
        "POST /structured-data HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
    let length = body.len();
    let created =
        ask(address, &format!("{head}\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}"));
    assert!(created.starts_with("HTTP/1.1 200"), "{created}");
    running.signal("TERM");
    let (_, log) = running.end();
    for line in ["POST /auth 200 ", "POST /structured-data 200 "] {
        assert_eq!(log.lines().filter(|logged| logged.contains(line)).count(), 1, "{log}");
    }
    for end in [" authorise", " create of RaGohT04..."] {
        assert_eq!(log.lines().filter(|logged| logged.ends_with(end)).count(), 1, "{end} in {log}");
    }
    let signature = token.rsplit('.').next().unwrap();
    for secret in [signature, sdp, "secret-id"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[test]
fn its_log_shows_no_character_of_a_request_that_a_terminal_obeys() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "trace"]));
    let address = address(&running.ready());
    let unwanted = ['\u{7f}', '\u{85}', '\u{9b}', '\u{202e}', '\u{2028}', '\u{2066}', '\u{200b}', '\u{feff}'];
    for character in unwanted {
        assert!(ask(address, &get(&format!("/a{character}b?c{character}"))).starts_with("HTTP/1.1 4"));
        assert!(ask(address, &get(&format!("/__mock/journal?{character}=1"))).starts_with("HTTP/1.1 4"));
    }
    assert!(ask(address, &get(&format!("/{}", "long".repeat(10_000)))).starts_with("HTTP/1.1 404"));
    running.signal("TERM");
    let (_, log) = running.end();
    assert!(log.contains(r"GET /a\u{202e}b 4"), "{log}");
    let shown = |c: char| c != '\n' && (c.is_control() || unwanted.contains(&c));
    assert!(!log.contains(shown), "{log:?}");
    assert!(log.lines().all(|line| line.len() < 1_000));
}

/// Asks many times, over one connection, for a path that makes a long line in the log.
fn ask_often(address: SocketAddr, times: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    for time in 0..times {
        let request = format!("GET /a/path/{time}/{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "x".repeat(400));
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(answers.read_line(&mut head).unwrap(), 0, "{time}: {head}");
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        answers.read_exact(&mut vec![0; length.unwrap()]).unwrap();
    }
}

fn answers_and_ends(mut running: Running, address: SocketAddr, times: usize) {
    ask_often(address, times);
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_of_the_log_that_has_left_changes_no_answer() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "debug"]));
    let address = address(&running.ready());
    drop(running.child.stderr.take());
    answers_and_ends(running, address, 500);
}

#[test]
fn a_log_that_nobody_reads_holds_up_neither_answers_nor_the_end() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "debug"]));
    let address = address(&running.ready());
    answers_and_ends(running, address, 3_000);
}

#[test]
fn a_log_that_is_read_late_says_how_many_lines_were_lost() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "debug"]));
    let address = address(&running.ready());
    let requests = 5_000;
    ask_often(address, requests);
    let mut log = BufReader::new(running.child.stderr.take().unwrap());
    let mut lines = String::new();
    while !lines.contains(" lost, because this output was not read in time\n") {
        assert_ne!(log.read_line(&mut lines).unwrap(), 0, "{lines}");
    }
    let lost: usize = lines.lines().last().unwrap().split(' ').next().unwrap().parse().unwrap();
    let logged = lines.lines().filter(|line| line.contains("GET /a/path/")).count();
    assert!(lost > 0 && logged > 0 && logged + lost >= requests, "{logged} {lost}");
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_of_the_ready_lines_that_leaves_or_does_not_read_on_stops_nothing() {
    for leaves in [true, false] {
        // So many launchers need more descriptors than some systems grant by default, and have more lines than a pipe holds.
        let mut command = Command::new("sh");
        let start = "ulimit -n $(ulimit -Hn); exec \"$0\" --port 0 --launchers 700 --demo --log error";
        command.args(["-c", start, env!("CARGO_BIN_EXE_safe-mock")]);
        let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
        let first = address(&running.ready());
        if leaves {
            drop(running.stdout.take());
        }
        assert!(ask(first, &get("/health")).ends_with("\r\n\r\nOK"));
        running.signal("TERM");
        assert_eq!(running.end().0, Some(0), "leaves: {leaves}");
    }
}

#[test]
fn colours_of_the_log_are_as_the_environment_asks() {
    for (variables, coloured) in [
        (&[][..], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
        (&[("CLICOLOR_FORCE", "0")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let mut command = program();
        command
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .args(["--port", "0"])
            .envs(variables.iter().copied());
        let mut running = Running::start(&mut command);
        running.ready();
        running.signal("TERM");
        let (_, log) = running.end();
        assert_eq!(log.contains('\u{1b}'), coloured, "{variables:?}: {log}");
    }
}
