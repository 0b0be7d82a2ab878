//! The cause for which two peers did not meet, and whether trying again makes sense.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::launcher::LauncherError;
use crate::payload::PayloadError;
use crate::phase::Phase;
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
    #[error("the limit of {} for this phase passed", length(*.0))]
    PhaseTooLong(Duration),
    /// The whole meeting took too long.
    #[error("the deadline of {} passed", length(*.0))]
    DeadlinePassed(Duration),
}

/// The time with a space before its unit.
pub(crate) fn length(time: Duration) -> String {
    let text = format!("{time:?}");
    let unit = text.find(|letter: char| letter.is_alphabetic() || letter == 'µ').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    format!("{number} {unit}")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launcher::HttpError;

    #[test]
    fn a_time_has_a_space_before_its_unit() {
        let texts = [120_000, 1_500, 100].map(|millis| length(Duration::from_millis(millis)));
        assert_eq!(texts, ["120 s", "1.5 s", "100 ms"]);
        assert_eq!(length(Duration::from_micros(7)), "7 µs");
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
