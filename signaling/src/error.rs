//! Why two peers did not meet: the phase, the cause, and what was seen last.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::launcher::LauncherError;
use crate::payload::PayloadError;
use crate::phase::Phase;
use crate::printable::Printable;
use crate::room::RoomName;
use crate::timeline::Timeline;
use crate::transport::error::TransportError;

/// What went wrong.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MeetCause {
    /// A request to the launcher.
    #[error(transparent)]
    Launcher(#[from] LauncherError),
    /// The connection to the other peer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The payload of the other peer, or this peer's own, is invalid.
    #[error("the stored offer or answer cannot be used: {0}")]
    Payload(#[from] PayloadError),
    /// Another peer has answered the offer in the room.
    #[error("the room is taken: another peer has answered the offer in it")]
    RoomTaken,
    /// The offer in the room is stale, and it belongs to another account. Nothing came from its initiator.
    #[error("the offer in the room is stale: its initiator is gone, or accepts no answer; the offer was made {}", ago(*age))]
    PeerGone {
        /// The age of the offer, by the clocks of both sides. Offers of the original app have no time.
        age: Option<Duration>,
    },
    /// The answer that was found belongs to another offer, and was not used.
    #[error("the answer belongs to another offer")]
    StaleAnswer,
    /// A phase of the meeting took too long.
    #[error("the limit of {0:?} for this phase passed")]
    PhaseTooLong(Duration),
    /// The whole meeting took too long.
    #[error("the deadline of {0:?} passed")]
    DeadlinePassed(Duration),
}

fn ago(age: Option<Duration>) -> String {
    age.map_or_else(|| "at an unknown time".to_owned(), |age| format!("{} s ago", age.as_secs()))
}

/// Whether trying again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// At once: the problem is over, and the room is free.
    Now,
    /// Later: this peer cannot change the cause, which is another peer in the room, or the launcher.
    Later,
    /// Never with the same settings.
    Never,
}

impl fmt::Display for Retry {
    /// A clause that can stand in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "trying again makes sense",
            Self::Later => "trying again later makes sense",
            Self::Never => "trying again changes nothing",
        })
    }
}

impl MeetCause {
    /// Whether the same request may work at the next poll.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Launcher(error) if error.is_transient())
    }

    /// Whether trying again makes sense after this cause in `phase`.
    pub fn retry(&self, phase: Phase) -> Retry {
        let is_unusable = matches!(self, Self::Payload(_) | Self::Transport(TransportError::BadRemoteDescription(_)));
        match self {
            // The payload is this peer's own.
            Self::Payload(_) if matches!(phase, Phase::PublishOffer | Phase::PublishAnswer) => Retry::Never,
            // The payload was an answer; it is gone with this peer's offer.
            _ if is_unusable && matches!(phase, Phase::AwaitAnswer | Phase::Connect) => Retry::Now,
            Self::Launcher(LauncherError::Unauthorised { .. } | LauncherError::Changed { .. })
            | Self::Transport(
                TransportError::ConnectionFailed | TransportError::HandshakeFailed | TransportError::Closed,
            )
            | Self::StaleAnswer
            | Self::PhaseTooLong(_)
            | Self::DeadlinePassed(_) => Retry::Now,
            Self::Launcher(LauncherError::Refused)
            | Self::Transport(
                TransportError::Local { .. } | TransportError::NoRelay { .. } | TransportError::MessageTooLarge { .. },
            ) => Retry::Never,
            // Among these: an invalid offer, which its owner has to replace or remove.
            Self::Launcher(_)
            | Self::Transport(TransportError::BadRemoteDescription(_) | TransportError::NoCandidatePair)
            | Self::Payload(_)
            | Self::RoomTaken
            | Self::PeerGone { .. } => Retry::Later,
        }
    }
}

