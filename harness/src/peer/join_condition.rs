//! The condition under which a peer joins, evaluated on the events of its pair.

use std::collections::BTreeSet;

use crate::record::{Description, Event, EventKind, RequestKind};
use crate::scenario::{Join, PeerIndex, VisitId};

/// Is given the events of a pair, one after the other, until its peer may join or never will.
#[derive(Debug)]
pub(crate) struct JoinCondition {
    join: Join,
    own: PeerIndex,
    /// The number of other peers.
    others: usize,
    left: BTreeSet<PeerIndex>,
    /// The visits that made an offer, and no answer after it.
    initiators: BTreeSet<VisitId>,
    /// The visits that made an answer.
    recipients: BTreeSet<VisitId>,
    /// The offer that is stored on the network.
    stored: Option<StoredOffer>,
    has_answered: bool,
    has_met: bool,
}

/// An offer that is stored, and how often its initiator has named another record since: each time, it polls for the answer.
#[derive(Debug)]
struct StoredOffer {
    initiator: VisitId,
    record: Option<String>,
    polls: u32,
}

impl JoinCondition {
    pub(crate) fn new(join: Join, own: PeerIndex, others: usize) -> Self {
        Self {
            join,
            own,
            others,
            left: BTreeSet::new(),
            initiators: BTreeSet::new(),
            recipients: BTreeSet::new(),
            stored: None,
            has_answered: false,
            has_met: false,
        }
    }

    /// Takes the next event. Returns `true` if the peer may join now, `false` if it never will, and `None` if neither is
    /// known yet.
    pub(crate) fn decide(&mut self, event: &Event) -> Option<bool> {
        let who = event.who.filter(|who| who.peer_index != self.own)?;
        match &event.kind {
            EventKind::Made(Description::Offer, _) => {
                self.initiators.insert(who);
            }
            EventKind::Made(Description::Answer, _) => {
                self.initiators.remove(&who);
                self.recipients.insert(who);
            }
            EventKind::Called(call) if call.kind.is_mutating() && call.is_ok() && self.initiators.contains(&who) => {
                let stored = StoredOffer { initiator: who, record: call.name.clone(), polls: 0 };
                self.stored = (call.kind != RequestKind::DeleteRecord).then_some(stored);
            }
            EventKind::Called(call)
                if call.kind == RequestKind::StoreRecord && call.is_ok() && self.recipients.contains(&who) =>
            {
                self.has_answered = true;
            }
            EventKind::Called(call) if call.kind == RequestKind::NameRecord => {
                let is_poll = |stored: &&mut StoredOffer| stored.initiator == who && stored.record != call.name;
                if let Some(stored) = self.stored.as_mut().filter(is_poll) {
                    stored.polls += 1;
                }
            }
            EventKind::Met(_) => self.has_met = true,
            EventKind::Left => {
                self.left.insert(who.peer_index);
            }
            _ => {}
        }
        let have_left = self.left.len() >= self.others;
        let may_join = match self.join {
            Join::AtOnce | Join::AfterMs(_) | Join::WithinMs(_) => true,
            Join::AfterPolls(polls) => self.stored.as_ref().is_some_and(|stored| stored.polls >= polls),
            Join::OnceAnswered => self.has_answered,
            Join::OnceMet => self.has_met,
            Join::OnceOthersLeft => have_left,
        };
        // A peer that has left does nothing more.
        (may_join || have_left).then_some(may_join)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    /// When the condition of the second peer is decided in a good run, and how.
    fn decision(join: Join) -> Option<(u128, bool)> {
        let mut run = good_run();
        run.add(PeerIndex::First, 9_000, EventKind::Left);
        let mut condition = JoinCondition::new(join, PeerIndex::Second, 1);
        run.events.iter().find_map(|event| condition.decide(event).map(|may_join| (event.at.as_millis(), may_join)))
    }

    #[test]
    fn a_peer_joins_once_the_offer_is_stored_and_a_number_of_polls_were_made() {
        assert_eq!(decision(Join::AfterPolls(0)), Some((15, true)));
        assert_eq!(decision(Join::AfterPolls(1)), Some((2_011, true)));
    }

    #[test]
    fn a_condition_that_is_never_met_is_decided_when_the_other_peers_have_left() {
        assert_eq!(decision(Join::AfterPolls(2)), Some((9_000, false)));
    }

    #[test]
    fn a_peer_may_wait_for_an_answer_for_a_meeting_or_for_the_other_peers_to_leave() {
        let mut condition = JoinCondition::new(Join::OnceAnswered, PeerIndex::Third, 2);
        let run = good_run();
        let answered = run.events.iter().find(|event| condition.decide(event).is_some());
        assert_eq!(answered.map(|event| event.at.as_millis()), Some(40));
        assert_eq!(decision(Join::OnceMet), Some((2_041, true)));
        assert_eq!(decision(Join::OnceOthersLeft), Some((9_000, true)));
    }
}
