//! When the initiator looks for its answer.
//!
//! The original's timer ticks at a fixed interval from the moment at which the offer is ready (launcher behaviour §10.3), and
//! other schedules have other ticks: a poll that is late does not delay those after it. So each poll is held against its tick,
//! not against the poll before it. No poll begins while another, or the storing of the offer, is under way; the ticks that
//! pass meanwhile are lost. Where a tick is moved by chance, each poll is held against the moments within which it lies.

use std::time::Duration;

use signaling::MIN_POLL_INTERVAL;

use super::evidence::Evidence;
use super::measured::Measured;
use super::scatter::Scatter;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::plan::EARLY_TOLERANCE;
use crate::record::{Call, RequestKind};
use crate::trace::{End, ExpectedTicks, PairTrace, Poll, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Polls come as their schedule says, counted from when the offer was ready; none overlaps another, \
                           and none follows the answer.";

/// Judges by when the first request of each poll was sent.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut seen = Seen::default();
    let mut scatter = Scatter::of(evidence.schedule, evidence.poll_interval);
    for trace in &evidence.traces {
        for visit in trace.initiators() {
            for ready in visit.offers_ready() {
                let expected_ticks = evidence.expected_ticks(trace, ready);
                let turns = Turns { expected_ticks: &expected_ticks, ready, late_tolerance: evidence.late_tolerance };
                turns.judge(visit, &mut seen);
                scatter.add(visit, ready);
            }
            if let Some(ready) = visit.offer_ready() {
                seen.judge_never(trace, visit, &evidence.expected_ticks(trace, ready));
            }
        }
    }
    seen.failures.extend(scatter.failures());
    if seen.polls == 0 && seen.failures.is_empty() {
        return Verdict::NotChecked("no initiator came as far as polling".to_owned());
    }
    let Seen { failures, polls, latest, measured } = seen;
    Verdict::of(failures, || {
        let polls = counted(polls, "poll");
        format!("{polls}, the latest {} after its tick{measured}", length(latest))
    })
}

#[derive(Default)]
struct Seen {
    failures: Vec<String>,
    polls: usize,
    measured: Measured,
    /// The most that a poll was late.
    latest: Duration,
}

/// The polls of one initiator, each with the tick whose turn it is.
struct Turns<'a> {
    expected_ticks: &'a ExpectedTicks,
    ready: Duration,
    late_tolerance: Duration,
}

/// The number of the tick that comes next: where ticks are moved by chance, it is only known within bounds.
struct Next {
    least: usize,
    most: usize,
}

impl Seen {
    /// One that never polls finds no answer.
    fn judge_never(&mut self, trace: &PairTrace, visit: &VisitTrace, expected_ticks: &ExpectedTicks) {
        let is_answered =
            trace.exchanges().any(|exchange| exchange.initiator.who == visit.who && exchange.answer_stored().is_some());
        let has_died = matches!(visit.end, Some((End::Died(_), _)));
        // One that does not know that its offer is stored has no reason to look, and one that is still busy no time.
        let should =
            visit.stored().is_some_and(|stored| visit.idle_from(Duration::ZERO) > expected_ticks.gap_at(stored.at));
        if visit.polls().is_empty() && is_answered && should && !has_died {
            self.failures.push(format!("the {} never polled, and its offer was answered", visit.who));
        }
    }
}

impl Turns<'_> {
    fn judge(&self, visit: &VisitTrace, seen: &mut Seen) {
        let polls = visit.polls_of(self.ready);
        let mut next = Next { least: 1, most: 1 };
        let mut free_from = stored_until(visit, self.ready, polls.first());
        // By when it must be over what came before: giving handles back may take longer, and nobody need wait for that.
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
            let mut complain =
                |what: &str, by: Duration| seen.failures.push(format!("{which} began {} {what}", length(by)));
            let early = self.expected_ticks.tick(next.least).earliest.saturating_sub(poll.started);
            if early > EARLY_TOLERANCE {
                complain("before its tick", early);
            }
            // A peer that is asked to authorise itself again in between, or has to store its offer again, cannot poll
            // meanwhile.
            let is_before = |(index, (call, _)): &&(usize, &(Call, Duration))| came_before(poll, *index, call);
            let done = other.iter().filter(is_before).map(|(_, (_, ended))| *ended);
            busy_until = done.fold(busy_until, Duration::max);
            let turn = next.most.max(self.expected_ticks.first_from(busy_until + EARLY_TOLERANCE));
            // However soon the next tick follows a poll that was late, polls keep their distance.
            let due = self.expected_ticks.tick(turn).latest.max(apart_from);
            let late = poll.started.saturating_sub(due);
            if late > self.late_tolerance {
                complain("after its tick", late);
            }
            if poll.started < free_from {
                let what =
                    if number == 1 { "before the offer was stored" } else { "before the poll before it was answered" };
                complain(what, free_from.saturating_sub(poll.started));
            }
            if let Some(taken) = taken.filter(|taken| poll.started > *taken) {
                complain("after the answer was found", poll.started.saturating_sub(taken));
            }
            seen.latest = seen.latest.max(late);
            seen.measured.add(poll, due);
            next = next.after(self.expected_ticks, poll);
            apart_from = poll.started + MIN_POLL_INTERVAL;
            free_from = free_from.max(poll.answered);
            busy_until = busy_until.max(poll.ended);
        }
        seen.measured.next_peer();
        seen.polls += polls.len();
    }
}

