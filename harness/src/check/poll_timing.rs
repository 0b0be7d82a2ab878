//! When the initiator polls for its answer.
//!
//! The original's timer ticks at a fixed interval from the time at which the offer is ready (launcher behaviour §10.3),
//! and other schedules have other ticks: a late poll does not delay those after it. So each poll is compared with its
//! tick, not with the poll before it. No poll begins while another poll or the storing of the offer is in progress; the
//! ticks in between are skipped. A poll of a jittered tick is compared with the earliest and the latest time of that
//! tick.

use std::fmt;
use std::time::Duration;

use signaling::MIN_POLL_INTERVAL;

use super::evidence::{Evidence, Witness};
use super::pace::Pace;
use super::scatter::Scatter;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::plan::EARLY_TOLERANCE;
use crate::record::{Call, RequestKind};
use crate::trace::{End, ExpectedTicks, PairTrace, Poll, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Polls begin at the ticks of their schedule, counted from when the offer was ready; no poll \
                           overlaps another, and none follows the answer.";

/// Judges by when the first request of each poll was sent.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut polling = Polling::default();
    let mut pace = Pace::default();
    let mut scatter = Scatter::of(evidence.schedule, evidence.poll_interval);
    for trace in &evidence.traces {
        for visit in trace.initiators() {
            let is_foreign = evidence.is_foreign(visit.who);
            for ready in visit.offers_ready() {
                if is_foreign {
                    pace.judge(visit, ready, evidence);
                    continue;
                }
                let expected_ticks = evidence.expected_ticks(trace, visit.who, ready);
                let turns = Turns { expected_ticks: &expected_ticks, ready, late_tolerance: evidence.late_tolerance };
                turns.judge(visit, &mut polling);
                scatter.add(visit, ready);
            }
            // A launcher does not see whether an initiator that never polled was still there.
            if let Some(ready) = visit.offer_ready().filter(|_| evidence.witness == Witness::Peers) {
                let expected_ticks = evidence.expected_ticks(trace, visit.who, ready);
                polling.judge_never(trace, visit, &expected_ticks, evidence.late_tolerance);
            }
        }
    }
    polling.failures.extend(scatter.failures());
    polling.failures.extend(pace.failures);
    let polls_by_ticks = polling.polls;
    polling.polls += pace.polls;
    if polling.polls == 0 && polling.failures.is_empty() {
        return Verdict::NotChecked("no initiator polled".to_owned());
    }
    let Polling { failures, polls, latest, regularity } = polling;
    Verdict::of_both(failures, pace.lenient, || {
        let polls = counted(polls, "poll");
        if polls_by_ticks == 0 {
            return format!("{polls}, none sooner than the interval");
        }
        format!("{polls}, at most {} after the tick{regularity}", length(latest))
    })
}

#[derive(Default)]
struct Polling {
    failures: Vec<String>,
    polls: usize,
    regularity: Regularity,
    /// The most by which a poll was late.
    latest: Duration,
}

/// The ticks that the polls of one initiator are compared with.
struct Turns<'a> {
    expected_ticks: &'a ExpectedTicks,
    ready: Duration,
    late_tolerance: Duration,
}

/// The number of the next tick: if ticks are jittered, it is known within bounds only.
struct Next {
    least: usize,
    most: usize,
}

impl Polling {
    /// An initiator that never polls is a failure if its offer was answered.
    fn judge_never(
        &mut self,
        trace: &PairTrace,
        visit: &VisitTrace,
        expected_ticks: &ExpectedTicks,
        late_tolerance: Duration,
    ) {
        let is_answered =
            trace.exchanges().any(|exchange| exchange.initiator.who == visit.who && exchange.answer_stored().is_some());
        let has_died = matches!(visit.end, Some((End::Died(_), _)));
        // A peer that does not know that its offer is stored does not poll, and a busy peer may have had no time to: a tick has
        // to be between its last request and its end.
        let has_time = |(how, end): &(End, Duration)| {
            if *how == End::Met {
                return true;
            }
            let free_from = end.saturating_sub(visit.idle_from(Duration::ZERO));
            let tick = expected_ticks.tick(expected_ticks.first_from(free_from.saturating_add(EARLY_TOLERANCE)));
            tick.latest.saturating_add(late_tolerance) < *end
        };
        let should = visit.stored().is_some() && visit.end.as_ref().is_none_or(has_time);
        if visit.polls().is_empty() && is_answered && should && !has_died {
            self.failures.push(format!("the {} never polled, but its offer was answered", visit.who));
        }
    }
}

