//! Whether each offer leads to one session at most.

use std::collections::BTreeSet;

use signaling::Sdp;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::trace::{PairTrace, Poll, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Each offer leads to one session at most, between one initiator and one recipient, and no \
                           peer opens a second in one visit.";

/// Judges by which channels opened over which offer. Two peers that met leave the room free for the next two.
pub fn judge(evidence: &Evidence) -> Verdict {
    let sessions = evidence.traces.iter().map(|trace| opened(trace).count() / 2).sum();
    let failures: Vec<String> = evidence
        .traces
        .iter()
        .flat_map(|trace| opened_twice(trace).chain(crowded(trace)).chain(waits_twice(trace)))
        .collect();
    if sessions == 0 && failures.is_empty() {
        return Verdict::NotChecked("no session opened".to_owned());
    }
    Verdict::of(failures, || counted(sessions, "session"))
}

fn opened_twice(trace: &PairTrace) -> impl Iterator<Item = String> {
    let twice = trace.visits.iter().filter(|visit| visit.opened.len() > 1);
    twice.map(|visit| format!("the {} opened {} channels in one visit", visit.who, visit.opened.len()))
}

/// The visits that wait in two sessions: after the last offer, polls go on for the answers to two offers.
fn waits_twice(trace: &PairTrace) -> impl Iterator<Item = String> {
    let waits = trace.visits.iter().filter_map(|visit| {
        let last = visit.offer_ready().filter(|_| visit.offers_ready().count() > 1)?;
        let name = |poll: &Poll| visit.calls.get(*poll.calls.first()?)?.0.name.as_deref();
        // A poll that was under way when the last offer was made says nothing.
        let polls = visit.polls().iter().filter(|poll| poll.started > last);
        let names: BTreeSet<&str> = polls.filter_map(name).collect();
        (names.len() > 1).then_some((visit.who, names.len()))
    });
    waits.map(|(who, number)| {
        format!("the {who} polls for the answers to {number} of its offers: it has as many sessions")
    })
}

/// The visits whose channel opened, each with the offer over which it opened.
fn opened(trace: &PairTrace) -> impl Iterator<Item = (&Sdp, &VisitTrace)> {
    let visits = trace.visits.iter().filter(|visit| !visit.opened.is_empty());
    visits.filter_map(|visit| Some((visit.last_offer()?, visit)))
}

/// The first offer over which more than two channels opened.
fn crowded(trace: &PairTrace) -> Option<String> {
    let opened: Vec<_> = opened(trace).collect();
    opened.iter().find_map(|(offer, _)| {
        let of_it: Vec<_> = opened.iter().filter(|(other, _)| other == offer).map(|(_, visit)| visit).collect();
        let names = || of_it.iter().map(|visit| visit.who.name()).collect::<Vec<_>>().join(", ");
        let number = of_it.len();
        (number > 2).then(|| format!("{number} channels opened over one offer in pair {}: {}", trace.pair, names()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run, poll};
    use crate::record::{Description, EventKind};
    use crate::scenario::PeerIndex;

    #[test]
    fn a_third_channel_over_one_offer_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::Third, 2_040, EventKind::Applied(Description::Offer, Sdp::new("offer")));
        run.add(PeerIndex::Third, 2_045, EventKind::Made(Description::Answer, Sdp::new("another answer")));
        run.add(PeerIndex::Third, 2_050, EventKind::Opened);
        let said = "3 channels opened over one offer in pair 1: first peer, second peer, third peer";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_polls_for_the_answers_to_two_offers_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::First, 3_000, EventKind::Made(Description::Offer, Sdp::new("a second offer")));
        run.add_all(PeerIndex::First, poll(4_000, 5, 60, false));
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
        let other = poll(4_500, 5, 70, false).into_iter().map(|(at, mut what)| {
            if let EventKind::Called(call) = &mut what {
                call.name = Some("another answer".to_owned());
            }
            (at, what)
        });
        run.add_all(PeerIndex::First, other);
        let said = "the first peer of pair 1 polls for the answers to 2 of its offers: it has as many sessions";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_channel_that_opens_over_another_offer_is_fine() {
        let mut run = good_run();
        run.add(PeerIndex::Third, 2_045, EventKind::Made(Description::Offer, Sdp::new("another offer")));
        run.add(PeerIndex::Third, 4_000, EventKind::Opened);
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }

    #[test]
    fn a_peer_that_opens_two_channels_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::First, 2_060, EventKind::Opened);
        assert_eq!(failures(&judge(&run.evidence())), ["the first peer of pair 1 opened 2 channels in one visit"]);
    }
}
