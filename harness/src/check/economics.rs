//! What polling cost, against the least that its schedule allows.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::trace::{PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "No initiator polls more often until it finds its answer than its schedule needs for that.";

/// What one initiator paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Economics {
    /// How often it polled.
    pub polls: usize,
    /// How many of its polls found nothing.
    pub empty: usize,
    /// How many polls would have done: one at each tick until the answer was there, and the one that finds it. Polls that a
    /// fault struck, and that had to be made again, are among them; where ticks are moved by chance, so are those that may have
    /// come before.
    pub needed: usize,
    /// From the answer being stored until it was taken.
    pub delay: Option<Duration>,
    /// The least that the delay could have been: from the answer being stored to the next tick, or where that may be.
    pub least_delay: Option<Duration>,
}

impl Economics {
    /// What the initiator of a pair paid; `None` if nobody polled.
    pub fn of(trace: &PairTrace, evidence: &Evidence) -> Option<Self> {
        let initiator = trace.initiator()?;
        let polls = initiator.polls_of(initiator.offer_ready()?);
        let expected_ticks = evidence.expected_ticks(trace, initiator.offer_ready()?);
        let stored = trace.answer_stored();
        let last = stored.as_ref().map_or_else(|| last_moment(initiator), |stored| stored.at);
        let spoiled = polls.iter().filter(|poll| !poll.is_clean || !(poll.found || poll.empty)).count();
        (!polls.is_empty()).then(|| Self {
            polls: polls.len(),
            empty: polls.iter().filter(|poll| !poll.found).count(),
            needed: expected_ticks.first_from(last).saturating_add(spoiled),
            delay: trace.detection(),
            least_delay: stored.map(|stored| expected_ticks.least_from(stored.at)),
        })
    }
}

/// Until when it had a reason to poll.
fn last_moment(visit: &VisitTrace) -> Duration {
    visit.end.as_ref().map_or(Duration::MAX, |(_, at)| *at)
}

/// Judges by how many polls were made and how many would have done.
pub fn judge(evidence: &Evidence) -> Verdict {
    let paid = |trace| Economics::of(trace, evidence).map(|paid| (trace, paid));
    let paid: Vec<(&PairTrace, Economics)> = evidence.traces.iter().filter_map(paid).collect();
    if paid.is_empty() {
        return Verdict::NotChecked("nobody polled".to_owned());
    }
    // A poll that began at the moment at which the answer was being stored may just have missed it. When an answer can be
    // seen that a fault struck while it was stored, nobody knows.
    let is_known = |trace: &PairTrace| trace.answer_stored().is_none_or(|stored| stored.is_clean);
    let wasted = paid.iter().filter(|(trace, paid)| is_known(trace) && paid.polls > paid.needed + missed(trace));
    let complaint = |(trace, paid): &(&PairTrace, Economics)| {
        format!("the initiator of pair {} polled {} times, and {} would have done", trace.pair, paid.polls, paid.needed)
    };
    let failures = wasted.map(complaint).collect();
    let sum = |number: fn(&Economics) -> usize| paid.iter().map(|(_, paid)| number(paid)).sum::<usize>();
    let mean = |time: fn(&Economics) -> Option<Duration>| {
        let times: Vec<Duration> = paid.iter().filter_map(|(_, paid)| time(paid)).collect();
        let number = u32::try_from(times.len()).ok().filter(|number| *number > 0)?;
        Some(times.iter().sum::<Duration>() / number)
    };
    Verdict::of(failures, || {
        let polls = format!("{}, {} in vain", counted(sum(|paid| paid.polls), "poll"), sum(|paid| paid.empty));
        match (mean(|paid| paid.delay), mean(|paid| paid.least_delay)) {
            (Some(delay), Some(least)) => {
                format!("{polls}; answers found after {} in the mean, {} at best", length(delay), length(least))
            }
            _ => polls,
        }
    })
}

/// Polls that were under way when the answer was stored, and began before.
fn missed(trace: &PairTrace) -> usize {
    let Some(stored) = trace.answer_stored() else { return 0 };
    trace.polls().iter().filter(|poll| poll.started <= stored.at && poll.answered >= stored.started).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run, poll};
    use crate::record::EventKind;
    use crate::scenario::{NamedSchedule, PeerIndex};

    #[test]
    fn the_classic_pays_one_poll_and_the_rest_of_an_interval() {
        let evidence = good_run().evidence();
        let paid = Economics::of(&evidence.traces[0], &evidence).unwrap();
        assert_eq!((paid.polls, paid.empty, paid.needed), (1, 0, 1));
        assert_eq!(paid.least_delay, Some(Duration::from_millis(1_970)));
        assert_eq!(paid.delay, Some(Duration::from_millis(1_975)));
    }

    #[test]
    fn polls_that_nobody_needed_are_found() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        for (number, handle) in (1..4).zip((50..).step_by(2)) {
            run.add_all(PeerIndex::First, poll(2_010 * number, 5, handle, number == 3));
        }
        let said = "the initiator of pair 1 polled 3 times, and 1 would have done";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    /// What is paid if the answer is stored at 40 ms and these polls follow, the last of which finds it.
    fn paid_for(schedule: NamedSchedule, starts: &[u64]) -> (Economics, Vec<String>) {
        let mut run = good_run();
        run.scenario.schedule = schedule.rule();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        for (start, handle) in starts.iter().zip((50..).step_by(2)) {
            run.add_all(PeerIndex::First, poll(*start, 5, handle, Some(start) == starts.last()));
        }
        let evidence = run.evidence();
        (Economics::of(&evidence.traces[0], &evidence).unwrap(), failures(&judge(&evidence)))
    }

    #[test]
    fn what_would_have_done_depends_on_the_schedule() {
        for (schedule, start, least_ms) in [
            (NamedSchedule::Jittered, 1_900, 1_470),
            (NamedSchedule::BackOff, 2_010, 1_970),
            (NamedSchedule::EagerThenSlow, 510, 470),
        ] {
            let (paid, failures) = paid_for(schedule, &[start]);
            assert_eq!((paid.polls, paid.needed, failures), (1, 1, vec![]), "{schedule}");
            assert_eq!(paid.least_delay, Some(Duration::from_millis(least_ms)), "{schedule}");
            let (_, failures) = paid_for(schedule, &[start, start + 2_000]);
            assert_eq!(failures, ["the initiator of pair 1 polled 2 times, and 1 would have done"], "{schedule}");
        }
    }

    #[test]
    fn where_nobody_polled_nothing_is_judged() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
