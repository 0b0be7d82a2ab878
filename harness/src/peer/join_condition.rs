//! What a peer waits for before it comes, seen in the events of its pair.

use std::collections::BTreeSet;

use crate::record::{Description, Event, EventKind, RequestKind};
use crate::scenario::{Join, PeerIndex, VisitId};

/// Looks at the events of a pair, one after the other, until it is time for a peer to come or it never will be.
#[derive(Debug)]
pub(crate) struct JoinCondition {
    join: Join,
    own: PeerIndex,
    /// How many other peers there are.
    others: usize,
    left: BTreeSet<PeerIndex>,
    /// Those that made an offer, and no answer after it.
    makers: BTreeSet<VisitId>,
    /// Those that made an answer.
    answerers: BTreeSet<VisitId>,
    /// The offer that is stored.
    stored: Option<StoredOffer>,
    has_answered: bool,
    has_met: bool,
}

/// An offer that is stored, and how often its maker has looked elsewhere since: each such look is one for the answer.
#[derive(Debug)]
struct StoredOffer {
    maker: VisitId,
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
            makers: BTreeSet::new(),
            answerers: BTreeSet::new(),
            stored: None,
            has_answered: false,
            has_met: false,
        }
    }

    /// Whether it is time, as far as is known once this has happened; `None` if that is not decided.
    pub(crate) fn see(&mut self, event: &Event) -> Option<bool> {
        let who = event.who.filter(|who| who.peer_index != self.own)?;
        match &event.kind {
            EventKind::Made(Description::Offer, _) => {
                self.makers.insert(who);
            }
            EventKind::Made(Description::Answer, _) => {
                self.makers.remove(&who);
                self.answerers.insert(who);
            }
            EventKind::Called(call) if call.kind.is_mutating() && call.is_ok() && self.makers.contains(&who) => {
                let stored = StoredOffer { maker: who, record: call.name.clone(), polls: 0 };
                self.stored = (call.kind != RequestKind::DeleteRecord).then_some(stored);
            }
            EventKind::Called(call)
                if call.kind == RequestKind::StoreRecord && call.is_ok() && self.answerers.contains(&who) =>
            {
                self.has_answered = true;
            }
            EventKind::Called(call) if call.kind == RequestKind::NameRecord => {
                let is_poll = |stored: &&mut StoredOffer| stored.maker == who && stored.record != call.name;
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
        let is_time = match self.join {
            Join::AtOnce | Join::AfterMs(_) | Join::WithinMs(_) => true,
            Join::AfterPolls(polls) => self.stored.as_ref().is_some_and(|stored| stored.polls >= polls),
            Join::OnceAnswered => self.has_answered,
            Join::OnceMet => self.has_met,
            Join::OnceOthersLeft => have_left,
        };
        // What others have not done before they leave, they never do.
        (is_time || have_left).then_some(is_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    /// At which event of a good run it is time for a second peer that waits for this.
    fn time_of(join: Join) -> Option<(u128, bool)> {
        let mut run = good_run();
        run.add(PeerIndex::First, 9_000, EventKind::Left);
        let mut condition = JoinCondition::new(join, PeerIndex::Second, 1);
        run.events.iter().find_map(|event| condition.see(event).map(|is_time| (event.at.as_millis(), is_time)))
    }

    #[test]
    fn a_peer_comes_once_the_offer_is_stored_and_so_many_polls_were_made() {
        assert_eq!(time_of(Join::AfterPolls(0)), Some((15, true)));
        assert_eq!(time_of(Join::AfterPolls(1)), Some((2_011, true)));
    }

    #[test]
    fn a_peer_that_waits_for_what_never_happens_is_told_when_the_others_have_left() {
        assert_eq!(time_of(Join::AfterPolls(2)), Some((9_000, false)));
    }

    #[test]
    fn a_peer_may_wait_for_an_answer_for_a_meeting_or_for_the_end_of_the_others() {
        let mut condition = JoinCondition::new(Join::OnceAnswered, PeerIndex::Third, 2);
        let run = good_run();
        let answered = run.events.iter().find(|event| condition.see(event).is_some());
        assert_eq!(answered.map(|event| event.at.as_millis()), Some(40));
        assert_eq!(time_of(Join::OnceMet), Some((2_041, true)));
        assert_eq!(time_of(Join::OnceOthersLeft), Some((9_000, true)));
    }
}
