//! A foreign peer: a program that is driven by the lines of its stdin and says on stdout what happens
//! (`tests/peers/README.md`).

use std::collections::VecDeque;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::{Message, RoomName};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::{Failure, POLL_INTERVAL, WAIT_MAX};

/// How many lines of log an error shows.
const LOG_LINES_MAX: usize = 20;

/// No server: a foreign stack would ask a public one otherwise.
const NO_SERVERS: &str = r#"{"iceServers":[]}"#;

/// What a foreign peer says of itself.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The channel is open.
    Connected { role: String },
    /// A message arrived.
    Message(Content),
    /// It did not meet the other peer, or could not do what it was told.
    Failed { reason: String },
    /// The channel is closed.
    Closed { reason: String },
}

/// The content of a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Text(String),
    /// Bytes, in base64.
    Base64(String),
}

/// A foreign peer that runs. Dropping it ends its process.
pub(crate) struct Foreign {
    process: Child,
    commands: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    log: VecDeque<String>,
}

impl Foreign {
    /// Starts a program, which then meets the other peer in `room`. It may send messages that are larger than the other peer
    /// announced, if it `ignores_limit`.
    pub(crate) fn start(
        command: &[String],
        launcher: &str,
        room: &RoomName,
        ignores_limit: bool,
    ) -> Result<Self, Failure> {
        let [program, arguments @ ..] = command else { return Err("no program is given".into()) };
        let mut process = Command::new(program)
            .args(arguments)
            .env("SAFE_LAUNCHER_URL", launcher)
            .env("SIGNALING_ROOM", room.as_str())
            .env("SIGNALING_POLL_INTERVAL_MS", POLL_INTERVAL.as_millis().to_string())
            .env("SIGNALING_DEADLINE_MS", WAIT_MAX.as_millis().to_string())
            .env("SIGNALING_ICE_SERVERS", NO_SERVERS)
            .env("SIGNALING_IGNORE_LIMIT", if ignores_limit { "1" } else { "0" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{program:?} cannot be started: {error}"))?;
        let (Some(commands), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("a foreign peer has no stdin or no stdout".into());
        };
        let output = BufReader::new(output).lines();
        Ok(Self { process, commands, output, log: VecDeque::new() })
    }

    /// Waits for a line of log.
    pub(crate) async fn logs(&mut self, expected: &str) -> Result<(), Failure> {
        loop {
            let line = self.line().await?;
            if line == expected {
                return Ok(());
            }
            if let Some(Event::Failed { reason }) = self.event_of(line) {
                return Err(reason.into());
            }
        }
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Result<Event, Failure> {
        loop {
            let line = self.line().await?;
            if let Some(event) = self.event_of(line) {
                return Ok(event);
            }
        }
    }

    /// Any line that is not an event is log.
    fn event_of(&mut self, line: String) -> Option<Event> {
        let event = serde_json::from_str(&line).ok();
        if event.is_none() {
            self.log.push_back(line);
            self.log.drain(..self.log.len().saturating_sub(LOG_LINES_MAX));
        }
        event
    }

    async fn line(&mut self) -> Result<String, Failure> {
        let line = self.output.next_line().await?;
        line.ok_or_else(|| "the foreign peer ended before it was told to".into())
    }

    /// The next message. The end of the channel is an error.
    pub(crate) async fn message(&mut self) -> Result<Message, Failure> {
        match self.event().await? {
            Event::Message(Content::Text(text)) => Ok(Message::text(text)),
            Event::Message(Content::Base64(text)) => Ok(Message::binary(STANDARD.decode(text)?)),
            other => Err(format!("the foreign peer says {other:?} where a message has to come").into()),
        }
    }

    /// Tells it to send a message.
    pub(crate) async fn send(&mut self, message: &Message) -> Result<(), Failure> {
        let content = match message {
            Message::Text(text) => json!({ "text": text }),
            Message::Binary(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
        };
        self.command(&json!({ "send": content })).await
    }

    /// Tells it to close its channel or its connection, as `what` says.
    pub(crate) async fn close(&mut self, what: &str) -> Result<(), Failure> {
        self.command(&json!({ "close": what })).await
    }

    async fn command(&mut self, command: &Value) -> Result<(), Failure> {
        self.commands.write_all(format!("{command}\n").as_bytes()).await?;
        Ok(self.commands.flush().await?)
    }

    /// Waits until the program ends, and fails unless it ends well.
    pub(crate) async fn ended(&mut self) -> Result<(), Failure> {
        let status = self.process.wait().await?;
        if status.success() { Ok(()) } else { Err(format!("the foreign peer ended with {status}").into()) }
    }

    /// The last lines of its log.
    pub(crate) fn log(&self) -> String {
        self.log.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}