/// The last thing that a peer saw before it gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LastSeen {
    /// No session.
    Nothing,
    /// A session of the launcher.
    Session,
    /// No offer in the room.
    EmptyRoom,
    /// An offer in the room.
    Offer,
    /// No offer in the room any more, after this peer had answered it.
    OfferWithdrawn,
    /// This peer's own offer or answer was stored.
    Published,
    /// No answer at the last poll.
    NoAnswer {
        /// How many polls there were.
        polls: u64,
    },
    /// The last poll failed.
    FailedPoll {
        /// How many polls there were.
        polls: u64,
        /// Why the last poll failed.
        why: String,
    },
    /// An answer that its peer had removed.
    AnswerWithdrawn,
    /// An answer.
    Answer,
}

impl fmt::Display for LastSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Session => f.write_str("the launcher's authorisation"),
            Self::EmptyRoom => f.write_str("an empty room"),
            Self::Offer => f.write_str("an offer in the room"),
            Self::OfferWithdrawn => {
                f.write_str("that the initiator had removed its offer; it may have refused this peer's answer")
            }
            Self::Published => f.write_str("this peer's own offer or answer, stored"),
            Self::NoAnswer { polls } => write!(f, "no answer at poll {polls}"),
            Self::FailedPoll { polls, why } => write!(f, "poll {polls} failed: {}", Printable(why)),
            Self::AnswerWithdrawn => f.write_str("an answer that was removed"),
            Self::Answer => f.write_str("an answer"),
        }
    }
}

/// Two peers did not meet. `Display` is one sentence: the phase, the cause, what was seen last, and whether trying again
/// makes sense.
#[derive(Debug)]
pub struct MeetError(Box<Details>);

#[derive(Debug)]
struct Details {
    room: RoomName,
    phase: Phase,
    cause: MeetCause,
    last_seen: LastSeen,
    timeline: Timeline,
}

impl MeetError {
    pub(crate) fn new(room: RoomName, phase: Phase, cause: MeetCause, last_seen: LastSeen, timeline: Timeline) -> Self {
        Self(Box::new(Details { room, phase, cause, last_seen, timeline }))
    }

    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.0.room
    }

    /// The phase that failed.
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// The cause.
    pub fn cause(&self) -> &MeetCause {
        &self.0.cause
    }

    /// Whether trying again makes sense.
    pub fn retry(&self) -> Retry {
        self.0.cause.retry(self.0.phase)
    }

    /// The last thing that this peer saw.
    pub fn last_seen(&self) -> &LastSeen {
        &self.0.last_seen
    }

    /// When each phase happened.
    pub fn timeline(&self) -> &Timeline {
        &self.0.timeline
    }
}

impl fmt::Display for MeetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { room, phase, cause, last_seen, .. } = &*self.0;
        let retry = cause.retry(*phase);
        write!(f, "no meeting in room {:?}: while {phase}, {cause} (last seen: {last_seen}; {retry})", room.as_str())
    }
}

