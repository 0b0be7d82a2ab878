//! The `safe-mock` program, run as a process.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_safe-mock"));
    command.env_remove("SAFE_MOCK_PORT").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running program that is killed when a test fails.
struct Running {
    child: Child,
    stdout: Option<BufReader<std::process::ChildStdout>>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { child, stdout }
    }

    fn ready(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The exit code and the log.
    fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ended = self.child.kill();
    }
}

fn address(ready: &str) -> SocketAddr {
    ready.rsplit("http://").next().unwrap().parse().unwrap()
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

#[test]
#[cfg(unix)]
fn it_prints_when_it_is_ready_and_stops_cleanly_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut running = Running::start(program().args(["--port", "0", "--launchers", "2"]));
        for launcher in 1..=2 {
            let ready = running.ready();
            assert!(ready.starts_with(&format!("launcher {launcher} of 2 ready at http://127.0.0.1:")), "{ready}");
            assert!(ask(address(&ready), &get("/health")).ends_with("\r\n\r\nOK"));
        }
        running.signal(signal);
        assert_eq!(running.end().0, Some(0), "{signal}");
    }
}

#[test]
#[cfg(unix)]
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
    let signature = token.rsplit('.').next().unwrap();
    for secret in [signature, sdp, "secret-id"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[test]
#[cfg(unix)]
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
#[cfg(unix)]
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

#[test]
#[cfg(unix)]
fn a_reader_of_the_log_that_has_left_changes_no_answer() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "debug"]));
    let address = address(&running.ready());
    drop(running.child.stderr.take());
    ask_often(address, 500);
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
#[cfg(unix)]
fn a_log_that_nobody_reads_holds_up_neither_answers_nor_the_end() {
    let mut running = Running::start(program().args(["--port", "0", "--log", "debug"]));
    let address = address(&running.ready());
    ask_often(address, 3_000);
    running.signal("TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}

#[test]
#[cfg(unix)]
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
#[cfg(unix)]
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
#[cfg(unix)]
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
#[cfg(unix)]
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

fn fails(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_port_in_use_is_one_sentence_and_has_its_own_exit_code() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, said) = fails(program().args(["--port", &port, "--log", "error"]));
    assert_eq!(code, Some(3));
    assert_eq!(
        said,
        format!(
            "safe-mock: port {port} of 127.0.0.1 is in use; is another launcher running? Choose another with --port\n"
        )
    );
}

#[test]
fn invalid_arguments_are_refused() {
    for arguments in [
        &["--port", "65536"][..],
        &["--launchers", "0"],
        &["--port", "65535", "--launchers", "2"],
        &["--handles-max", "0"],
        &["--memory-bytes-max", "8000000"],
        &["--idle-timeout-s", "0"],
        &["--origin", "example.net"],
        &["--log", "a=b=c"],
        &["--no-such-flag"],
    ] {
        let (code, said) = fails(program().args(arguments));
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(!said.is_empty());
    }
}

#[test]
#[cfg(unix)]
fn without_a_file_descriptor_clients_are_refused_and_two_warnings_say_so() {
    let mut command = Command::new("sh");
    let limited = "ulimit -n 40; exec \"$0\" --port 0 --log warn";
    command.args(["-c", limited, env!("CARGO_BIN_EXE_safe-mock")]).stdin(Stdio::null());
    let mut running = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let address = address(&running.ready());
    let mut clients: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut said = String::new();
    clients.last_mut().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 503 ") && said.ends_with("\r\n\r\nthis launcher has no file descriptor free\n"));
    drop(clients);
    let is_served = || {
        let mut stream = TcpStream::connect(address).unwrap();
        let mut answer = String::new();
        let asked = stream.write_all(get("/health").as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        asked.is_ok() && answer.ends_with("\r\n\r\nOK")
    };
    while !is_served() {}
    running.signal("TERM");
    let (code, log) = running.end();
    assert_eq!(code, Some(0));
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("no file descriptor is free: new connections are refused"), "{log}");
    assert!(lines[1].contains("connections are accepted again; without a file descriptor, "), "{log}");
}

#[test]
#[cfg(unix)]
fn environment_variables_have_the_effect_of_flags() {
    let mut running = Running::start(program().env("SAFE_MOCK_PORT", "0").env("SAFE_MOCK_NO_CONTROL", "true"));
    let address = address(&running.ready());
    assert_ne!(address.port(), 8100);
    assert!(ask(address, &get("/__mock")).starts_with("HTTP/1.1 404"));
    running.signal("TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
#[cfg(unix)]
fn environment_variables_are_read_as_people_write_them() {
    for (demo, no_control, serves) in [
        ("1", "", true),
        ("yes", "false", true),
        ("On", "0", true),
        ("true", "no", true),
        ("", "off", false),
        ("0", "", false),
        ("no", "", false),
    ] {
        let mut command = program();
        let all = ["HOST", "LAUNCHERS", "SEED", "CONSENT", "ORIGIN", "HANDLES_MAX", "IDLE_TIMEOUT_S", "LOG"];
        command.envs(all.map(|name| (format!("SAFE_MOCK_{name}"), "")));
        command.env("SAFE_MOCK_DEMO", demo).env("SAFE_MOCK_NO_CONTROL", no_control).env("SAFE_MOCK_PORT", "0");
        let mut running = Running::start(&mut command);
        let answer = ask(address(&running.ready()), &get("/__mock/demo/"));
        assert_eq!(answer.starts_with("HTTP/1.1 200"), serves, "{demo:?} {no_control:?}: {answer}");
        running.signal("TERM");
        assert_eq!(running.end().0, Some(0));
    }
    for (name, value) in [("DEMO", "perhaps"), ("NO_CONTROL", "2"), ("PORT", "http")] {
        let (code, said) = fails(program().env(format!("SAFE_MOCK_{name}"), value));
        assert_eq!(code, Some(2), "{name}={value}: {said}");
    }
    let (code, said) = fails(program().env("SAFE_MOCK_NO_CONTROL", "1").arg("--demo"));
    assert_eq!(code, Some(2), "{said}");
}

#[test]
#[cfg(unix)]
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

#[test]
#[cfg(unix)]
fn localhost_is_a_host_and_means_both_loopback_addresses() {
    let mut running = Running::start(program().args(["--port", "0", "--host", "localhost"]));
    let address = address(&running.ready());
    assert!(address.ip().is_loopback());
    if TcpListener::bind("[::1]:0").is_ok() {
        assert!(TcpStream::connect(("::1", address.port())).is_ok());
    }
    running.signal("TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
#[cfg(unix)]
fn it_prints_the_demo_page_of_each_launcher_and_serves_it() {
    let mut running = Running::start(program().args(["--port", "0", "--launchers", "2", "--demo"]));
    let launchers = [running.ready(), running.ready()].map(|ready| address(&ready));
    for launcher in launchers {
        assert_eq!(running.ready(), format!("demo page at http://{launcher}/__mock/demo/"));
        assert!(ask(launcher, &get("/__mock/demo/")).contains("<title>Meet over a SAFE launcher</title>"));
    }
    running.signal("TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn there_is_no_demo_page_without_the_control_plane() {
    let refused = program().args(["--port", "0", "--demo", "--no-control"]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("'--demo' cannot be used with '--no-control'"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn with_too_few_descriptors_it_does_not_start_rather_than_on_ipv4_alone() {
    if TcpListener::bind("[::1]:0").is_err() {
        return; // IPv4 alone is right here.
    }
    let mut starts = Vec::new();
    for descriptors in 4..=24 {
        let limited = format!("ulimit -n {descriptors} && exec \"$0\" --port 0");
        let mut command = Command::new("sh");
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_safe-mock")]);
        let mut running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()));
        let ready = running.ready();
        starts.push(!ready.is_empty());
        if !ready.is_empty() {
            let port = address(&ready).port();
            assert!(TcpStream::connect(("::1", port)).is_ok(), "{descriptors}: {ready}, and nothing at [::1]:{port}");
        }
    }
    assert!(starts.contains(&true) && starts.contains(&false), "{starts:?}");
}