impl Turns<'_> {
    fn judge(&self, visit: &VisitTrace, polling: &mut Polling) {
        let polls = visit.polls_of(self.ready);
        let mut next = Next { least: 1, most: 1 };
        let mut free_from = stored_until(visit, self.ready, polls.first());
        // When all requests before have ended: dropping handles may take longer, and a poll need not wait for that.
        let mut busy_until = polls.first().map_or(free_from, |first| free_from.max(last_end_before(visit, first)));
        let mut apart_from = self.ready;
        let taken = visit.answer_taken();
        let own = visit.own_records();
        let is_other = |(_, (call, _)): &(usize, &(Call, Duration))| {
            call.kind == RequestKind::Authorise || call.name.as_deref().is_some_and(|name| own.contains(name))
        };
        let other: Vec<_> = visit.calls.iter().enumerate().filter(is_other).collect();
        for (poll, number) in polls.iter().zip(1..) {
            let which = format!("poll {number} of the {}", visit.who);
            let mut fail =
                |what: &str, by: Duration| polling.failures.push(format!("{which} began {} {what}", length(by)));
            let early = self.expected_ticks.tick(next.least).earliest.saturating_sub(poll.started);
            if early > EARLY_TOLERANCE {
                fail("before its tick", early);
            }
            // A peer that has to authorise itself or to store its offer again in between cannot poll meanwhile.
            let is_before = |(index, (call, _)): &&(usize, &(Call, Duration))| was_sent_before(poll, *index, call);
            let done = other.iter().filter(is_before).map(|(_, (_, ended))| *ended);
            busy_until = done.fold(busy_until, Duration::max);
            let turn = next.most.max(self.expected_ticks.first_from(busy_until + EARLY_TOLERANCE));
            // Polls keep their least interval, also if the next tick is soon after a late poll.
            let due = self.expected_ticks.tick(turn).latest.max(apart_from);
            let late = poll.started.saturating_sub(due);
            if late > self.late_tolerance {
                fail("after its tick", late);
            }
            if poll.started < free_from {
                let what = if number == 1 { "before the offer was stored" } else { "before the previous poll ended" };
                fail(what, free_from.saturating_sub(poll.started));
            }
            if let Some(taken) = taken.filter(|taken| poll.started > *taken) {
                fail("after the answer was found", poll.started.saturating_sub(taken));
            }
            polling.latest = polling.latest.max(late);
            polling.regularity.add(poll, due);
            next = next.after(self.expected_ticks, poll);
            apart_from = poll.started + MIN_POLL_INTERVAL;
            free_from = free_from.max(poll.answered);
            busy_until = busy_until.max(poll.ended);
        }
        polling.regularity.next_peer();
        polling.polls += polls.len();
    }
}

/// Whether a request was sent before a poll. In virtual time both may have one time; then the order in which they ended
/// decides.
fn was_sent_before(poll: &Poll, index: usize, call: &Call) -> bool {
    call.started < poll.started || poll.calls.first().is_some_and(|first| index < *first)
}

/// When the peer had tried to store the offer that was ready at that time: it may not know whether it succeeded.
fn stored_until(visit: &VisitTrace, ready: Duration, first: Option<&Poll>) -> Duration {
    let is_attempt = |(index, (call, _)): &(usize, &(Call, Duration))| {
        matches!(call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord)
            && call.started >= ready
            && first.is_some_and(|poll| was_sent_before(poll, *index, call))
    };
    let attempted = visit.calls.iter().enumerate().filter(is_attempt).map(|(_, (_, ended))| *ended).max();
    attempted.or(visit.stored_of(ready).map(|stored| stored.at)).unwrap_or(ready)
}

