//! The costs of polling, compared with the least that the schedule allows.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::trace::{PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "No initiator polls more often than its schedule requires to find the answer.";

/// The costs of one initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Economics {
    /// How many polls it made.
    pub polls: usize,
    /// How many of them found nothing.
    pub empty: usize,
    /// How many polls were needed: one at each tick until the answer was stored, and one that finds it. Polls that
    /// failed or that a fault struck are added. If ticks are jittered, those that may have been earlier are counted as
    /// well.
    pub needed: usize,
    /// From the storing of the answer until it was read.
    pub delay: Option<Duration>,
    /// The least possible delay: from the storing of the answer to the earliest time of the next tick.
    pub least_delay: Option<Duration>,
}

impl Economics {
    /// The costs of the initiator of a pair; `None` if it made no poll.
    pub fn of(trace: &PairTrace, evidence: &Evidence) -> Option<Self> {
        let initiator = trace.initiator()?;
        let polls = initiator.polls_of(initiator.offer_ready()?);
        let expected_ticks = evidence.expected_ticks(trace, initiator.who, initiator.offer_ready()?);
        let stored = trace.answer_stored();
        let last = stored.as_ref().map_or_else(|| last_reason(initiator), |stored| stored.at);
        let spoiled = polls.iter().filter(|poll| !poll.is_clean || !(poll.found || poll.empty)).count();
        // When the offer of another client was ready is known to an interval.
        let unknown = usize::from(evidence.is_foreign(initiator.who));
        (!polls.is_empty()).then(|| Self {
            polls: polls.len(),
            empty: polls.iter().filter(|poll| !poll.found).count(),
            needed: expected_ticks.first_from(last).saturating_add(spoiled).saturating_add(unknown),
            delay: trace.detection(),
            least_delay: stored.map(|stored| expected_ticks.least_from(stored.at)),
        })
    }
}

/// Until when a peer without an answer polls.
fn last_reason(visit: &VisitTrace) -> Duration {
    visit.end.as_ref().map_or(Duration::MAX, |(_, at)| *at)
}

/// Judges by how many polls were made and how many were needed.
pub fn judge(evidence: &Evidence) -> Verdict {
    let costs = |trace| Economics::of(trace, evidence).map(|costs| (trace, costs));
    let all: Vec<(&PairTrace, Economics)> = evidence.traces.iter().filter_map(costs).collect();
    if all.is_empty() {
        return Verdict::NotChecked("no initiator polled".to_owned());
    }
    // A poll that began while the answer was being stored may have missed it. If a fault struck the storing of the
    // answer, it is not known from when on the answer could be seen.
    let is_known = |trace: &PairTrace| trace.answer_stored().is_none_or(|stored| stored.is_clean);
    let wasted =
        all.iter().filter(|(trace, costs)| is_known(trace) && costs.polls > costs.needed.saturating_add(missed(trace)));
    let failure = |(trace, costs): &(&PairTrace, Economics)| {
        let polls = counted(costs.polls, "poll");
        format!("the initiator of pair {} made {polls}; {} would have sufficed", trace.pair, costs.needed)
    };
    let failures = wasted.map(failure).collect();
    let sum = |number: fn(&Economics) -> usize| all.iter().map(|(_, costs)| number(costs)).sum::<usize>();
    let mean = |time: fn(&Economics) -> Option<Duration>| {
        let times: Vec<Duration> = all.iter().filter_map(|(_, costs)| time(costs)).collect();
        let number = u32::try_from(times.len()).ok().filter(|number| *number > 0)?;
        Some(times.iter().sum::<Duration>() / number)
    };
    Verdict::of(failures, || {
        let polls =
            format!("{}, {} of them empty", counted(sum(|costs| costs.polls), "poll"), sum(|costs| costs.empty));
        match (mean(|costs| costs.delay), mean(|costs| costs.least_delay)) {
            (Some(delay), Some(least)) => {
                format!("{polls}; mean delay of answers {}, least possible {}", length(delay), length(least))
            }
            _ => polls,
        }
    })
}

/// How many polls were in progress when the answer was stored.
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
    fn the_classic_run_costs_one_poll_and_the_rest_of_an_interval() {
        let evidence = good_run().evidence();
        let costs = Economics::of(&evidence.traces[0], &evidence).unwrap();
        assert_eq!((costs.polls, costs.empty, costs.needed), (1, 0, 1));
        assert_eq!(costs.least_delay, Some(Duration::from_millis(1_970)));
        assert_eq!(costs.delay, Some(Duration::from_millis(1_975)));
    }

    #[test]
    fn polls_that_were_not_needed_are_found() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        for (number, handle) in (1..4).zip((50..).step_by(2)) {
            run.add_all(PeerIndex::First, poll(2_010 * number, 5, handle, number == 3));
        }
        let said = "the initiator of pair 1 made 3 polls; 1 would have sufficed";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    /// The costs if the answer is stored at 40 ms and these polls follow, the last of which finds it.
    fn costs_of(schedule: NamedSchedule, starts: &[u64]) -> (Economics, Vec<String>) {
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
    fn a_client_that_is_not_ours_knows_no_schedule_and_polls_at_its_interval() {
        let mut run = good_run();
        run.scenario.schedule = NamedSchedule::EagerThenSlow.rule();
        let mut evidence = run.evidence();
        let least = |evidence: &Evidence| Economics::of(&evidence.traces[0], evidence).unwrap().least_delay;
        assert_eq!(least(&evidence), Some(Duration::from_millis(470)));
        evidence.foreign.insert(PeerIndex::First);
        assert_eq!(least(&evidence), Some(Duration::from_millis(1_970)));
    }

    #[test]
    fn how_many_polls_suffice_depends_on_the_schedule() {
        for (schedule, start, least_ms) in [
            (NamedSchedule::Jittered, 1_900, 1_470),
            (NamedSchedule::BackOff, 2_010, 1_970),
            (NamedSchedule::EagerThenSlow, 510, 470),
        ] {
            let (costs, failures) = costs_of(schedule, &[start]);
            assert_eq!((costs.polls, costs.needed, failures), (1, 1, vec![]), "{schedule}");
            assert_eq!(costs.least_delay, Some(Duration::from_millis(least_ms)), "{schedule}");
            let (_, failures) = costs_of(schedule, &[start, start + 2_000]);
            assert_eq!(failures, ["the initiator of pair 1 made 2 polls; 1 would have sufficed"], "{schedule}");
        }
    }

    #[test]
    fn without_polls_nothing_is_judged() {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
