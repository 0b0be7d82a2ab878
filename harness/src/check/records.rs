//! Whether peers leave records on the network.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::{Call, CallOutcome, RequestKind};
use crate::scenario::Death;
use crate::trace::{End, LauncherCode, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "No peer that has ended leaves an offer or an answer on the network, except those that it \
                           could not delete: it had crashed, lost its session, or a fault struck its requests.";

/// Judges by the records that each peer stored, and by its requests after that.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut removed, mut excused, mut left) = (0, 0, Vec::new());
    for (trace, visit) in evidence.visits() {
        for stored in stored(visit) {
            let record = trace.record(stored.name);
            match state(visit, &stored) {
                State::Removed => removed += 1,
                State::Excused => excused += 1,
                State::Left => left.push((visit.who, format!("the {} left {record} on the network", visit.who))),
            }
        }
    }
    if removed + excused == 0 && left.is_empty() {
        return Verdict::NotChecked("nothing was stored".to_owned());
    }
    let (failures, lenient) = evidence.by_client(left);
    Verdict::of_both(failures, lenient, || match excused {
        0 => format!("{} removed", counted(removed, "record")),
        _ => format!("{} removed; {excused} could not be removed", counted(removed, "record")),
    })
}

/// The state of a record at the end of its peer.
enum State {
    /// It is deleted or replaced.
    Removed,
    /// It is left, because the peer could not delete it.
    Excused,
    /// It is left without a reason.
    Left,
}

/// A record that a peer stored.
struct Stored<'a> {
    name: &'a str,
    version: Option<u64>,
    /// When it was stored.
    at: Duration,
}

/// The records that a peer stored, each with its last version.
fn stored(visit: &VisitTrace) -> Vec<Stored<'_>> {
    let mut all: Vec<Stored<'_>> = Vec::new();
    let is_store =
        |call: &Call| matches!(call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord) && call.is_ok();
    for (call, at) in visit.calls.iter().filter(|(call, _)| is_store(call)) {
        let Some(name) = call.name.as_deref() else { continue };
        all.retain(|other| other.name != name);
        all.push(Stored { name, version: call.version, at: *at });
    }
    all
}

fn state(visit: &VisitTrace, Stored { name, version, at }: &Stored<'_>) -> State {
    let later = || visit.calls.iter().filter(|(_, ended)| ended >= at).map(|(call, _)| call);
    let is_gone = |call: &Call| match call.kind {
        RequestKind::DeleteRecord => call.is_ok(),
        // Another peer has replaced or deleted it.
        RequestKind::FetchRecord => call.is_ok() && call.version > *version,
        RequestKind::ReadRecord => LauncherCode::of(call) == Some(LauncherCode::NoContent),
        _ => false,
    };
    if later().any(|call| call.name.as_deref() == Some(*name) && is_gone(call)) {
        return State::Removed;
    }
    let has_crashed = matches!(visit.end, Some((End::Died(Death::Crash), _)));
    let is_struck = |call: &Call| !call.is_clean() || call.outcome == CallOutcome::Answered(401);
    if has_crashed || later().any(is_struck) { State::Excused } else { State::Left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    fn is_removal(what: &EventKind) -> bool {
        matches!(what, EventKind::Called(call) if call.kind == RequestKind::DeleteRecord)
    }

    #[test]
    fn a_record_that_is_left_is_found_with_its_peer() {
        let mut run = good_run();
        run.remove(PeerIndex::First, is_removal);
        let said = "the first peer of pair 1 left the offer of pair 1 (room) on the network";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_deletion_that_was_refused_removes_nothing() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Called(call) = what
                && call.kind == RequestKind::DeleteRecord
            {
                (call.outcome, call.code) = (CallOutcome::Answered(400), Some(-25));
            }
        });
        let said = "the second peer of pair 1 left the answer of the second peer of pair 1 (answer) on the network";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_record_of_a_crashed_peer_or_one_whose_removal_a_fault_struck_is_no_failure() {
        let mut crashed = good_run();
        crashed.remove(PeerIndex::First, |what| is_removal(what) || matches!(what, EventKind::Met(_)));
        crashed.add(PeerIndex::First, 9_000, EventKind::Died(Death::Crash));
        let mut struck = good_run();
        struck.change(PeerIndex::First, |what| {
            if let EventKind::Called(call) = what
                && call.kind == RequestKind::DeleteRecord
            {
                call.outcome = CallOutcome::Failed("reset".to_owned());
            }
        });
        for run in [crashed, struck] {
            assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
        }
    }

    #[test]
    fn without_a_stored_record_nothing_is_judged() {
        let mut run = good_run();
        for peer_index in PeerIndex::ALL {
            run.remove(
                peer_index,
                |what| matches!(what, EventKind::Called(call) if call.kind == RequestKind::StoreRecord),
            );
        }
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
