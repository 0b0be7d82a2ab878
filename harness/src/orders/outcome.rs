//! What came of one order. Pure: it is told what the peers attempted and how they ended, and knows nothing of how either
//! came about.

use std::fmt;

use signaling::{MeetError, Sdp};

use super::schedule::Side;
use crate::format::counted;

/// One side of a connection, as a transport saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    /// Whose it is.
    pub(super) side: Side,
    /// Which part it is of a connection.
    pub(super) part: Part,
    /// The offer that it made, or answered.
    pub(super) offer: Sdp,
    /// The answer that it made, or accepted.
    pub(super) answer: Option<Sdp>,
    pub(super) channel: ChannelState,
}

/// How far a channel came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelState {
    Unopened,
    Open,
    Closed,
}

impl Attempt {
    pub(super) fn new(side: Side, part: Part, offer: Sdp, answer: Option<Sdp>) -> Self {
        Self { side, part, offer, answer, channel: ChannelState::Unopened }
    }

    /// Whether it is the other side of the same connection.
    fn belongs_to(&self, other: &Self) -> bool {
        self.side != other.side
            && self.part != other.part
            && self.offer == other.offer
            && self.answer.is_some()
            && self.answer == other.answer
    }
}

/// Which part a peer played, by the last session description that it made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// It made an offer.
    Initiator,
    /// It answered one.
    Recipient,
    /// It made neither.
    Neither,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initiator => "initiator",
            Self::Recipient => "recipient",
            Self::Neither => "in neither part",
        })
    }
}

/// How a peer ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// It says that it met the other.
    Met,
    /// It says that it did not.
    Failed {
        /// What it was doing.
        phase: String,
        /// What went wrong.
        cause: String,
    },
    /// It said nothing until its deadline.
    Overdue,
}

impl Ending {
    /// How a peer ended that did not meet the other.
    pub(super) fn failed(error: &MeetError) -> Self {
        Self::Failed { phase: error.phase().to_string(), cause: error.cause().to_string() }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Met => f.write_str("met"),
            Self::Failed { phase, .. } => write!(f, "failed while {phase}"),
            Self::Overdue => f.write_str("still trying after its deadline"),
        }
    }
}

/// What became of one peer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fate {
    /// Which part it played.
    pub part: Part,
    /// How it ended.
    pub ending: Ending,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.part, self.ending)
    }
}

/// What came of one order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// How many channels opened on both sides of one connection.
    pub sessions: usize,
    /// How many channels are open in the end on one side alone.
    pub one_sided: usize,
    /// What became of the first peer and of the second.
    pub fates: [Fate; 2],
}

/// A promise that an outcome breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// There is at most one session.
    Sessions(usize),
    /// No channel is open on one side alone.
    OneSided(usize),
    /// Both peers are at an end by their deadline.
    Overdue(Side),
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sessions(number) => write!(f, "{}, and one at most should be", counted(*number, "session")),
            Self::OneSided(number) => write!(f, "{} open on one side alone", counted(*number, "channel")),
            Self::Overdue(side) => write!(f, "the {side} is not at an end by its deadline"),
        }
    }
}

impl Outcome {
    /// What of the promises is broken. Whether there is a session at all is none of them.
    pub fn breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.sessions > 1 {
            breaches.push(Breach::Sessions(self.sessions));
        }
        if self.one_sided > 0 {
            breaches.push(Breach::OneSided(self.one_sided));
        }
        let overdue = Side::BOTH.into_iter().filter(|side| self.fates[side.index()].ending == Ending::Overdue);
        breaches.extend(overdue.map(Breach::Overdue));
        breaches
    }
}

