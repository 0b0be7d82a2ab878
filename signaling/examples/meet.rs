//! A chat in two terminals, and a peer for scripts: meets the other peer in the room, sends messages, and prints those that
//! arrive.
//!
//! ```text
//! cargo run --release -p signaling --example meet -- ROOM [--launcher URL]
//! ```
//!
//! Each line of stdin is a message. At the end of stdin the program leaves, once it has met the other peer. stdout has the
//! messages that arrive and nothing else; everything else is on stderr.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use clap::Parser;
use safe_mock::program::{LogOutput, StopSignals, ignoring_a_reader_that_left, in_background};
use signaling::WebRtcChannel;
use signaling::transport::Channel;
use signaling::{
    CandidateKind, CloseReason, Config, Connection, IceConfig, MeetError, Message, NameError, Path, Peer, Printable,
    RoomName, SetupError, TransportError,
};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The exit code of a program that did not do what it should.
const FAILED: u8 = 1;

/// Lines that may have been typed and not been sent; the terminal waits with further ones.
const LINES_WAITING_MAX: usize = 64;

/// How much of a text an error quotes, in characters.
const QUOTED_CHARS_MAX: usize = 60;

/// None are needed on one machine or one LAN.
const NO_SERVERS: &str = r#"{"iceServers":[]}"#;

const AFTER_HELP: &str = "\
Examples:
  meet room1                                   a chat; run it in a second terminal too, and type
  meet room1 --send ping --expect pong         sends, and ends once the answer is there

A chat leaves at ctrl-d, ctrl-c or SIGTERM; a second signal ends it at once. Where stdin is no terminal and ends, it
still meets the other peer, sends the lines that were piped in, and leaves then. With --send or --expect nothing is read
from stdin.

Exit codes: 0 left as it should, 1 did not meet or did not get what it expects, 2 bad arguments,
130 or 143 ended by a second signal.";

/// Meets the other peer in a room, over a SAFE Launcher
#[derive(Debug, Parser)]
#[command(name = "meet", after_help = AFTER_HELP)]
struct Arguments {
    /// The name that both peers know
    #[arg(value_parser = room_name)]
    room: RoomName,

    /// The launcher of this peer's user
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8100")]
    launcher: String,

    /// Time between two polls for an answer, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    poll_interval_ms: u64,

    /// How long meeting the other peer may take, and with --expect all that follows too, in seconds
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    deadline_s: u64,

    /// STUN and TURN servers, in the form of browsers: {"iceServers":[{"urls":"stun:host:port"}]}
    #[arg(long, value_name = "JSON", value_parser = IceConfig::from_json, default_value = NO_SERVERS, hide_default_value = true)]
    ice_servers: IceConfig,

    /// What this peer is known by when it comes back after it could not leave in order: no other peer's name
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,

    /// Sends this once connected; can be repeated
    #[arg(long = "send", value_name = "TEXT")]
    sends: Vec<String>,

    /// Ends once this message has arrived
    #[arg(long = "expect", value_name = "TEXT")]
    expected: Option<String>,
}

fn room_name(text: &str) -> Result<RoomName, NameError> {
    RoomName::new(text)
}

/// Why the program ends with 1.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Meet(#[from] MeetError),
    #[error("a message could not be sent: {0}")]
    Send(#[from] TransportError),
    #[error("the other peer left before {0:?} arrived")]
    Left(String),
    #[error("{text:?} did not arrive within {} s", deadline.as_secs())]
    Late { text: String, deadline: Duration },
    #[error("interrupted")]
    Interrupted,
    #[error("stdout cannot be written: {0}")]
    Stdout(#[from] io::Error),
}

/// stderr. A meeting does not wait for its reader.
static STDERR: LazyLock<LogOutput> = LazyLock::new(LogOutput::stderr);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let code = match StopSignals::listen() {
        Ok(signals) => run_to_end(&arguments, signals).await,
        Err(error) => {
            tell(&format!("the system does not report signals: {error}"));
            FAILED
        }
    };
    STDERR.finish();
    ExitCode::from(code)
}

