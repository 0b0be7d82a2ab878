//! Situations that the worlds of a soak should reach. A soak that never reaches one has tested nothing about it.

use crate::record::{Call, CallOutcome, Description, EventKind, RequestKind};
use crate::scenario::Death;
use crate::trace::{End, Exchange, LauncherCode, PairTrace, VisitTrace};

/// A situation of a pair.
#[derive(Debug, Clone, Copy)]
pub struct CoveragePoint {
    /// Its name in reports.
    pub name: &'static str,
    /// Whether this pair reached it.
    pub reached: fn(&PairTrace) -> bool,
}

/// All coverage points.
pub static COVERAGE_POINTS: [CoveragePoint; 26] = [
    CoveragePoint { name: "two met", reached: PairTrace::is_connected },
    CoveragePoint {
        name: "two met although a fault struck them",
        reached: |trace| trace.is_connected() && trace.last_fault().is_some(),
    },
    CoveragePoint { name: "nobody met", reached: |trace| !trace.is_connected() },
    CoveragePoint { name: "two sessions in one room, one after the other", reached: |trace| connected(trace) > 1 },
    CoveragePoint {
        name: "glare: an offer was refused, since another had been stored",
        reached: |trace| refused(trace, Description::Offer),
    },
    CoveragePoint {
        name: "an answer was refused, since another had been stored",
        reached: |trace| refused(trace, Description::Answer),
    },
    CoveragePoint {
        name: "a tombstone was left",
        reached: |trace| stores(trace, |call| call.kind == RequestKind::DeleteRecord),
    },
    CoveragePoint {
        name: "a tombstone was claimed",
        reached: |trace| stores(trace, |call| call.kind == RequestKind::StoreRecord && call.version > Some(0)),
    },
    CoveragePoint { name: "a write was done and its answer lost", reached: |trace| any_call(trace, lost) },
    CoveragePoint {
        name: "a write whose answer was lost was found to be done",
        reached: |trace| any_visit(trace, |visit| calls(visit).any(lost) && has_met(visit)),
    },
    CoveragePoint { name: "a read was stale", reached: |trace| struck(trace, "stale_read") },
    CoveragePoint { name: "a write was seen late", reached: |trace| struck(trace, "slow_visibility") },
    CoveragePoint { name: "a launcher was cut off", reached: |trace| struck(trace, "cut_off") },
    CoveragePoint { name: "a launcher restarted", reached: |trace| struck(trace, "restart_launcher") },
    CoveragePoint {
        name: "a token opened nothing any longer",
        reached: |trace| any_call(trace, |call| call.outcome == CallOutcome::Answered(401)),
    },
    CoveragePoint {
        name: "a peer was authorised again",
        reached: |trace| any_visit(trace, |visit| authorised(visit) > 1),
    },
    CoveragePoint {
        name: "a handle was lost",
        reached: |trace| any_call(trace, |call| LauncherCode::of(call) == Some(LauncherCode::UnknownHandle)),
    },
    CoveragePoint {
        name: "a poll failed, and a later one found the answer",
        reached: |trace| any_visit(trace, recovered),
    },
    CoveragePoint {
        name: "an initiator polled ten times",
        reached: |trace| any_visit(trace, |visit| visit.polls().len() >= 10),
    },
    CoveragePoint {
        name: "a peer crashed before it stored anything",
        reached: |trace| any_visit(trace, |visit| died(visit, Death::Crash) && visit.stored().is_none()),
    },
    CoveragePoint {
        name: "an initiator crashed after it stored its offer",
        reached: |trace| any_visit(trace, |visit| crashed_as(visit, Description::Offer)),
    },
    CoveragePoint {
        name: "a recipient crashed after it stored its answer",
        reached: |trace| any_visit(trace, |visit| crashed_as(visit, Description::Answer)),
    },
    CoveragePoint { name: "a peer was stopped", reached: |trace| any_visit(trace, |visit| died(visit, Death::Stop)) },
    CoveragePoint {
        name: "a peer came back and met another",
        reached: |trace| any_visit(trace, |visit| visit.who.visit > 1 && has_met(visit)),
    },
    CoveragePoint {
        name: "a peer was given an offer of its own",
        reached: |trace| any_visit(trace, |visit| is_own(trace, visit)),
    },
    CoveragePoint {
        name: "a deadline passed",
        reached: |trace| any_visit(trace, |visit| visit.error().is_some_and(|why| why.contains("deadline"))),
    },
];