/// Judges what both peers attempted, and how they ended.
pub(super) fn judge(attempts: &[Attempt], endings: [Ending; 2]) -> Outcome {
    let opened = |attempt: &Attempt| attempt.channel != ChannelState::Unopened;
    let has_partner = |attempt: &Attempt, suits: fn(&Attempt) -> bool| {
        attempts.iter().any(|other| attempt.belongs_to(other) && suits(other))
    };
    let is_session =
        |attempt: &&Attempt| attempt.part == Part::Initiator && opened(attempt) && has_partner(attempt, opened);
    let is_open = |attempt: &Attempt| attempt.channel == ChannelState::Open;
    let is_one_sided = |attempt: &&Attempt| is_open(attempt) && !has_partner(attempt, is_open);
    let part =
        |side| attempts.iter().rfind(|attempt| attempt.side == side).map_or(Part::Neither, |attempt| attempt.part);
    let [first, second] = endings;
    Outcome {
        sessions: attempts.iter().filter(is_session).count(),
        one_sided: attempts.iter().filter(is_one_sided).count(),
        fates: [Fate { part: part(Side::First), ending: first }, Fate { part: part(Side::Second), ending: second }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MET: [Ending; 2] = [Ending::Met, Ending::Met];

    fn sdp(kind: &str, number: usize) -> Sdp {
        Sdp::new(format!("{kind} {number}"))
    }

    /// Both sides of connection `number`, open.
    fn connection(number: usize, initiator: Side, recipient: Side) -> [Attempt; 2] {
        [(initiator, Part::Initiator), (recipient, Part::Recipient)].map(|(side, part)| Attempt {
            channel: ChannelState::Open,
            ..Attempt::new(side, part, sdp("offer", number), Some(sdp("answer", number)))
        })
    }

    #[test]
    fn a_channel_that_opens_on_both_sides_is_one_session() {
        let outcome = judge(&connection(1, Side::First, Side::Second), MET);
        assert_eq!((outcome.sessions, outcome.one_sided), (1, 0));
        assert_eq!(outcome.fates.clone().map(|fate| fate.to_string()), ["initiator, met", "recipient, met"]);
        assert_eq!(outcome.breaches(), []);
    }

    #[test]
    fn two_sessions_are_a_breach_even_if_one_was_closed_again() {
        let mut attempts =
            [connection(1, Side::First, Side::Second), connection(2, Side::Second, Side::First)].concat();
        attempts[2].channel = ChannelState::Closed;
        attempts[3].channel = ChannelState::Closed;
        let outcome = judge(&attempts, MET);
        assert_eq!(outcome.breaches(), [Breach::Sessions(2)]);
        assert_eq!(outcome.fates[0].part, Part::Recipient, "what it was last");
    }

    #[test]
    fn a_channel_whose_other_side_never_opened_or_is_closed_is_one_sided() {
        for other in [ChannelState::Unopened, ChannelState::Closed] {
            for open in [0, 1] {
                let mut attempts = connection(1, Side::First, Side::Second);
                attempts[1 - open].channel = other;
                assert_eq!(judge(&attempts, MET).breaches(), [Breach::OneSided(1)]);
            }
        }
    }

    #[test]
    fn sides_of_different_connections_are_no_session() {
        let [initiator, mut recipient] = connection(1, Side::First, Side::Second);
        recipient.answer = Some(sdp("answer", 2));
        let outcome = judge(&[initiator.clone(), recipient], MET);
        assert_eq!((outcome.sessions, outcome.breaches()), (0, vec![Breach::OneSided(2)]));
        let [_, own] = connection(1, Side::First, Side::First);
        assert_eq!(judge(&[initiator, own], MET).sessions, 0, "both are of the same peer");
    }

    #[test]
    fn no_session_is_no_breach_and_a_peer_that_is_overdue_is() {
        let refused = Ending::Failed { phase: "publishing the offer".into(), cause: "refused".into() };
        let offers = Side::BOTH.map(|side| Attempt::new(side, Part::Initiator, sdp("offer", side.index()), None));
        let glare = judge(&offers, [refused.clone(), refused]);
        assert_eq!((glare.sessions, glare.breaches()), (0, vec![]));
        let overdue = judge(&offers[..1], [Ending::Met, Ending::Overdue]);
        assert_eq!(overdue.breaches(), [Breach::Overdue(Side::Second)]);
        assert_eq!(overdue.fates[1].part, Part::Neither);
    }

    #[test]
    fn a_breach_says_what_is_wrong() {
        let told =
            [Breach::Sessions(2), Breach::OneSided(1), Breach::Overdue(Side::First)].map(|breach| breach.to_string());
        assert_eq!(
            told,
            [
                "2 sessions, and one at most should be",
                "1 channel open on one side alone",
                "the first peer is not at an end by its deadline"
            ]
        );
    }
}