/// Runs the program, and tells it to leave at the first signal. The second signal ends it at once.
async fn run_to_end(arguments: &Arguments, mut signals: StopSignals) -> u8 {
    let leave = CancellationToken::new();
    let mut running = std::pin::pin!(run(arguments, &leave));
    let outcome = tokio::select! {
        outcome = &mut running => outcome,
        _ = signals.next() => {
            leave.cancel();
            tokio::select! {
                outcome = running => outcome,
                code = signals.next() => return code,
            }
        }
    };
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            tell_failure(&failure);
            FAILED
        }
    }
}

/// Why a meeting failed, in plain words, comes first and has a line of its own; the details follow.
fn tell_failure(failure: &Failure) {
    let Failure::Meet(error) = failure else { return tell(&failure.to_string()) };
    if let Some(diagnosis) = error.diagnosis() {
        tell(&diagnosis.to_string());
    }
    tell(&error.headline().to_string());
}

async fn run(arguments: &Arguments, leave: &CancellationToken) -> Result<(), Failure> {
    let mut config = Config::default()
        .poll_interval(Duration::from_millis(arguments.poll_interval_ms))
        .deadline(Duration::from_secs(arguments.deadline_s))
        .ice(arguments.ice_servers.clone());
    config.identity.clone_from(&arguments.identity);
    let peer = Peer::new(&arguments.launcher, config)?;
    let is_script = !arguments.sends.is_empty() || arguments.expected.is_some();
    let outcome = if is_script {
        let script = leave.run_until_cancelled(script(&peer, arguments));
        script.await.unwrap_or(Err(Failure::Interrupted))
    } else {
        chat(&peer, &arguments.room, leave).await
    };
    peer.wait_idle().await;
    outcome
}

/// Sends the messages of `--send`, and waits for that of `--expect`.
async fn script(peer: &Peer, arguments: &Arguments) -> Result<(), Failure> {
    tell(&format!("waiting in room {:?}", arguments.room.as_str()));
    let connection = peer.meet(&arguments.room).await?;
    greet(&connection).await;
    let say_all = async {
        for text in &arguments.sends {
            connection.send(Message::text(text)).await?;
        }
        Ok(())
    };
    let deadline = Duration::from_secs(arguments.deadline_s);
    let hear_it = async {
        let Some(expected) = &arguments.expected else { return Ok(()) };
        timeout(deadline, hear_until(&connection, expected))
            .await
            .unwrap_or_else(|_| Err(Failure::Late { text: quoted(expected), deadline }))
    };
    let outcome = tokio::try_join!(biased; hear_it, say_all).map(|_| ());
    // Closing waits for the delivery of sent messages.
    connection.close().await;
    outcome
}

/// Prints what arrives until it is `expected`.
async fn hear_until<C: Channel>(connection: &Connection<C>, expected: &str) -> Result<(), Failure> {
    while let Some(message) = connection.receive().await {
        print(&message).await?;
        if message.as_bytes() == expected.as_bytes() {
            return Ok(());
        }
    }
    Err(Failure::Left(quoted(expected)))
}

/// Sends each line of stdin and prints what arrives, until one of the two leaves. After a lost connection the
/// two meet again.
async fn chat(peer: &Peer, room: &RoomName, leave: &CancellationToken) -> Result<(), Failure> {
    let mut lines = lines_of_stdin();
    let mut unsaid = None;
    tell(&format!("waiting in room {:?}", room.as_str()));
    let at_end = if io::stdin().is_terminal() { AtEnd::Leave } else { AtEnd::Meet };
    let met = enter(peer.meet(room), &mut unsaid, &mut lines, at_end, leave).await?;
    let Some(mut connection) = met else { return Ok(()) };
    loop {
        let outcome = tokio::select! {
            biased;
            heard = hear(&connection) => heard,
            said = say(&connection, &mut unsaid, &mut lines) => said.map(|()| CloseReason::ThisSide),
            () = leave.cancelled() => Ok(CloseReason::ThisSide),
        };
        if !matches!(outcome, Ok(CloseReason::Lost)) {
            connection.close().await;
            return outcome.map(|_| ());
        }
        let meeting = peer.reconnect(connection);
        connection = match enter(meeting, &mut unsaid, &mut lines, AtEnd::Leave, leave).await? {
            Some(connection) => connection,
            None => return Ok(()),
        };
    }
}