impl Next {
    /// A poll uses its own tick, and the ticks before it that it skipped.
    fn after(&self, expected_ticks: &ExpectedTicks, poll: &Poll) -> Self {
        Self {
            least: self.least.max(expected_ticks.at_least_until(poll.started)) + 1,
            most: self.most.max(expected_ticks.at_most_until(poll.started)) + 1,
        }
    }
}

/// When the last request ended that was sent before this poll.
fn last_end_before(visit: &VisitTrace, poll: &Poll) -> Duration {
    let before = visit.calls.iter().filter(|(call, _)| call.started < poll.started);
    before.map(|(_, ended)| *ended).fold(Duration::ZERO, Duration::max)
}

/// How regular the polls of all initiators are: the gaps between those of each, and how far they are from their ticks.
#[derive(Debug, Default)]
struct Regularity {
    gaps: u32,
    gaps_sum: Duration,
    longest: Duration,
    /// The largest difference in lateness between two polls of one peer.
    jitter: Duration,
    /// The largest difference in lateness between the first poll of a peer and its last.
    drift: Duration,
    last: Option<Duration>,
    /// The lateness of each poll of the present peer.
    late: Vec<Duration>,
}

impl Regularity {
    fn add(&mut self, poll: &Poll, due: Duration) {
        if let Some(last) = self.last.replace(poll.started) {
            let gap = poll.started.saturating_sub(last);
            self.gaps += 1;
            self.gaps_sum += gap;
            self.longest = self.longest.max(gap);
        }
        self.late.push(poll.started.saturating_sub(due));
    }

    fn next_peer(&mut self) {
        let late = std::mem::take(&mut self.late);
        if let (Some(least), Some(most)) = (late.iter().min(), late.iter().max()) {
            self.jitter = self.jitter.max(most.saturating_sub(*least));
        }
        if let (Some(first), Some(last)) = (late.first(), late.last()) {
            self.drift = self.drift.max(last.saturating_sub(*first));
        }
        self.last = None;
    }
}

impl fmt::Display for Regularity {
    /// Empty if no peer polled twice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mean) = self.gaps_sum.checked_div(self.gaps) else { return Ok(()) };
        let [mean, longest, jitter, drift] = [mean, self.longest, self.jitter, self.drift].map(length);
        write!(f, "; gaps: mean {mean}, longest {longest}; jitter {jitter}, drift {drift}")
    }
}

#[cfg(test)]
mod tests {
    use signaling::PollRule;

    use super::*;
    use crate::check::test_run::{Run, failures, good_run, poll};
    use crate::record::EventKind;
    use crate::scenario::{NamedSchedule, PeerIndex};

    /// A run in which the initiator made empty polls at these milliseconds, for 5 ms each.
    fn run_with_polls(starts: &[u64]) -> Run {
        let mut run = good_run();
        run.remove(
            PeerIndex::First,
            |what| matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer")),
        );
        for (start, handle) in starts.iter().zip(50..) {
            run.add_all(PeerIndex::First, poll(*start, 5, handle, false));
        }
        run
    }

    fn said(run: &Run) -> Vec<String> {
        failures(&judge(&run.evidence()))
    }

    // The good run's offer is ready at 10 ms and stored at 15 ms, and its interval is 2 s.

    #[test]
    fn polls_at_their_ticks_are_fine_even_if_one_of_them_is_late() {
        assert_eq!(said(&run_with_polls(&[2_010, 4_410, 6_010, 8_011])), [""; 0]);
    }

    #[test]
    fn a_first_poll_that_is_early_is_found() {
        let early = run_with_polls(&[1_990]);
        assert_eq!(said(&early), ["poll 1 of the first peer of pair 1 began 20 ms before its tick"]);
    }

    #[test]
    fn a_second_poll_on_one_tick_is_found() {
        assert_eq!(
            said(&run_with_polls(&[2_010, 3_900])),
            ["poll 2 of the first peer of pair 1 began 110 ms before its tick"]
        );
    }

