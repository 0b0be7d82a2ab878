//! Whether peers leak handles at their launchers.

use super::evidence::{Evidence, Witness};
use super::leaks;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::{Call, Count, RequestKind, Resource};
use crate::scenario::Death;
use crate::trace::{End, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "No handle of a record or a data id is leaked at any launcher, except those that their peer \
                           could not drop: it had crashed, or the response with the handle was lost.";

/// The most handles of one peer that are listed; the others are counted.
const HANDLES_LISTED_MAX: usize = 10;

/// Judges by the counts of the launchers, and names the peers that did not drop their handles.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.witness == Witness::Launchers && evidence.counts.is_empty() {
        return by_requests(evidence);
    }
    if evidence.counts.is_empty()
        && let Some(failures) = of_visits(evidence)
    {
        return failures;
    }
    let is_of_handles = |resource: &Resource| matches!(resource, Resource::Handles(_));
    let mut failures = match leaks::compare(evidence, "handle", is_of_handles) {
        Verdict::Failed(failures) => failures,
        other => return other,
    };
    let left = more_than_before(evidence, is_of_handles);
    let excused: usize = evidence.visits().map(|(_, visit)| excused(visit)).sum();
    if left <= excused {
        return Verdict::Passed(format!("{left} left; {excused} could not be dropped"));
    }
    let kept = evidence.visits().filter_map(|(_, visit)| Some((visit.who, kept_by(visit)?))).collect();
    let (own, foreign) = evidence.by_client(kept);
    // Nobody else is harmed: an app's handles are its own.
    let is_lenient = own.is_empty() && (!foreign.is_empty() || evidence.witness == Witness::Launchers);
    failures.extend(own.into_iter().chain(foreign));
    if excused > 0 {
        failures.push(format!("{excused} of them could not be dropped, which is no failure of a peer"));
    }
    if is_lenient { Verdict::Lenient(failures) } else { Verdict::Failed(failures) }
}

/// Judges by which handles were given, and which of them were dropped, where launchers were not asked how many live.
fn by_requests(evidence: &Evidence) -> Verdict {
    let given = evidence.visits().flat_map(|(_, visit)| &visit.calls).filter(|(call, _)| call.given.is_some()).count();
    if given == 0 {
        return Verdict::NotChecked("no handle was given".to_owned());
    }
    let kept = evidence.visits().filter_map(|(_, visit)| kept_by(visit)).collect();
    Verdict::of_both(Vec::new(), kept, || format!("each of {} was dropped", counted(given, "handle")))
}

/// Judges pairs for which nothing is counted: launchers are counted for the run as a whole. `None` if no peer is known to have kept
/// a handle that it could have dropped.
fn of_visits(evidence: &Evidence) -> Option<Verdict> {
    let is_kept = |visit: &VisitTrace| not_dropped(visit).count() > excused(visit);
    let visits = evidence.visits().filter(|(_, visit)| is_kept(visit));
    let kept: Vec<_> = visits.filter_map(|(_, visit)| Some((visit.who, kept_by(visit)?))).collect();
    if kept.is_empty() {
        return None;
    }
    let (own, foreign) = evidence.by_client(kept);
    Some(if own.is_empty() { Verdict::Lenient(foreign) } else { Verdict::Failed([own, foreign].concat()) })
}

fn more_than_before(evidence: &Evidence, wanted: impl Fn(&Resource) -> bool) -> usize {
    let counts = evidence.before_and_after(wanted);
    let more = |(before, after): &(&Count, Option<&Count>)| match (&before.number, after.map(|after| &after.number)) {
        (Ok(before), Some(Ok(after))) => after.saturating_sub(*before),
        _ => 0,
    };
    counts.iter().map(more).sum()
}

/// How many handles a peer could not drop.
fn excused(visit: &VisitTrace) -> usize {
    let assigns = |kind| matches!(kind, RequestKind::NameRecord | RequestKind::FetchRecord | RequestKind::CreateRecord);
    let drops = |kind| matches!(kind, RequestKind::DropDataId | RequestKind::DropRecord);
    // The handle was assigned, or not dropped, and the peer does not know it.
    let is_struck = |call: &Call| (assigns(call.kind) || drops(call.kind)) && !call.is_clean();
    let struck = visit.calls.iter().filter(|(call, _)| is_struck(call)).count();
    let refused = visit.calls.iter().filter(|(call, _)| drops(call.kind) && call.is_clean() && !call.is_ok()).count();
    let has_crashed = matches!(visit.end, Some((End::Died(Death::Crash), _)));
    let kept = if has_crashed { not_dropped(visit).count() } else { 0 };
    struck + refused + kept
}