/// What a peer with nothing to say does when stdin ends before it has met the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtEnd {
    /// It leaves: its user has ended the chat.
    Leave,
    /// It waits for the other peer: stdin may have been empty from the start, as it is in scripts and in the background.
    Meet,
}

/// Waits for the other peer, and keeps the line that is typed meanwhile. Answers nothing if this one leaves before.
async fn enter(
    meeting: impl Future<Output = Result<Connection<WebRtcChannel>, MeetError>>,
    unsaid: &mut Option<String>,
    lines: &mut mpsc::Receiver<String>,
    at_end: AtEnd,
    leave: &CancellationToken,
) -> Result<Option<Connection<WebRtcChannel>>, Failure> {
    tokio::pin!(meeting);
    let mut has_ended = false;
    loop {
        tokio::select! {
            biased;
            met = &mut meeting => {
                let connection = met?;
                greet(&connection).await;
                return Ok(Some(connection));
            }
            line = lines.recv(), if unsaid.is_none() && !has_ended => match (line, at_end) {
                (Some(line), _) => *unsaid = Some(line),
                (None, AtEnd::Meet) => has_ended = true,
                (None, AtEnd::Leave) => return Ok(None),
            },
            () = leave.cancelled() => return Ok(None),
        }
    }
}

/// Prints what arrives, and returns why the channel was closed.
async fn hear<C: Channel>(connection: &Connection<C>) -> Result<CloseReason, Failure> {
    while let Some(message) = connection.receive().await {
        print(&message).await?;
    }
    let reason = connection.closed().await;
    tell(match reason {
        CloseReason::Lost => "the connection was lost; meeting the other peer again",
        CloseReason::MessageTooLarge => "the other peer sent a message that is too large; the connection is closed",
        _ => "the other peer left",
    });
    Ok(reason)
}

/// Sends what is typed. What could not be sent is `unsaid`.
async fn say<C: Channel>(
    connection: &Connection<C>,
    unsaid: &mut Option<String>,
    lines: &mut mpsc::Receiver<String>,
) -> Result<(), Failure> {
    loop {
        if unsaid.is_none() {
            *unsaid = lines.recv().await;
        }
        let Some(line) = unsaid.clone() else { return Ok(()) };
        match connection.send(Message::text(line)).await {
            // The chat continues, and the line can be typed again in parts.
            Err(error @ TransportError::MessageTooLarge { .. }) => tell(&error.to_string()),
            // What arrived before the other peer left is still to be printed.
            Err(TransportError::Closed) => return std::future::pending().await,
            sent => sent?,
        }
        *unsaid = None;
    }
}

async fn greet(connection: &Connection<WebRtcChannel>) {
    tell(&format!("connected, as the {}, {}", connection.role(), way(&connection.statistics().await.path)));
}

/// How both peers are reached, by the names that ICE has for it.
fn way(path: &Path) -> String {
    let name = |kind: Option<CandidateKind>| kind.map_or_else(|| String::from("unknown"), |kind| kind.to_string());
    format!("from {} to {}", name(path.local), name(path.remote))
}

/// The lines of stdin, read by a separate thread: a thread of tokio would keep the program running until the next line.
fn lines_of_stdin() -> mpsc::Receiver<String> {
    let (typed, lines) = mpsc::channel(LINES_WAITING_MAX);
    std::thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n') {
            // What cannot be read any more has ended.
            let Ok(line) = line else { break };
            let text = String::from_utf8_lossy(&line);
            if typed.blocking_send(text.trim_end_matches('\r').to_owned()).is_err() {
                break;
            }
        }
    });
    lines
}

/// Prints one message as one line, without characters that could affect this terminal. A reader of stdout that has left
/// changes nothing.
async fn print(message: &Message) -> io::Result<()> {
    let line = visible(&String::from_utf8_lossy(message.as_bytes()));
    let write = move || {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{line}")?;
        stdout.flush()
    };
    in_background(move || ignoring_a_reader_that_left(write())).await
}

/// The text on one line, in which tabs stay.
fn visible(text: &str) -> String {
    let parts: Vec<String> = text.split('\t').map(|part| Printable(part).to_string()).collect();
    parts.join("\t")
}

fn quoted(text: &str) -> String {
    let mut start: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

fn tell(line: &str) {
    STDERR.line(&format!("meet: {}", visible(line)));
}
