//! The signaling crate as one peer of a room at the launcher on `localhost:8100`. `.ci/safe-js` runs it against npm
//! safe-js, which plays the original app as the other peer (the launcher's behaviour page, §10.3).
//!
//! ```text
//! safe_js_peer --room ROOM --expect-role initiator|recipient --local-sdp FILE --expect-remote-sdp FILE
//! ```
//!
//! The requests are real. The session descriptions are not: one is read from a file and sent, the other has to arrive as
//! it is in its file. Says `offer published` and `answer published`, and exits with 1 and one sentence if anything is not
//! as it has to be. Nothing connects here, so a recipient has to be told on stdin, by any line, that its answer was taken.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use signaling::launcher::{HttpError, HttpService, OverTcp};
use signaling::transport::{Channel, Session, StateSender, Transport};
use signaling::{ChannelState, CloseReason, Config, IceConfig, Message, Peer, Role, RoomName, Sdp, TransportError};
use tokio::sync::watch;

/// Where safe-js looks for its launcher, whatever it is told.
const LAUNCHER: &str = "http://localhost:8100";

/// How long the other peer may take.
const PATIENCE: Duration = Duration::from_mins(1);

const USAGE: &str =
    "safe_js_peer --room ROOM --expect-role initiator|recipient --local-sdp FILE --expect-remote-sdp FILE";

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse(std::env::args().skip(1));
    let outcome = match arguments {
        Ok(arguments) => meet(&arguments).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed stderr leaves the exit code to tell.
            let _closed = writeln!(io::stderr(), "safe_js_peer: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// What has to happen.
struct Arguments {
    room: RoomName,
    role: Role,
    local: Sdp,
    remote: Sdp,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let words: Vec<String> = words.collect();
        let (pairs, odd) = words.as_chunks::<2>();
        let mut given: BTreeMap<&str, &str> =
            pairs.iter().map(|[flag, value]| (flag.as_str(), value.as_str())).collect();
        let mut take = |flag| given.remove(flag).ok_or_else(|| format!("{flag} is missing. Usage: {USAGE}"));
        let read = |file: &str| fs::read_to_string(file).map(Sdp::new).map_err(|error| format!("{file}: {error}"));
        let arguments = Self {
            room: RoomName::new(take("--room")?)?,
            role: match take("--expect-role")? {
                "initiator" => Role::Initiator,
                "recipient" => Role::Recipient,
                role => return Err(format!("{role:?} is no role. Usage: {USAGE}").into()),
            },
            local: read(take("--local-sdp")?)?,
            remote: read(take("--expect-remote-sdp")?)?,
        };
        match given.keys().next().copied().or(odd.first().map(String::as_str)) {
            Some(word) => Err(format!("{word:?} is not known. Usage: {USAGE}").into()),
            None => Ok(arguments),
        }
    }
}

async fn meet(arguments: &Arguments) -> Result<(), Failure> {
    let published = match arguments.role {
        Role::Initiator => "offer published",
        Role::Recipient => "answer published",
    };
    let client = OverTcp::new()?;
    let service = Arc::new(Announcing { client, published });
    let transport = Scripted { local: arguments.local.clone() };
    let peer =
        Peer::builder(LAUNCHER, transport).service(service).config(Config::default().deadline(PATIENCE)).build()?;

    let connection = peer.meet(&arguments.room).await?;
    let meeting = connection.meeting().clone();
    connection.close().await;
    peer.wait_idle().await;

    if meeting.role != arguments.role {
        return Err(format!("became the {}, and has to be the {}", meeting.role, arguments.role).into());
    }
    if meeting.local != arguments.local {
        return Err("the session description that was published is not the one of --local-sdp".into());
    }
    let (arrived, sent) = (meeting.remote.as_str(), arguments.remote.as_str());
    if let Some(at) = first_difference(arrived, sent) {
        let (arrived_length, sent_length) = (arrived.len(), sent.len());
        return Err(format!(
            "the session description that arrived ({arrived_length} bytes) is not the one of --expect-remote-sdp \
             ({sent_length} bytes): they differ from byte {at} on"
        )
        .into());
    }
    say(&format!("met as the {}: {} bytes arrived as they were sent", meeting.role, sent.len()))?;
    Ok(())
}

/// Where two texts stop being the same, in bytes.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    (one != other).then(|| one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count())
}

fn say(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// Requests over TCP. Prints a line when the network has stored the record, so that a script knows when to start the other peer.
struct Announcing {
    client: OverTcp,
    published: &'static str,
}

impl HttpService for Announcing {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'static>> {
        let stores = request.method() == Method::PUT;
        let published = self.published;
        let answer = self.client.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if stores && answer.status() == StatusCode::OK {
                say(published).map_err(|error| HttpError::Exchange(error.into()))?;
            }
            Ok(answer)
        })
    }
}

/// Describes its sessions as it is told, and takes every description for good.
#[derive(Clone)]
struct Scripted {
    local: Sdp,
}

struct ScriptedSession {
    role: Role,
}

struct ScriptedChannel;

impl Transport for Scripted {
    type Session = ScriptedSession;

    async fn offer(&self, _ice: &IceConfig) -> Result<(ScriptedSession, Sdp), TransportError> {
        Ok((ScriptedSession { role: Role::Initiator }, self.local.clone()))
    }

    async fn answer(&self, _offer: &Sdp, _ice: &IceConfig) -> Result<(ScriptedSession, Sdp), TransportError> {
        Ok((ScriptedSession { role: Role::Recipient }, self.local.clone()))
    }
}

impl Session for ScriptedSession {
    type Channel = ScriptedChannel;

    async fn accept(&mut self, _answer: &Sdp) -> Result<(), TransportError> {
        Ok(())
    }

    async fn open(self) -> Result<ScriptedChannel, TransportError> {
        if self.role == Role::Recipient {
            let told = tokio::task::spawn_blocking(|| io::stdin().lines().next());
            let line = told.await.map_err(|error| TransportError::local("wait for a line", error))?;
            line.ok_or(TransportError::ConnectionFailed)?
                .map_err(|error| TransportError::local("read a line", error))?;
        }
        Ok(ScriptedChannel)
    }
}

impl Channel for ScriptedChannel {
    async fn send(&self, _message: Message) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn receive(&self) -> Option<Message> {
        None
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        let (teller, state) = StateSender::new();
        teller.send(ChannelState::Closed(CloseReason::OtherSide));
        state
    }

    async fn close(self) {}
}
