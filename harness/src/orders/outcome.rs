//! The outcome of one order: what the exchanges and channels in the trace of the pair come to, and the checks that fail.

use std::fmt;

use signaling::Sdp;

use super::schedule::PEERS;
use crate::format::counted;
use crate::record::{Description, EventKind};
use crate::scenario::{PeerIndex, VisitId};
use crate::trace::{End, Exchange, PairTrace, VisitTrace};

/// The outcome for one peer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeerOutcome {
    /// The description that it made last: an initiator makes offers, a recipient answers.
    pub made_last: Option<Description>,
    /// How it ended; `None` if it had not ended by its deadline.
    pub end: Option<End>,
}

impl fmt::Display for PeerOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.made_last {
            Some(Description::Offer) => "initiator, ",
            Some(Description::Answer) => "recipient, ",
            None => "in neither role, ",
        })?;
        f.write_str(match self.end {
            Some(End::Met) => "met",
            Some(_) => "failed",
            None => "still trying after its deadline",
        })
    }
}

/// The outcome of one order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// How many exchanges there are over which a channel opened at both peers.
    pub sessions: usize,
    /// How many channels are open at the end at one peer alone.
    pub one_sided: usize,
    /// The outcome for the first peer and for the second.
    pub peers: [PeerOutcome; 2],
    /// The names of the common checks that fail.
    pub failed_checks: Vec<&'static str>,
}

/// A promise that an outcome breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Breach {
    /// There is at most one session.
    Sessions(usize),
    /// No channel is open at one peer alone.
    OneSided(usize),
    /// Both peers have ended by their deadline.
    Overdue(PeerIndex),
    /// The promise of a common check is kept.
    Check(&'static str),
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sessions(number) => write!(f, "{}; at most one is allowed", counted(*number, "session")),
            Self::OneSided(number) => write!(f, "{} open at one peer alone", counted(*number, "channel")),
            Self::Overdue(peer_index) => write!(f, "the {peer_index} has not ended by its deadline"),
            Self::Check(name) => write!(f, "the check {name} fails"),
        }
    }
}

impl Outcome {
    /// Judges what happened to both peers in one visit of each.
    pub(super) fn of(trace: &PairTrace, failed_checks: Vec<&'static str>) -> Self {
        let exchanges = trace.exchanges().filter(Exchange::is_accepted);
        let sides: Vec<_> = exchanges.map(|exchange| sides(&exchange)).collect();
        let channels: Vec<_> = trace.visits.iter().flat_map(|visit| channels(trace, visit)).collect();
        let is_open_over = |side: Side<'_>| channels.iter().any(|channel| channel.side == side && channel.is_open);
        let opened_over = |side: Side<'_>| channels.iter().any(|channel| channel.side == side);
        let is_one_sided = |channel: &&Channel<'_>| {
            let has_other = |[initiator, recipient]: &[Side<'_>; 2]| {
                (channel.side == *initiator && is_open_over(*recipient))
                    || (channel.side == *recipient && is_open_over(*initiator))
            };
            channel.is_open && !sides.iter().any(has_other)
        };
        let peer = |peer_index| {
            let visit = trace.last_visit(peer_index);
            PeerOutcome {
                made_last: visit.and_then(VisitTrace::made_last),
                end: visit.and_then(|visit| visit.end.as_ref()).map(|(end, _)| end.clone()),
            }
        };
        Self {
            sessions: sides.iter().filter(|both| both.iter().all(|side| opened_over(*side))).count(),
            one_sided: channels.iter().filter(is_one_sided).count(),
            peers: PEERS.map(peer),
            failed_checks,
        }
    }

    /// The promises that are broken. That there is a session at all is not promised.
    pub fn breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.sessions > 1 {
            breaches.push(Breach::Sessions(self.sessions));
        }
        if self.one_sided > 0 {
            breaches.push(Breach::OneSided(self.one_sided));
        }
        let overdue = PEERS.into_iter().zip(&self.peers).filter(|(_, peer)| peer.end.is_none());
        breaches.extend(overdue.map(|(peer_index, _)| Breach::Overdue(peer_index)));
        breaches.extend(self.failed_checks.iter().map(|name| Breach::Check(name)));
        breaches
    }
}

/// One side of an exchange: the visit, and the description that was made in it.
type Side<'a> = (VisitId, &'a Sdp);

fn sides<'a>(exchange: &Exchange<'a>) -> [Side<'a>; 2] {
    [(exchange.initiator.who, exchange.offer), (exchange.recipient.who, exchange.answer)]
}

/// A channel that opened.
struct Channel<'a> {
    side: Side<'a>,
    is_open: bool,
}

