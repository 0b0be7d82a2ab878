//! A peer of this project meets a peer of another WebRTC implementation over a launcher, in both roles, and each way in
//! which a meeting can end. `.ci/foreign-peers` runs it.
//!
//! ```text
//! foreign_peer LAUNCHER NAME both|initiator|recipient|too-large|pause COMMAND...
//! ```
//!
//! The role is that of the foreign peer; `too-large` is for a peer that sends larger messages than ours announced, and in `pause` ours
//! does not read for a while. The command starts the foreign peer (`tests/peers/README.md` says what it has to do). In each meeting both
//! sides send all messages of `messages.rs`; a side that closes its channel sends them once more, right before. Prints a line for each
//! meeting, and exits with 1 and the reason at the first one that goes wrong.

mod foreign;
mod messages;

use std::error::Error;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use signaling::launcher::{HttpError, HttpService, OverTcp};
use signaling::{CloseReason, Config, Connection, Message, Peer, Role, RoomName, WebRtc};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::foreign::{Event, Foreign};
use crate::messages::{LARGE_BYTES, in_short, messages};

/// How long any one step may take.
pub(crate) const WAIT_MAX: Duration = Duration::from_mins(1);

/// How long ours does not read in a pause. libdatachannel gives up after 12.8 s in which nothing is acknowledged.
const PAUSE: Duration = Duration::from_secs(20);

/// How many messages of [`LARGE_BYTES`] theirs sends in a pause: far more than ours lets in.
const SENT_IN_PAUSE: u8 = 32;

/// How often an initiator asks for its answer.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(200);

const USAGE: &str = "usage: foreign_peer LAUNCHER NAME both|initiator|recipient|too-large|pause COMMAND...";

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How a meeting ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    OurChannel,
    OurConnection,
    TheirChannel,
    TheirConnection,
    /// Theirs sends a message of so many bytes, which are more than ours announced.
    TooLarge(usize),
    /// Ours does not read while theirs sends, then reads all, and closes the channel.
    Pause,
}

impl Ending {
    const OF_ALL: [Self; 4] = [Self::OurChannel, Self::OurConnection, Self::TheirChannel, Self::TheirConnection];
    /// A little too large, and so large that ours ends before all of it has arrived.
    const TOO_LARGE: [Self; 2] = [Self::TooLarge(300_000), Self::TooLarge(3_000_000)];

