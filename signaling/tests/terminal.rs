//! The `meet` example, from outside: two of them, each at its own user's launcher. `cargo test` builds the example before
//! it runs this; with `--test terminal` alone, `cargo build -p signaling --example meet` has to come first.

#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::PathBuf;
use std::process::{Output, Stdio};

use safe_mock::{MockLauncher, Network, RecordState};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Where cargo puts examples, seen from where it puts tests.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples").join("meet");
    let path = path.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "there is no {}: `cargo build -p signaling --example meet` makes it", path.display());
    path
}

/// Two users on one network.
struct World {
    network: Network,
    launchers: [MockLauncher; 2],
}

impl World {
    async fn start() -> Self {
        let network = Network::new();
        let launcher = async || MockLauncher::builder().network(&network).start().await.unwrap();
        let launchers = [launcher().await, launcher().await];
        Self { network, launchers }
    }

    /// The program at the launcher of one of the users.
    fn meet(&self, user: usize, arguments: &[&str]) -> Child {
        let mut command = Command::new(example());
        command.args(["room1", "--launcher", &self.launchers[user].url()]).args(["--poll-interval-ms", "100"]);
        command.args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Waits until the first peer's offer is stored, so that the other becomes the recipient.
    async fn offered(&self) {
        while self.live_records() == 0 {
            tokio::task::yield_now().await;
        }
    }

    fn live_records(&self) -> usize {
        self.network.records().iter().filter(|record| record.state == RecordState::Live).count()
    }

    fn assert_nothing_is_left(&self) {
        assert_eq!(self.launchers.each_ref().map(|launcher| launcher.handles().live()), [0, 0]);
        assert_eq!(self.live_records(), 0);
    }
}

/// What happens in one terminal.
struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    screen: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    fn of(mut child: Child) -> Self {
        let keyboard = child.stdin.take().unwrap();
        let screen = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, keyboard, screen }
    }

    async fn type_line(&mut self, line: &str) {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn line(&mut self) -> String {
        self.screen.next_line().await.unwrap().unwrap()
    }

    /// Ends stdin, and waits for the end of the program.
    async fn leave(self) -> Output {
        drop(self.keyboard);
        self.child.wait_with_output().await.unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_terminals_exchange_lines_until_one_leaves() {
    let world = World::start().await;
    let mut alice = Terminal::of(world.meet(0, &[]));
    world.offered().await;
    let mut bob = Terminal::of(world.meet(1, &[]));

    alice.type_line("hello bob").await;
    bob.type_line("hello alice").await;
    assert_eq!((bob.line().await, alice.line().await), ("hello bob".into(), "hello alice".into()));
    alice.type_line("a bell \u{7} is not rung, \u{202e}nothing is turned, C:\\dir\tstays").await;
    assert_eq!(bob.line().await, "a bell \\u{7} is not rung, \\u{202e}nothing is turned, C:\\dir\tstays");

    let left = alice.leave().await;
    assert_eq!((left.status.code(), stderr(&left).contains("as the initiator")), (Some(0), true), "{left:?}");
    let Terminal { child, keyboard: _open, .. } = bob;
    let alone = child.wait_with_output().await.unwrap();
    assert_eq!(alone.status.code(), Some(0), "{alone:?}");
    assert!(stderr(&alone).ends_with("meet: the other peer left\n"), "{}", stderr(&alone));
    world.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_terminals_meet_in_one_room_ten_times_in_a_row() {
    let world = World::start().await;
    for time in 0..10 {
        // Two terminals of one user, or of two.
        let mut alice = Terminal::of(world.meet(0, &[]));
        world.offered().await;
        let mut bob = Terminal::of(world.meet(time % 2, &[]));
        alice.type_line(&format!("to bob {time}")).await;
        bob.type_line(&format!("to alice {time}")).await;
        assert_eq!((bob.line().await, alice.line().await), (format!("to bob {time}"), format!("to alice {time}")));
        let (alice, bob) = tokio::join!(alice.leave(), bob.leave());
        assert_eq!((alice.status.code(), bob.status.code()), (Some(0), Some(0)), "{alice:?} {bob:?}");
        world.assert_nothing_is_left();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_meet_in_one_room_ten_times_in_a_row_in_either_order() {
    let world = World::start().await;
    for time in 0..10 {
        let first = world.meet(0, &["--send", "ping", "--expect", "pong"]);
        let second = world.meet(1, &["--send", "pong", "--expect", "ping"]);
        let (first, second) = tokio::join!(first.wait_with_output(), second.wait_with_output());
        for output in [first.unwrap(), second.unwrap()] {
            assert_eq!(output.status.code(), Some(0), "time {time}: {}", stderr(&output));
        }
        world.assert_nothing_is_left();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_was_killed_and_comes_back_under_its_name_is_found_at_once() {
    let world = World::start().await;
    let mut killed = world.meet(0, &["--identity", "alice"]);
    world.offered().await;
    killed.kill().await.unwrap();
    assert_eq!(world.live_records(), 1, "the record of a killed peer stays");
    let version = || world.network.records()[0].version;
    let before = version();
    let again = world.meet(0, &["--identity", "alice", "--expect", "hello"]);
    while version() == before {
        tokio::task::yield_now().await;
    }
    let other = world.meet(1, &["--send", "hello"]).wait_with_output().await.unwrap();
    assert_eq!(other.status.code(), Some(0), "{}", stderr(&other));
    assert_eq!(again.wait_with_output().await.unwrap().status.code(), Some(0));
    assert_eq!(world.live_records(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_ends_once_what_it_expects_has_arrived_and_what_it_sent_too() {
    let world = World::start().await;
    let large = "x".repeat(60_000);
    let first = world.meet(0, &["--send", "one", "--send", &large, "--expect", "two"]);
    world.offered().await;
    let second = world.meet(1, &["--send", "two", "--expect", &large]);

    let (first, second) = tokio::join!(first.wait_with_output(), second.wait_with_output());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(
        (first.status.code(), second.status.code()),
        (Some(0), Some(0)),
        "{} {}",
        stderr(&first),
        stderr(&second)
    );
    assert_eq!(first.stdout, b"two\n");
    assert_eq!(second.stdout, format!("one\n{large}\n").into_bytes());
    world.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_says_that_the_other_left_before_what_it_expects_arrived() {
    let world = World::start().await;
    let first = world.meet(0, &["--expect", "never said"]);
    world.offered().await;
    let second = world.meet(1, &["--send", "something else"]);

    let (first, second) = tokio::join!(first.wait_with_output(), second.wait_with_output());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.status.code(), second.status.code()), (Some(1), Some(0)), "{second:?}");
    assert_eq!(first.stdout, b"something else\n");
    assert!(
        stderr(&first).ends_with("meet: the other peer left before \"never said\" arrived\n"),
        "{}",
        stderr(&first)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_without_stdin_meets_the_other_peer_and_leaves_then() {
    let world = World::start().await;
    let alone = tokio::spawn(Terminal::of(world.meet(0, &[])).leave());
    world.offered().await;
    // The first one may leave before this message can be sent: then the other ends with 1.
    let _other = world.meet(1, &["--send", "hello"]).wait_with_output().await.unwrap();
    let left = alone.await.unwrap();
    assert_eq!((left.status.code(), stderr(&left).contains("connected")), (Some(0), true), "{left:?}");
    world.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_without_stdin_that_meets_no_peer_in_time_ends_with_1_and_says_why() {
    let world = World::start().await;
    let left = Terminal::of(world.meet(0, &["--deadline-s", "1"])).leave().await;
    assert_eq!((left.status.code(), stderr(&left).contains("no meeting in room")), (Some(1), true), "{left:?}");
    world.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_was_typed_before_anyone_came_is_sent_before_it_leaves() {
    let world = World::start().await;
    let mut alice = Terminal::of(world.meet(0, &[]));
    alice.type_line("early").await;
    let alice = tokio::spawn(alice.leave());
    world.offered().await;
    let bob = world.meet(1, &["--expect", "early"]).wait_with_output().await.unwrap();
    assert_eq!(bob.status.code(), Some(0), "{bob:?}");
    assert_eq!(alice.await.unwrap().status.code(), Some(0));
}

#[tokio::test]
async fn a_terminal_that_meets_no_peer_in_time_prints_the_error_of_the_library() {
    let world = World::start().await;
    let alone = world.meet(0, &["--deadline-s", "1", "--expect", "x"]).wait_with_output().await.unwrap();
    assert_eq!(alone.status.code(), Some(1));
    let text = stderr(&alone);
    let [.., why, said] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(said.starts_with("meet: no meeting in room \"room1\": while waiting for an answer, "), "{text}");
    assert!(why.starts_with("meet: ") && why.ends_with('.'), "{text}");
}

#[tokio::test]
async fn arguments_that_make_no_sense_end_with_2() {
    for (arguments, named) in [
        (&["room1", "--poll-interval-ms", "0"][..], "--poll-interval-ms"),
        (&["room1", "--deadline-s", "soon"], "--deadline-s"),
        (&["room1", "room2"], "room2"),
        (&["a room for \u{2603}"], "U+00FF"),
        (&[], "ROOM"),
    ] {
        let refused = Command::new(example()).args(arguments).stdin(Stdio::null()).output().await.unwrap();
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {refused:?}");
        assert!(stderr(&refused).contains(named), "{arguments:?}: {}", stderr(&refused));
    }
}

#[tokio::test]
async fn a_launcher_that_is_none_ends_with_1_and_one_sentence() {
    let refused = Command::new(example()).args(["room1", "--launcher", "ftp://x"]).output().await.unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(stderr(&refused).starts_with("meet: invalid launcher URL \"ftp://x\": "), "{}", stderr(&refused));
    assert_eq!(stderr(&refused).lines().count(), 1, "{}", stderr(&refused));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_makes_a_terminal_leave_in_order() {
    let world = World::start().await;
    for (signal, arguments, expected) in
        [("-INT", &[][..], 0), ("-TERM", &[], 0), ("-INT", &["--expect", "x"], 1), ("-TERM", &["--expect", "x"], 1)]
    {
        let alone = world.meet(0, arguments);
        world.offered().await;
        let sent = Command::new("kill").args([signal, &alone.id().unwrap().to_string()]).status().await.unwrap();
        assert!(sent.success());
        let ended = Terminal::of(alone);
        let Terminal { child, keyboard: _open, .. } = ended;
        let output = child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(expected), "{signal} {arguments:?}: {}", stderr(&output));
        world.assert_nothing_is_left();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_have_left_do_not_end_a_meeting() {
    let world = World::start().await;
    let mut deaf = world.meet(0, &["--expect", "two"]);
    drop((deaf.stdout.take(), deaf.stderr.take()));
    world.offered().await;
    let other = world.meet(1, &["--send", "one", "--send", "two"]).wait_with_output().await.unwrap();
    assert_eq!(other.status.code(), Some(0), "{}", stderr(&other));
    assert_eq!(deaf.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn an_ice_server_that_is_none_is_a_bad_argument_that_is_named() {
    let refused = [
        (r#"{"iceServers":[{"urls":"stun:"}]}"#, "number 1 has the URL \"stun:\""),
        (r#"{"iceServers":[{"urls":"stun:a"},{"urls":["stun:b","stun://c"]}]}"#, "number 2 has the URL \"stun://c\""),
        (r#"{"iceServers":[{"urls":"stun:a:99999"}]}"#, "number 1 has the URL \"stun:a:99999\""),
        (r#"{"iceServers":[{"urls":"turn:a?transport=sctp"}]}"#, "number 1 has the URL \"turn:a?transport=sctp\""),
        (r#"{"iceServers":[{"urls":"TURN:a","username":"u"}]}"#, "number 1 is a TURN server"),
    ];
    for (json, named) in refused {
        let output = Command::new(example()).args(["room1", "--ice-servers", json]).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(named), "{said}");
    }
}