fn connected(trace: &PairTrace) -> usize {
    trace.exchanges().filter(Exchange::is_connected).count()
}

fn any_visit(trace: &PairTrace, wanted: impl Fn(&VisitTrace) -> bool) -> bool {
    trace.visits.iter().any(wanted)
}

fn calls(visit: &VisitTrace) -> impl Iterator<Item = &Call> {
    visit.calls.iter().map(|(call, _)| call)
}

fn any_call(trace: &PairTrace, wanted: impl Fn(&Call) -> bool) -> bool {
    any_visit(trace, |visit| calls(visit).any(&wanted))
}

fn stores(trace: &PairTrace, wanted: impl Fn(&Call) -> bool) -> bool {
    any_call(trace, |call| call.is_ok() && wanted(call))
}

fn struck(trace: &PairTrace, fault: &str) -> bool {
    any_call(trace, |call| call.fault.as_ref().is_some_and(|faults| faults.split('+').any(|name| name == fault)))
}

/// A change without a response: the peer does not know whether it was done.
fn lost(call: &Call) -> bool {
    call.kind.is_mutating() && matches!(call.outcome, CallOutcome::Failed(_))
}

fn has_met(visit: &VisitTrace) -> bool {
    visit.met.is_some()
}

fn authorised(visit: &VisitTrace) -> usize {
    calls(visit).filter(|call| call.kind == RequestKind::Authorise && call.is_ok()).count()
}

fn died(visit: &VisitTrace, death: Death) -> bool {
    matches!(visit.end, Some((End::Died(how), _)) if how == death)
}

fn crashed_as(visit: &VisitTrace, kind: Description) -> bool {
    died(visit, Death::Crash) && visit.stored().is_some() && visit.made_last() == Some(kind)
}

/// Whether the record of such a description was refused because another record was stored first.
fn refused(trace: &PairTrace, kind: Description) -> bool {
    let mut made = std::collections::BTreeMap::new();
    trace.events.iter().any(|event| match &event.kind {
        EventKind::Made(kind, _) => {
            made.insert(event.who, *kind);
            false
        }
        EventKind::Called(call) => {
            let is_lost_race = LauncherCode::of(call).is_some_and(LauncherCode::is_lost_race);
            call.kind.is_mutating() && is_lost_race && call.is_truthful() && made.get(&event.who) == Some(&kind)
        }
        _ => false,
    })
}

fn recovered(visit: &VisitTrace) -> bool {
    let polls = visit.polls();
    polls.iter().any(|poll| !poll.found && !poll.empty) && polls.iter().any(|poll| poll.found)
}

/// Whether a peer applied an offer of its own, made in an earlier visit.
fn is_own(trace: &PairTrace, visit: &VisitTrace) -> bool {
    let own = || {
        trace.visits.iter().filter(|other| other.who.peer_index == visit.who.peer_index).flat_map(|other| &other.made)
    };
    let applied = visit.applied.iter().filter(|(kind, ..)| *kind == Description::Offer);
    applied.into_iter().any(|(_, offer, _)| own().any(|(kind, sdp, _)| *kind == Description::Offer && sdp == offer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{Run, good_run};
    use crate::scenario::PeerIndex;

    fn reached(run: &Run) -> Vec<&'static str> {
        let trace = &run.evidence().traces[0];
        COVERAGE_POINTS.iter().filter(|point| (point.reached)(trace)).map(|point| point.name).collect()
    }

    #[test]
    fn a_good_run_reaches_two_points() {
        assert_eq!(reached(&good_run()), ["two met", "a tombstone was left"]);
    }

    #[test]
    fn a_refused_offer_is_glare() {
        let mut run = good_run();
        run.add(PeerIndex::Second, 1, EventKind::Made(Description::Offer, signaling::Sdp::new("another")));
        let outcome = CallOutcome::Answered(400);
        let call = Call { kind: RequestKind::StoreRecord, code: Some(-23), outcome, ..Call::default() };
        run.add(PeerIndex::Second, 2, EventKind::Called(call));
        assert!(reached(&run).contains(&"glare: an offer was refused, since another had been stored"));
    }

    #[test]
    fn the_names_of_the_points_are_unique() {
        let names: std::collections::BTreeSet<_> = COVERAGE_POINTS.iter().map(|point| point.name).collect();
        assert_eq!(names.len(), COVERAGE_POINTS.len());
    }
}
