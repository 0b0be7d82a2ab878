//! The `safe-mock` program, run as a process.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

mod arguments;
#[cfg(unix)]
mod log_output;
#[cfg(unix)]
mod stop_signals;

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