/// The channels that opened in a visit. A channel is that of the description that was made last before it opened. Of
/// several, the one that closes is the one that opened last.
fn channels<'a>(trace: &'a PairTrace, visit: &VisitTrace) -> Vec<Channel<'a>> {
    let (mut channels, mut made) = (Vec::<Channel<'_>>::new(), None);
    for event in trace.events.iter().filter(|event| event.who == Some(visit.who)) {
        match &event.kind {
            EventKind::Made(_, sdp) => made = Some(sdp),
            EventKind::Opened => channels.extend(made.map(|sdp| Channel { side: (visit.who, sdp), is_open: true })),
            EventKind::Closed => {
                if let Some(channel) = channels.iter_mut().rfind(|channel| channel.is_open) {
                    channel.is_open = false;
                }
            }
            _ => {}
        }
    }
    channels
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use signaling::Role;

    use super::*;
    use crate::record::Event;

    /// What happens, in order.
    #[derive(Default)]
    struct Story(Vec<Event>);

    impl Story {
        fn then(&mut self, peer_index: PeerIndex, kind: EventKind) -> &mut Self {
            self.0.push(Event { at: Duration::ZERO, who: Some(VisitId { pair: 1, peer_index, visit: 1 }), kind });
            self
        }

        /// Both sides of exchange `number`, with channels that are open unless `unopened`.
        fn exchange(&mut self, number: usize, peers: [PeerIndex; 2], unopened: Option<PeerIndex>) -> &mut Self {
            let [initiator, recipient] = peers;
            let (offer, answer) = (Sdp::new(format!("offer {number}")), Sdp::new(format!("answer {number}")));
            self.then(initiator, EventKind::Made(Description::Offer, offer.clone()))
                .then(recipient, EventKind::Applied(Description::Offer, offer))
                .then(recipient, EventKind::Made(Description::Answer, answer.clone()))
                .then(initiator, EventKind::Applied(Description::Answer, answer));
            for peer_index in peers.into_iter().filter(|peer_index| Some(*peer_index) != unopened) {
                self.then(peer_index, EventKind::Opened);
            }
            self
        }

        fn met(&mut self) -> &mut Self {
            self.then(PeerIndex::First, EventKind::Met(Role::Initiator))
                .then(PeerIndex::Second, EventKind::Met(Role::Recipient))
        }

        fn outcome(&self) -> Outcome {
            Outcome::of(&PairTrace::new(1, "room", &self.0), Vec::new())
        }
    }

    const IN_ORDER: [PeerIndex; 2] = PEERS;
    const IN_REVERSE: [PeerIndex; 2] = [PeerIndex::Second, PeerIndex::First];

    #[test]
    fn a_channel_that_opens_at_both_peers_is_one_session() {
        let outcome = Story::default().exchange(1, IN_ORDER, None).met().outcome();
        assert_eq!((outcome.sessions, outcome.one_sided), (1, 0));
        assert_eq!(outcome.peers.clone().map(|peer| peer.to_string()), ["initiator, met", "recipient, met"]);
        assert_eq!(outcome.breaches(), []);
    }

    #[test]
    fn two_sessions_are_a_breach_even_if_one_was_closed_again() {
        let mut story = Story::default();
        story.exchange(1, IN_ORDER, None).exchange(2, IN_REVERSE, None).met();
        story.then(PeerIndex::First, EventKind::Closed).then(PeerIndex::Second, EventKind::Closed);
        let outcome = story.outcome();
        assert_eq!(outcome.breaches(), [Breach::Sessions(2)]);
        assert_eq!(outcome.peers[0].made_last, Some(Description::Answer));
    }

    #[test]
    fn a_channel_whose_other_side_never_opened_or_is_closed_is_one_sided() {
        for other in PEERS {
            let unopened = Story::default().exchange(1, IN_ORDER, Some(other)).met().outcome();
            assert_eq!(unopened.breaches(), [Breach::OneSided(1)]);
            let mut story = Story::default();
            let closed = story.exchange(1, IN_ORDER, None).met().then(other, EventKind::Closed).outcome();
            assert_eq!(closed.breaches(), [Breach::OneSided(1)]);
        }
    }

    #[test]
    fn sides_of_different_exchanges_are_no_session() {
        let mut story = Story::default();
        story.exchange(1, IN_ORDER, None).met();
        for event in &mut story.0 {
            if let EventKind::Applied(Description::Answer, answer) = &mut event.kind {
                *answer = Sdp::new("answer 2");
            }
        }
        let outcome = story.outcome();
        assert_eq!((outcome.sessions, outcome.breaches()), (0, vec![Breach::OneSided(2)]));
        let own = Story::default().exchange(1, [PeerIndex::First; 2], None).met().outcome();
        assert_eq!(own.sessions, 0, "both sides are of the same peer");
    }

    #[test]
    fn no_session_is_no_breach_and_a_peer_that_is_overdue_is() {
        let refused = || EventKind::Failed("while publishing the offer: refused".to_owned());
        let mut story = Story::default();
        for peer_index in PEERS {
            story.then(peer_index, EventKind::Made(Description::Offer, Sdp::new(peer_index.to_string())));
            story.then(peer_index, refused());
        }
        let glare = story.outcome();
        assert_eq!((glare.sessions, glare.breaches()), (0, vec![]));
        story.0.truncate(2);
        let overdue = story.outcome();
        assert_eq!(overdue.breaches(), [Breach::Overdue(PeerIndex::Second)]);
        assert_eq!(overdue.peers[1].made_last, None);
    }

    #[test]
    fn a_breach_says_what_is_wrong() {
        let outcome = Story::default().exchange(1, IN_ORDER, None).met().outcome();
        let failed = Outcome { failed_checks: vec!["history"], ..outcome };
        assert_eq!(failed.breaches(), [Breach::Check("history")]);
        let breaches =
            [Breach::Sessions(2), Breach::OneSided(1), Breach::Overdue(PeerIndex::First), Breach::Check("history")];
        assert_eq!(
            breaches.map(|breach| breach.to_string()),
            [
                "2 sessions; at most one is allowed",
                "1 channel open at one peer alone",
                "the first peer has not ended by its deadline",
                "the check history fails"
            ]
        );
    }
}
