//! Whether every visit ends in time, whatever fails.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::trace::{End, VisitTrace, still_waiting};

/// What holds if this passes.
pub const PROMISE: &str = "Each peer that joins meets another or fails with a reason within its deadline, whatever \
                           faults there are and for how long.";

/// Judges by when each peer joined and when its visit ended.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut failures, mut lenient) = (Vec::new(), Vec::new());
    let mut longest = Duration::ZERO;
    let mut judged = 0;
    for (_, visit) in evidence.visits() {
        let Some(joined) = visit.joined else { continue };
        judged += 1;
        if let Some((End::StillWaiting(after), _)) = &visit.end {
            let list = if evidence.is_foreign(visit.who) { &mut lenient } else { &mut failures };
            list.push(format!("the {}: {}", visit.who, still_waiting(*after)));
            continue;
        }
        match ended_after(visit, joined) {
            Some(took) if took > evidence.deadline + evidence.late_tolerance => failures.push(format!(
                "the {} ended after {}; its deadline is {}",
                visit.who,
                length(took),
                length(evidence.deadline)
            )),
            Some(took) => longest = longest.max(took),
            None => failures.push(format!("the {} joined and did not end", visit.who)),
        }
    }
    if judged == 0 {
        return Verdict::NotChecked("no peer joined".to_owned());
    }
    Verdict::of_both(failures, lenient, || format!("{}, the longest of {}", counted(judged, "visit"), length(longest)))
}

/// The time from joining to the end. A peer that met another has ended when its channel opened: it may die later.
fn ended_after(visit: &VisitTrace, joined: Duration) -> Option<Duration> {
    let ended = visit.end.as_ref().map(|(_, at)| *at);
    let met = visit.opened_at().filter(|_| visit.met.is_some());
    met.or(ended).map(|at| at.saturating_sub(joined))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn a_peer_that_gives_up_too_late_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::First, 31_000, EventKind::Failed("no route".to_owned()));
        let said = "the first peer of pair 1 ended after 31 s; its deadline is 30 s";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_never_gives_up_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Met(_)));
        assert_eq!(failures(&judge(&run.evidence())), ["the first peer of pair 1 joined and did not end"]);
    }
}