    #[test]
    fn a_poll_that_is_late_beyond_the_tolerance_is_found() {
        assert_eq!(
            said(&run_with_polls(&[2_010, 4_610])),
            ["poll 2 of the first peer of pair 1 began 600 ms after its tick"]
        );
    }

    #[test]
    fn a_tick_that_was_skipped_without_a_reason_is_found() {
        assert_eq!(
            said(&run_with_polls(&[2_010, 6_010])),
            ["poll 2 of the first peer of pair 1 began 2 s after its tick"]
        );
    }

    #[test]
    fn a_slow_poll_may_skip_the_ticks_in_between() {
        let mut run = run_with_polls(&[]);
        run.add_all(PeerIndex::First, poll(2_010, 3_000, 50, false));
        run.add_all(PeerIndex::First, poll(6_010, 5, 60, false));
        assert_eq!(said(&run), [""; 0]);
    }

    #[test]
    fn polls_that_overlap_are_found() {
        let mut run = run_with_polls(&[]);
        run.add_all(PeerIndex::First, poll(2_010, 3_000, 50, false));
        run.add_all(PeerIndex::First, poll(4_010, 5, 60, false));
        assert_eq!(said(&run), ["poll 2 of the first peer of pair 1 began 999 ms before the previous poll ended"]);
    }

    #[test]
    fn a_poll_before_the_offer_is_stored_is_found() {
        let mut run = run_with_polls(&[12]);
        run.add_all(PeerIndex::First, poll(4_010, 5, 60, false));
        let said = said(&run);
        assert!(
            said.iter().any(|said| said == "poll 1 of the first peer of pair 1 began 3 ms before the offer was stored"),
            "{said:?}"
        );
    }

    #[test]
    fn a_poll_after_the_answer_was_found_is_found() {
        let mut run = good_run();
        run.add_all(PeerIndex::First, poll(4_010, 5, 60, false));
        let said = said(&run);
        assert!(said[0].ends_with("after the answer was found"), "{said:?}");
    }

    #[test]
    fn an_initiator_that_never_polls_is_found() {
        assert_eq!(said(&run_with_polls(&[])), ["the first peer of pair 1 never polled, but its offer was answered"]);
    }

    #[test]
    fn an_initiator_that_is_busy_at_each_tick_before_its_end_need_not_poll() {
        let ends_at = |end_ms: u64| {
            let mut run = run_with_polls(&[]);
            run.scenario.schedule = PollRule::BackOff { factor: 3.0, longest: Duration::from_mins(1) };
            run.remove(PeerIndex::First, |what| {
                let is_late = matches!(what, EventKind::Called(call) if call.started > Duration::from_secs(1));
                is_late || matches!(what, EventKind::Met(_) | EventKind::Applied(..))
            });
            // The ticks are at 2.01 s, 8.01 s and 26.01 s.
            let started = Duration::from_secs(1);
            let busy = Call { kind: RequestKind::DropRecord, started, ..Call::default() };
            run.add(PeerIndex::First, 9_000, EventKind::Called(busy));
            run.add(PeerIndex::First, end_ms, EventKind::Failed("the deadline passed".to_owned()));
            judge(&run.evidence())
        };
        assert!(matches!(ends_at(26_010), Verdict::NotChecked(_)));
        assert_eq!(failures(&ends_at(27_000)), ["the first peer of pair 1 never polled, but its offer was answered"]);
    }

    /// The same with another schedule.
    fn run_by(schedule: PollRule, starts: &[u64]) -> Run {
        let mut run = run_with_polls(starts);
        run.scenario.schedule = schedule;
        run
    }

    #[test]
    fn polls_with_the_right_backoff_are_fine_and_others_are_found() {
        let back_off = |starts: &[u64]| said(&run_by(NamedSchedule::BackOff.rule(), starts));
        assert_eq!(back_off(&[2_010, 5_010, 9_510, 16_260, 26_260, 36_260]), [""; 0]);
        assert_eq!(
            back_off(&[2_010, 4_010]),
            ["poll 2 of the first peer of pair 1 began 1 s before its tick"],
            "the interval does not grow"
        );
        assert_eq!(
            back_off(&[2_010, 5_010, 9_510, 16_260, 26_385]),
            [""; 0],
            "a poll that is late by less than the tolerance is fine"
        );
        assert_eq!(
            back_off(&[2_010, 5_010, 9_510, 16_260, 26_260, 41_448]),
            ["poll 6 of the first peer of pair 1 began 5.188 s after its tick"],
            "the interval grows beyond the longest"
        );
    }