impl Error for MeetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // `Display` contains the text of the cause, so the next source is the source of the cause.
        self.0.cause.source()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::launcher::HttpError;

    #[test]
    fn the_text_says_phase_cause_and_what_was_seen_last() {
        let error = MeetError::new(
            RoomName::new("room1").unwrap(),
            Phase::AwaitAnswer,
            MeetCause::DeadlinePassed(Duration::from_mins(2)),
            LastSeen::NoAnswer { polls: 59 },
            Timeline::new(Instant::now()),
        );
        assert_eq!(
            error.to_string(),
            "no meeting in room \"room1\": while waiting for an answer, the deadline of 120s passed \
             (last seen: no answer at poll 59; trying again makes sense)"
        );
    }

    #[test]
    fn no_error_shows_a_character_of_another_party_that_a_terminal_obeys() {
        const FOREIGN: &str = "a\u{1b}]0;b\u{7}\r\n\u{202e}c";
        const SHOWN: &str = r"a\u{1b}]0;b\u{7}\r\n\u{202e}c";
        let request = "storing a record";
        let (description, what) = (FOREIGN.to_owned(), FOREIGN.to_owned());
        let causes: Vec<MeetCause> = vec![
            LauncherError::Launcher { request, status: 400, code: 1, description }.into(),
            LauncherError::BadAnswer { request, what }.into(),
            LauncherError::Http { request, source: HttpError::Connect(FOREIGN.into()) }.into(),
            LauncherError::Http { request, source: HttpError::Exchange(FOREIGN.into()) }.into(),
            TransportError::local("open a socket", FOREIGN).into(),
            TransportError::BadRemoteDescription(FOREIGN.into()).into(),
            TransportError::NoRelay { servers: vec![FOREIGN.to_owned()] }.into(),
            PayloadError::Malformed(FOREIGN.to_owned()).into(),
            PayloadError::WrongType { expected: "offer", found: FOREIGN.to_owned() }.into(),
        ];
        let room = || RoomName::new("room1").unwrap();
        for cause in causes {
            let last_seen = LastSeen::FailedPoll { polls: 2, why: FOREIGN.to_owned() };
            let error = MeetError::new(room(), Phase::AwaitAnswer, cause, last_seen, Timeline::new(Instant::now()));
            let text = error.to_string();
            assert_eq!(text.matches(SHOWN).count(), 2, "{text:?}");
            assert!(!text.contains(|unwanted: char| unwanted.is_control() || unwanted == '\u{202e}'), "{text:?}");
        }
    }

    /// Each row: a cause, the usual advice, and the phases with another advice.
    #[test]
    fn each_cause_says_whether_trying_again_makes_sense() {
        use Retry::{Later, Never, Now};
        type Row = (MeetCause, Retry, Vec<(Phase, Retry)>);
        const REQUEST: &str = "storing a record";
        let local = TransportError::local("open a socket", "none left");
        let unusable = TransportError::BadRemoteDescription("no candidates".into());
        let code = |code| LauncherError::Launcher { request: REQUEST, status: 400, code, description: String::new() };
        let http = |source| LauncherError::Http { request: REQUEST, source };
        let what_was_answered = [(Phase::AwaitAnswer, Now), (Phase::Connect, Now)];
        let table: Vec<Row> = vec![
            (LauncherError::Refused.into(), Never, vec![]),
            (LauncherError::Unauthorised { request: REQUEST }.into(), Now, vec![]),
            (LauncherError::Changed { request: REQUEST }.into(), Now, vec![]),
            (LauncherError::NoSuchData { request: REQUEST }.into(), Later, vec![]),
            (LauncherError::BadAnswer { request: REQUEST, what: String::new() }.into(), Later, vec![]),
            (code(-23).into(), Later, vec![]),
            (http(HttpError::Connect("refused".into())).into(), Later, vec![]),
            (http(HttpError::TimedOut(Duration::from_secs(30))).into(), Later, vec![]),
            (TransportError::ConnectionFailed.into(), Now, vec![]),
            (TransportError::HandshakeFailed.into(), Now, vec![]),
            (TransportError::NoCandidatePair.into(), Later, vec![]),
            (TransportError::Closed.into(), Now, vec![]),
            (local.into(), Never, vec![]),
            (TransportError::NoRelay { servers: vec![] }.into(), Never, vec![]),
            (TransportError::MessageTooLarge { bytes: 2, max: 1 }.into(), Never, vec![]),
            (unusable.into(), Later, what_was_answered.to_vec()),
            (
                PayloadError::NoSdp.into(),
                Later,
                [[(Phase::PublishOffer, Never), (Phase::PublishAnswer, Never)], what_was_answered].concat(),
            ),
            (MeetCause::RoomTaken, Later, vec![]),
            (MeetCause::PeerGone { age: None }, Later, vec![]),
            (MeetCause::StaleAnswer, Now, vec![]),
            (MeetCause::PhaseTooLong(Duration::from_secs(1)), Now, vec![]),
            (MeetCause::DeadlinePassed(Duration::from_secs(1)), Now, vec![]),
        ];
        for (cause, usual, otherwise) in table {
            for phase in Phase::ALL {
                let other = otherwise.iter().find(|(other, _)| *other == phase).map(|(_, retry)| *retry);
                assert_eq!(cause.retry(phase), other.unwrap_or(usual), "{cause} while {phase}");
            }
        }
    }
}