    fn in_words(self) -> String {
        match self {
            Self::OurChannel => "ours closes the channel".into(),
            Self::OurConnection => "ours drops the connection".into(),
            Self::TheirChannel => "theirs closes the channel".into(),
            Self::TheirConnection => "theirs closes the connection".into(),
            Self::TooLarge(bytes) => format!("theirs sends {bytes} bytes at once"),
            Self::Pause => format!("ours does not read for {} s", PAUSE.as_secs()),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.as_slice() {
        [launcher, name, plan, command @ ..] => meet_all(launcher, name, plan, command).await,
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed stderr leaves the exit code to tell.
            let _closed = writeln!(io::stderr(), "foreign_peer: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn meet_all(launcher: &str, name: &str, plan: &str, command: &[String]) -> Result<(), Failure> {
    let (roles, endings): (&[Role], &[Ending]) = match plan {
        "both" => (&[Role::Initiator, Role::Recipient], &Ending::OF_ALL),
        "initiator" => (&[Role::Initiator], &Ending::OF_ALL),
        "recipient" => (&[Role::Recipient], &Ending::OF_ALL),
        "too-large" => (&[Role::Initiator, Role::Recipient], &Ending::TOO_LARGE),
        "pause" => (&[Role::Initiator], &[Ending::Pause]),
        _ => return Err(USAGE.into()),
    };
    for &theirs in roles {
        for &ending in endings {
            let title = format!("{name} as the {theirs}, {}", ending.in_words());
            let room = RoomName::new(format!("{name} {theirs} {ending:?}"))?;
            let begun = Instant::now();
            let met = Meeting { launcher, command, room: &room, theirs, ending }.run().await;
            met.map_err(|failure| format!("{title}: {failure}"))?;
            writeln!(io::stdout(), "ok  {title} ({} ms)", begun.elapsed().as_millis())?;
        }
    }
    Ok(())
}

/// Waits for a step, and names it if it fails or takes too long.
async fn within<T>(step: &str, future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match timeout(WAIT_MAX, future).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(failure)) => Err(format!("{step}: {failure}").into()),
        Err(_) => Err(format!("{step}: nothing more happened for {WAIT_MAX:?}").into()),
    }
}

/// One meeting of ours and theirs.
struct Meeting<'a> {
    launcher: &'a str,
    command: &'a [String],
    room: &'a RoomName,
    theirs: Role,
    ending: Ending,
}

impl Meeting<'_> {
    async fn run(&self) -> Result<(), Failure> {
        let is_stored = Arc::new(Notify::new());
        let service = Announcing { client: OverTcp::new()?, is_stored: Arc::clone(&is_stored) };
        let config = Config::default().poll_interval(POLL_INTERVAL).deadline(WAIT_MAX);
        let ours = Peer::builder(self.launcher, WebRtc::new()).service(service).config(config).build()?;
        let (connection, mut foreign) = match self.theirs {
            Role::Initiator => {
                let mut foreign = self.start()?;
                within("waiting for their offer", foreign.logs("offer published")).await?;
                (ours.meet(self.room).await?, foreign)
            }
            Role::Recipient => {
                let later = async {
                    is_stored.notified().await;
                    self.start()
                };
                let met = async { ours.meet(self.room).await.map_err(Failure::from) };
                tokio::try_join!(met, later)?
            }
        };
        let met = self.talk_and_end(connection, &mut foreign).await;
        met.map_err(|failure| format!("{failure}\n  their log:\n{}", foreign.log()))?;
        let idle = async {
            ours.wait_idle().await;
            Ok(())
        };
        within("waiting until nothing of ours is left", idle).await
    }

    fn start(&self) -> Result<Foreign, Failure> {
        let ignores_limit = matches!(self.ending, Ending::TooLarge(_));
        Foreign::start(self.command, self.launcher, self.room, ignores_limit)
    }

    async fn talk_and_end(&self, connection: Connection, foreign: &mut Foreign) -> Result<(), Failure> {
        match within("waiting until theirs is connected", foreign.event()).await? {
            Event::Connected { role } if role == self.theirs.to_string() && connection.role() != self.theirs => {}
            other => return Err(format!("ours is the {}, and theirs says {other:?}", connection.role()).into()),
        }
        within("sending ours", send_all(&connection)).await?;
        within("waiting for ours at theirs", hear_all(foreign)).await?;
        within("sending theirs", tell_all(foreign)).await?;
        within("waiting for theirs at ours", receive_all(&connection)).await?;
        self.end(connection, foreign).await?;
        within("waiting until theirs ends", foreign.ended()).await
    }