    #[test]
    fn eager_polls_are_compared_with_the_ticks_of_their_phase() {
        let schedule =
            PollRule::EagerThenSlow { eager: Duration::from_millis(500), eager_for: Duration::from_millis(1_500) };
        let eager = |starts: &[u64]| said(&run_by(schedule, starts));
        assert_eq!(eager(&[510, 1_010, 1_510, 3_510, 5_510]), [""; 0]);
        assert_eq!(
            eager(&[510, 1_010, 1_510, 2_010]),
            ["poll 4 of the first peer of pair 1 began 1.5 s before its tick"],
            "it is still eager"
        );
        assert_eq!(
            eager(&[2_010, 4_010]),
            ["poll 1 of the first peer of pair 1 began 1.5 s after its tick"],
            "it was never eager"
        );
    }

    // Tick n of the jittered schedule is half a second before or after 2 n seconds, counted from 10 ms.

    #[test]
    fn jittered_polls_are_fine_within_their_bounds_and_found_outside_them() {
        let jittered = |starts: &[u64]| said(&run_by(NamedSchedule::Jittered.rule(), starts));
        assert_eq!(jittered(&[1_510, 4_510, 5_600, 8_200]), [""; 0]);
        assert_eq!(jittered(&[1_500]), ["poll 1 of the first peer of pair 1 began 10 ms before its tick"]);
        let late = jittered(&[1_900, 5_020]);
        assert_eq!(late, ["poll 2 of the first peer of pair 1 began 510 ms after its tick"]);
        let twice = jittered(&[1_900, 2_400]);
        assert_eq!(twice, ["poll 2 of the first peer of pair 1 began 1.11 s before its tick"]);
    }

    #[test]
    fn a_delayed_jittered_poll_may_or_may_not_have_skipped_the_tick_in_which_it_ended() {
        for next in [4_200, 6_400] {
            let mut run = run_by(NamedSchedule::Jittered.rule(), &[]);
            run.add_all(PeerIndex::First, poll(2_010, 2_000, 50, false));
            run.add_all(PeerIndex::First, poll(next, 5, 60, false));
            assert_eq!(said(&run), [""; 0], "{next}");
        }
    }

    #[test]
    fn even_polls_of_a_jittered_schedule_are_found() {
        let evenly: Vec<u64> = (1..9).map(|number| 2_000 * number + 110).collect();
        let said = said(&run_by(NamedSchedule::Jittered.rule(), &evenly));
        assert_eq!(said, ["the polls of the first peer of pair 1 are even, but its schedule is jittered"]);
    }

    #[test]
    fn without_polls_nothing_is_judged() {
        let mut run = good_run();
        run.events
            .retain(|event| !matches!(&event.kind, EventKind::Called(call) if call.kind != RequestKind::Authorise));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }

    #[test]
    fn gaps_jitter_and_drift_are_those_of_the_worst_peer() {
        let mut regularity = Regularity::default();
        for (started, due) in [(2_000, 2_000), (4_030, 4_000), (6_020, 6_000)] {
            let [started, due] = [started, due].map(Duration::from_millis);
            let poll = Poll {
                started,
                answered: started,
                ended: started,
                found: false,
                empty: true,
                is_clean: true,
                calls: vec![],
            };
            regularity.add(&poll, due);
        }
        regularity.next_peer();
        assert_eq!(regularity.to_string(), "; gaps: mean 2.01 s, longest 2.03 s; jitter 30 ms, drift 20 ms");
    }

    #[test]
    fn where_no_peer_polled_twice_there_are_no_gaps_to_report() {
        assert_eq!(Regularity::default().to_string(), "");
    }
}