fn kept_by(visit: &VisitTrace) -> Option<String> {
    let kept: Vec<_> = not_dropped(visit).map(|handle| handle.to_string()).collect();
    let more = kept.len().saturating_sub(HANDLES_LISTED_MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let list = kept.iter().take(HANDLES_LISTED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ") + &more;
    (!kept.is_empty()).then(|| format!("the {} did not drop the handles {list}", visit.who))
}

/// A handle is dropped by a request that was sent after it was assigned: a launcher that restarts assigns the same numbers again.
fn not_dropped(visit: &VisitTrace) -> impl Iterator<Item = u64> {
    let ok = || visit.calls.iter().filter(|(call, _)| call.is_ok());
    let drops = |call: &Call| matches!(call.kind, RequestKind::DropDataId | RequestKind::DropRecord);
    let given = ok().enumerate().filter_map(|(index, (call, _))| Some((index, call.given?)));
    given.filter_map(move |(index, handle)| {
        let is_dropped = ok().skip(index).any(|(call, _)| drops(call) && call.target == Some(handle));
        (!is_dropped).then_some(handle)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{Run, failures, good_run};
    use crate::record::{CallOutcome, CountTime, EventKind};
    use crate::scenario::PeerIndex;

    #[test]
    fn a_leaked_handle_is_found_with_its_peer() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.kind == RequestKind::DropRecord),
        );
        run.count(Resource::Handles("http://launcher".to_owned()), CountTime::After, Ok(2));
        let said = failures(&judge(&run.evidence()));
        assert_eq!(said[0], "2 handles more than before the run at http://launcher: 2 after it, 0 before");
        assert!(said[1].starts_with("the first peer of pair 1 did not drop the handles "), "{said:?}");
    }

    #[test]
    fn the_pair_of_a_peer_that_kept_handles_is_blamed_by_its_own_events() {
        let mut run = good_run();
        let of_pair = |run: &Run| {
            let evidence = run.evidence();
            judge(&evidence.of_pair(&evidence.traces[0]))
        };
        assert!(!matches!(of_pair(&run), Verdict::Failed(_)));
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.kind == RequestKind::DropRecord),
        );
        let said = failures(&of_pair(&run));
        assert!(said.len() == 1 && said[0].starts_with("the first peer of pair 1 did not drop"), "{said:?}");
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::First, 9_000, EventKind::Died(Death::Crash));
        assert!(!matches!(of_pair(&run), Verdict::Failed(_)), "a peer that crashed could not drop them");
    }

    #[test]
    fn a_handle_of_a_crashed_peer_is_no_failure_and_one_more_is() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.kind == RequestKind::DropRecord),
        );
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::First, 9_000, EventKind::Died(Death::Crash));
        run.count(Resource::Handles("http://launcher".to_owned()), CountTime::After, Ok(3));
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
        run.count(Resource::Handles("http://launcher".to_owned()), CountTime::After, Ok(4));
        assert!(!failures(&judge(&run.evidence())).is_empty());
    }

    #[test]
    fn a_handle_whose_number_was_assigned_and_dropped_before_a_restart_is_another() {
        let mut run = good_run();
        let call = |kind, given, target| {
            EventKind::Called(Call { kind, given, target, outcome: CallOutcome::Answered(200), ..Call::default() })
        };
        run.add(PeerIndex::First, 3_000, call(RequestKind::NameRecord, Some(900), None));
        run.add(PeerIndex::First, 3_001, call(RequestKind::DropDataId, None, Some(900)));
        let visit = |run: &Run| run.evidence().traces[0].last_visit(PeerIndex::First).cloned().unwrap();
        let before = not_dropped(&visit(&run)).count();
        run.add(PeerIndex::First, 3_002, call(RequestKind::NameRecord, Some(900), None));
        assert_eq!(not_dropped(&visit(&run)).skip(before).collect::<Vec<_>>(), [900]);
    }

    #[test]
    fn a_handle_whose_response_was_lost_is_no_failure() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Called(call) = what
                && call.kind == RequestKind::CreateRecord
            {
                (call.outcome, call.given) = (CallOutcome::Failed("the response was lost".to_owned()), None);
            }
        });
        run.count(Resource::Handles("http://launcher".to_owned()), CountTime::After, Ok(1));
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }

    #[test]
    fn a_launcher_without_a_control_plane_is_not_checked() {
        let mut run = good_run();
        run.count(
            Resource::Handles("http://launcher".to_owned()),
            CountTime::Before,
            Err("no control plane".to_owned()),
        );
        assert_eq!(judge(&run.evidence()), Verdict::NotChecked("no control plane".to_owned()));
    }
}