    /// Ends the meeting. The side that does not end it has to hear all that was sent before its end, and then of the end.
    async fn end(&self, connection: Connection, foreign: &mut Foreign) -> Result<(), Failure> {
        match self.ending {
            Ending::OurChannel => {
                let sent_and_closed = async {
                    send_all(&connection).await?;
                    closed(connection).await
                };
                // At once: a peer whose output is not read may stop to receive, and closing waits for it.
                tokio::try_join!(
                    within("sending ours again, and closing", sent_and_closed),
                    within("waiting for ours at theirs, once more", hear_all(foreign)),
                )?;
                within("waiting for the end at theirs", hear_the_end(foreign)).await
            }
            Ending::OurConnection => {
                drop(connection);
                within("waiting for the end at theirs", hear_the_end(foreign)).await
            }
            Ending::TheirChannel => {
                within("sending theirs again", tell_all(foreign)).await?;
                foreign.close("channel").await?;
                within("waiting for theirs at ours, once more", receive_all(&connection)).await?;
                within("waiting for the end at ours", receive_the_end(&connection, CloseReason::OtherSide)).await?;
                within("closing ours", closed(connection)).await?;
                within("waiting for the end at theirs", hear_the_end(foreign)).await
            }
            Ending::TheirConnection => {
                foreign.close("connection").await?;
                within("waiting for the end at ours", receive_the_end(&connection, CloseReason::OtherSide)).await
            }
            Ending::TooLarge(bytes) => {
                foreign.send(&Message::binary(vec![7; bytes])).await?;
                within("waiting for the end at ours", receive_the_end(&connection, CloseReason::MessageTooLarge))
                    .await?;
                within("waiting for the end at theirs", hear_the_end(foreign)).await
            }
            Ending::Pause => {
                for number in 0..SENT_IN_PAUSE {
                    within("sending theirs", foreign.send(&Message::binary(vec![number; LARGE_BYTES]))).await?;
                }
                tokio::time::sleep(PAUSE).await;
                for number in 0..SENT_IN_PAUSE {
                    let next = async { connection.receive().await.ok_or_else(|| "the channel ended".into()) };
                    let arrived = within("waiting for theirs at ours, after the pause", next).await?;
                    check(number.into(), &Message::binary(vec![number; LARGE_BYTES]), &arrived)?;
                }
                within("closing ours", closed(connection)).await?;
                within("waiting for the end at theirs", hear_the_end(foreign)).await
            }
        }
    }
}

async fn send_all(connection: &Connection) -> Result<(), Failure> {
    for message in messages() {
        connection.send(message).await?;
    }
    Ok(())
}

async fn closed(connection: Connection) -> Result<(), Failure> {
    connection.close().await;
    Ok(())
}

async fn tell_all(foreign: &mut Foreign) -> Result<(), Failure> {
    for message in &messages() {
        foreign.send(message).await?;
    }
    Ok(())
}

async fn hear_all(foreign: &mut Foreign) -> Result<(), Failure> {
    for (number, expected) in (1..).zip(messages()) {
        let step = format!("message {number}, {}", in_short(&expected));
        check(number, &expected, &within(&step, foreign.message()).await?)?;
    }
    Ok(())
}

async fn receive_all(connection: &Connection) -> Result<(), Failure> {
    for (number, expected) in (1..).zip(messages()) {
        let step = format!("message {number}, {}", in_short(&expected));
        let next = async { connection.receive().await.ok_or_else(|| "the channel ended".into()) };
        check(number, &expected, &within(&step, next).await?)?;
    }
    Ok(())
}

fn check(number: usize, expected: &Message, arrived: &Message) -> Result<(), Failure> {
    if arrived == expected {
        return Ok(());
    }
    let (expected, arrived) = (in_short(expected), in_short(arrived));
    Err(format!("message {number} has to be {expected}, and {arrived} of another content arrived").into())
}

async fn hear_the_end(foreign: &mut Foreign) -> Result<(), Failure> {
    match foreign.event().await? {
        Event::Closed { reason } if !reason.is_empty() => Ok(()),
        other => Err(format!("theirs says {other:?}").into()),
    }
}

async fn receive_the_end(connection: &Connection, expected: CloseReason) -> Result<(), Failure> {
    if let Some(message) = connection.receive().await {
        return Err(format!("{} arrived that was not sent", in_short(&message)).into());
    }
    let reason = connection.closed().await;
    if reason == expected {
        return Ok(());
    }
    Err(format!("the reason is {reason:?}, and it has to be {expected:?}").into())
}

/// Requests over TCP. Notes when the network has stored a record, so that the other peer can be started then.
struct Announcing {
    client: OverTcp,
    is_stored: Arc<Notify>,
}

impl HttpService for Announcing {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'static>> {
        let is_put = request.method() == Method::PUT;
        let is_stored = Arc::clone(&self.is_stored);
        let answer = self.client.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if is_put && answer.status().is_success() {
                is_stored.notify_one();
            }
            Ok(answer)
        })
    }
}
