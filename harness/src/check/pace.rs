//! When a foreign client polls. Its schedule is its own, and when its offer was ready is known within bounds only: so no poll
//! is compared with a tick. It must not poll more often than it was told to; polls must not overlap, and none follows the answer.

use std::time::Duration;

use super::evidence::Evidence;
use crate::format::length;
use crate::trace::{Poll, VisitTrace};

/// What the polls of foreign clients broke.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// What harms others: the launcher, or the meeting.
    pub(super) failures: Vec<String>,
    /// What a careful client would not do.
    pub(super) lenient: Vec<String>,
    pub(super) polls: usize,
}

impl Pace {
    /// Judges the polls for the answer to the offer that was stored from `ready` on.
    pub(super) fn judge(&mut self, visit: &VisitTrace, ready: Duration, evidence: &Evidence) {
        let polls = visit.polls_of(ready);
        self.polls += polls.len();
        self.failures.extend(too_soon(visit, polls, ready, evidence));
        self.failures.extend(overlapping(visit, polls));
        self.failures.extend(after_the_answer(visit, polls));
        self.lenient.extend(before_the_offer(visit, polls, ready));
        self.lenient.extend(too_late(visit, polls, evidence));
    }
}

/// Polls come as often as if each began one interval after the one before, or more rarely. One may be late, and the next on time.
fn too_soon(visit: &VisitTrace, polls: &[Poll], ready: Duration, evidence: &Evidence) -> Option<String> {
    let (interval, tolerance) = (evidence.poll_interval, evidence.late_tolerance);
    // The offer was ready after the request before it, at the earliest.
    let before = visit.calls.iter().map(|(_, ended)| *ended).filter(|ended| *ended <= ready).max();
    let origin = before.or(visit.joined).unwrap_or_default();
    let (mut from, mut from_number) = (origin, 0_u32);
    for (poll, number) in polls.iter().zip(1_u32..) {
        let least = interval.saturating_mul(number - from_number);
        let gap = poll.started.saturating_sub(from);
        if gap + tolerance < least {
            let since = match from_number {
                0 => "its offer can have been ready".to_owned(),
                earlier => format!("poll {earlier}"),
            };
            let [gap, least] = [gap, least].map(length);
            return Some(format!(
                "poll {number} of the {} began {gap} after {since}, and was to begin {least} after that at the earliest",
                visit.who
            ));
        }
        // What was late counts from here on.
        if gap > least {
            (from, from_number) = (poll.started, number);
        }
    }
    None
}

fn overlapping(visit: &VisitTrace, polls: &[Poll]) -> Option<String> {
    let mut pairs = polls.windows(2).zip(2..);
    let (pair, number) = pairs.find(|(pair, _)| pair[1].started < pair[0].answered)?;
    let by = length(pair[0].answered.saturating_sub(pair[1].started));
    Some(format!("poll {number} of the {} began {by} before the previous poll ended", visit.who))
}

fn after_the_answer(visit: &VisitTrace, polls: &[Poll]) -> Option<String> {
    let taken = visit.answer_taken()?;
    let (poll, number) = polls.iter().zip(1..).find(|(poll, _)| poll.started > taken)?;
    let after = length(poll.started.saturating_sub(taken));
    Some(format!("poll {number} of the {} began {after} after the answer was found", visit.who))
}

fn before_the_offer(visit: &VisitTrace, polls: &[Poll], ready: Duration) -> Option<String> {
    let stored = visit.stored_of(ready)?.at;
    let by = stored.checked_sub(polls.first()?.started).filter(|by| !by.is_zero())?;
    Some(format!("poll 1 of the {} began {} before its offer was stored", visit.who, length(by)))
}

/// A poll that comes later than one interval after all that was done before.
fn too_late(visit: &VisitTrace, polls: &[Poll], evidence: &Evidence) -> Option<String> {
    let limit = evidence.poll_interval + evidence.late_tolerance;
    let idle_before = |poll: &Poll| {
        let before = visit.calls.iter().filter(|(call, _)| call.started < poll.started).map(|(_, ended)| *ended).max();
        poll.started.saturating_sub(before.unwrap_or(poll.started))
    };
    let (idle, number) = polls.iter().map(idle_before).zip(1..).find(|(idle, _)| *idle > limit)?;
    let [idle, interval] = [idle, evidence.poll_interval].map(length);
    Some(format!("poll {number} of the {} began {idle} after its last request; its interval is {interval}", visit.who))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{Run, good_run, poll};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    /// A run in which the initiator made empty polls at these milliseconds, each for so long. Its offer is ready at 10 ms and stored at
    /// 15 ms; the interval is 2 s, and polls may be 500 ms late.
    fn judged(polls: &[(u64, u64)]) -> Pace {
        let mut run: Run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        for ((start, took), handle) in polls.iter().zip(50..) {
            run.add_all(PeerIndex::First, poll(*start, *took, handle, false));
        }
        let evidence = run.evidence();
        let visit = evidence.traces[0].initiator().unwrap();
        let mut pace = Pace::default();
        pace.judge(visit, visit.offer_ready().unwrap(), &evidence);
        pace
    }

    #[test]
    fn polls_at_ticks_and_polls_with_pauses_between_them_are_fine() {
        for polls in [[2_010, 4_010, 6_010], [2_015, 4_030, 6_045], [2_010, 4_400, 6_010]] {
            let pace = judged(&polls.map(|start| (start, 5)));
            assert_eq!((pace.failures, pace.lenient, pace.polls), (vec![], vec![], 3));
        }
    }

    #[test]
    fn polls_at_half_the_interval_are_found() {
        let failures = judged(&[(1_010, 5), (2_010, 5)]).failures;
        assert!(failures[0].starts_with("poll 1 of the first peer of pair 1 began 1"), "{failures:?}");
        let failures = judged(&[(2_010, 5), (3_010, 5)]).failures;
        let said = "poll 2 of the first peer of pair 1 began 1 s after poll 1, and was to begin 2 s after that at the earliest";
        assert_eq!(failures, [said]);
    }

    #[test]
    fn polls_that_are_each_a_little_too_soon_are_found_together() {
        let polls: Vec<(u64, u64)> = (1..9).map(|number| (number * 1_900, 5)).collect();
        assert_eq!(judged(&polls[..3]).failures, [""; 0]);
        assert_eq!(judged(&polls).failures.len(), 1);
    }

    #[test]
    fn polls_that_overlap_are_found() {
        let failures = judged(&[(2_010, 3_000), (4_010, 5)]).failures;
        assert_eq!(failures, ["poll 2 of the first peer of pair 1 began 999 ms before the previous poll ended"]);
    }

    #[test]
    fn slow_polls_are_lenient() {
        let pace = judged(&[(2_010, 5), (6_010, 5)]);
        assert_eq!(pace.failures, [""; 0]);
        let said = &pace.lenient[0];
        assert!(said.starts_with("poll 2 of the first peer of pair 1 began 3."), "{said}");
        assert!(said.ends_with(" s after its last request; its interval is 2 s"), "{said}");
    }
}