/// Whether a request was sent before a poll. In virtual time both may be of one moment, and then requests are still in the
/// order in which they ended.
fn came_before(poll: &Poll, index: usize, call: &Call) -> bool {
    call.started < poll.started || poll.calls.first().is_some_and(|first| index < *first)
}

/// Until when the offer that was ready then was being stored, for the first time: the peer may not have been told that it was.
fn stored_until(visit: &VisitTrace, ready: Duration, first: Option<&Poll>) -> Duration {
    let is_attempt = |(index, (call, _)): &(usize, &(Call, Duration))| {
        matches!(call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord)
            && call.started >= ready
            && first.is_some_and(|poll| came_before(poll, *index, call))
    };
    let attempted = visit.calls.iter().enumerate().filter(is_attempt).map(|(_, (_, ended))| *ended).max();
    attempted.or(visit.stored_of(ready).map(|stored| stored.at)).unwrap_or(ready)
}

impl Next {
    /// A poll used up its own tick, and those for which it was too late.
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

#[cfg(test)]
mod tests {
    use signaling::PollRule;

    use super::*;
    use crate::check::test_run::{Run, failures, good_run, poll};
    use crate::record::EventKind;
    use crate::scenario::{NamedSchedule, PeerIndex};

    /// A run in which the initiator polled in vain at these milliseconds, for 5 ms each, and once more at 4,010.
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
    fn polls_on_the_beat_are_fine_even_if_one_of_them_is_late() {
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
    fn a_tick_that_was_skipped_without_need_is_found() {
        assert_eq!(
            said(&run_with_polls(&[2_010, 6_010])),
            ["poll 2 of the first peer of pair 1 began 2 s after its tick"]
        );
    }

    #[test]
    fn a_slow_poll_may_lose_the_ticks_that_pass_meanwhile() {
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
        assert_eq!(
            said(&run),
            ["poll 2 of the first peer of pair 1 began 999 ms before the poll before it was answered"]
        );
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
        assert_eq!(said(&run_with_polls(&[])), ["the first peer of pair 1 never polled, and its offer was answered"]);
    }

    /// The same, where the initiator was to poll by another schedule.
    fn run_by(schedule: PollRule, starts: &[u64]) -> Run {
        let mut run = run_with_polls(starts);
        run.scenario.schedule = schedule;
        run
    }

    #[test]
    fn polls_that_back_off_as_they_should_are_fine_and_those_that_do_not_are_found() {
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
            "what is late by less than the tolerance is fine"
        );
        assert_eq!(
            back_off(&[2_010, 5_010, 9_510, 16_260, 26_260, 41_448]),
            ["poll 6 of the first peer of pair 1 began 5.188 s after its tick"],
            "the interval grows beyond the longest"
        );
    }

    #[test]
    fn eager_polls_are_held_against_their_phase() {
        let schedule =
            PollRule::EagerThenSlow { eager: Duration::from_millis(500), eager_for: Duration::from_millis(1_500) };
        let eager = |starts: &[u64]| said(&run_by(schedule, starts));
        assert_eq!(eager(&[510, 1_010, 1_510, 3_510, 5_510]), [""; 0]);
        assert_eq!(
            eager(&[510, 1_010, 1_510, 2_010]),
            ["poll 4 of the first peer of pair 1 began 1.5 s before its tick"],
            "it goes on being eager"
        );
        assert_eq!(
            eager(&[2_010, 4_010]),
            ["poll 1 of the first peer of pair 1 began 1.5 s after its tick"],
            "it never was eager"
        );
    }

    // Tick n of the jittered schedule is half a second before or after 2 n seconds, counted from 10 ms.

    #[test]
    fn jittered_polls_are_fine_within_their_bounds_and_found_beyond_them() {
        let jittered = |starts: &[u64]| said(&run_by(NamedSchedule::Jittered.rule(), starts));
        assert_eq!(jittered(&[1_510, 4_510, 5_600, 8_200]), [""; 0]);
        assert_eq!(jittered(&[1_500]), ["poll 1 of the first peer of pair 1 began 10 ms before its tick"]);
        let late = jittered(&[1_900, 5_020]);
        assert_eq!(late, ["poll 2 of the first peer of pair 1 began 510 ms after its tick"]);
        let twice = jittered(&[1_900, 2_400]);
        assert_eq!(twice, ["poll 2 of the first peer of pair 1 began 1.11 s before its tick"]);
    }

    #[test]
    fn a_jittered_poll_that_was_held_up_may_or_may_not_have_lost_the_tick_that_it_ended_in() {
        for next in [4_200, 6_400] {
            let mut run = run_by(NamedSchedule::Jittered.rule(), &[]);
            run.add_all(PeerIndex::First, poll(2_010, 2_000, 50, false));
            run.add_all(PeerIndex::First, poll(next, 5, 60, false));
            assert_eq!(said(&run), [""; 0], "{next}");
        }
    }

    #[test]
    fn a_jittered_schedule_whose_polls_lie_evenly_is_found() {
        let evenly: Vec<u64> = (1..9).map(|number| 2_000 * number + 110).collect();
        let said = said(&run_by(NamedSchedule::Jittered.rule(), &evenly));
        assert_eq!(said, ["the polls of the first peer of pair 1 lie evenly, as if none was moved"]);
    }

    #[test]
    fn where_nobody_came_as_far_as_polling_nothing_is_judged() {
        let mut run = good_run();
        run.events
            .retain(|event| !matches!(&event.kind, EventKind::Called(call) if call.kind != RequestKind::Authorise));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
