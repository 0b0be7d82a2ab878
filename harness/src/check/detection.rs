//! How soon the initiator finds the answer. What is soon depends on how seldom its schedule lets it look by then.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::trace::{Exchange, PairTrace, Poll};

/// What holds if this passes.
pub const PROMISE: &str = "An answer that is stored is found within the interval that the schedule of polls has by then, or \
                           by the first poll that no fault strikes.";

/// Judges by when the answer was stored and when its content had been read.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut seen = Seen::default();
    for trace in &evidence.traces {
        for exchange in trace.exchanges() {
            seen.judge(trace, exchange, evidence);
        }
    }
    let Seen { failures, delays, excused } = seen;
    if delays.is_empty() && failures.is_empty() {
        return Verdict::NotChecked("no answer was stored that an initiator could find".to_owned());
    }
    let slowest = delays.iter().copied().fold(Duration::ZERO, Duration::max);
    Verdict::of(failures, || {
        let excused = if excused == 0 { String::new() } else { format!(", {excused} of them delayed by faults") };
        format!("{}, the slowest found after {}{excused}", counted(delays.len(), "answer"), length(slowest))
    })
}

#[derive(Default)]
struct Seen {
    failures: Vec<String>,
    delays: Vec<Duration>,
    /// How many answers were found late because of faults.
    excused: usize,
}

impl Seen {
    fn judge(&mut self, trace: &PairTrace, exchange: Exchange<'_>, evidence: &Evidence) {
        let Some(stored) = exchange.answer_stored() else { return };
        // One that does not know that its offer is stored has no reason to look.
        if exchange.offer_stored().is_none() {
            return;
        }
        let pair = exchange.recipient.who.pair;
        let all = exchange.initiator.polls();
        // Until then it is there to be found.
        let until = exchange.answer_removed().unwrap_or(Duration::MAX);
        // One that is held up may be under way for long before the answer is stored.
        let polls: Vec<&Poll> = all.iter().filter(|poll| poll.ended >= stored.at && poll.started <= until).collect();
        // A poll that was told of an error, or of nothing, could not look.
        let could_look = |poll: &Poll| poll.is_clean && (poll.found || poll.empty);
        let is_held_up = exchange.initiator.calls.iter().any(|(call, ended)| *ended >= stored.at && !call.is_clean());
        let is_struck = !stored.is_clean || is_held_up || !polls.iter().all(|poll| could_look(poll));
        let ready = exchange.initiator.offer_ready().unwrap_or_default();
        let gap = evidence.expected_ticks(trace, ready).gap_at(stored.at);
        let delay_max = gap + evidence.late_tolerance;
        // It may have taken another answer.
        match exchange.initiator.answer_taken().filter(|_| exchange.is_accepted()) {
            Some(taken) => {
                let delay = taken.saturating_sub(stored.at);
                if delay > delay_max && !is_struck {
                    return self.failures.push(late(pair, delay, gap, evidence.late_tolerance));
                }
                self.excused += usize::from(delay > delay_max);
                self.delays.push(delay);
            }
            // It may have given up, or died, before it could look once more.
            None if stored.is_clean && polls.iter().any(|poll| empty_within(poll, stored.at, until)) => {
                self.failures.push(format!("the answer of pair {pair} was stored, looked for, and never found"));
            }
            None if !is_struck
                && exchange.initiator.idle_from(stored.at) > delay_max
                && until.saturating_sub(stored.at) > delay_max =>
            {
                self.failures.push(format!("the answer of pair {pair} was stored and never found"));
            }
            None => {}
        }
    }
}

/// Whether a poll looked while the answer was there, and was told that it is not.
fn empty_within(poll: &Poll, from: Duration, until: Duration) -> bool {
    poll.started > from && poll.answered < until && poll.is_clean && poll.empty
}

fn late(pair: usize, delay: Duration, gap: Duration, tolerance: Duration) -> String {
    let [delay, gap, tolerance] = [delay, gap, tolerance].map(length);
    format!("the answer of pair {pair} was found after {delay}; {gap} was the most, with {tolerance} of tolerance")
}

#[cfg(test)]
mod tests {
    use signaling::PollRule;

    use super::*;
    use crate::check::test_run::{failures, good_run, poll};
    use crate::record::{EventKind, RequestKind};
    use crate::scenario::{NamedSchedule, PeerIndex};

    fn is_of_answer(what: &EventKind) -> bool {
        matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer"))
    }

    #[test]
    fn an_answer_that_is_found_too_late_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, is_of_answer);
        run.add_all(PeerIndex::First, poll(6_010, 5, 60, true));
        let said = "the answer of pair 1 was found after 5.975 s; 2 s was the most, with 500 ms of tolerance";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn how_long_an_answer_may_lie_there_depends_on_the_schedule_and_on_the_moment() {
        let found_at = |schedule: PollRule, found_ms: u64| {
            let mut run = good_run();
            run.scenario.schedule = schedule;
            run.remove(PeerIndex::First, is_of_answer);
            run.add_all(PeerIndex::First, poll(found_ms, 5, 60, true));
            failures(&judge(&run.evidence()))
        };
        let most = |delay: &str, gap: &str| {
            [format!("the answer of pair 1 was found after {delay}; {gap} was the most, with 500 ms of tolerance")]
        };
        assert_eq!(found_at(NamedSchedule::Jittered.rule(), 2_500), [""; 0]);
        assert_eq!(found_at(NamedSchedule::Jittered.rule(), 3_100), most("3.065 s", "2.5 s"));
        assert_eq!(found_at(NamedSchedule::BackOff.rule(), 5_010), most("4.975 s", "2 s"));
        assert_eq!(found_at(NamedSchedule::EagerThenSlow.rule(), 2_010), most("1.975 s", "500 ms"));
        let soon_over =
            PollRule::EagerThenSlow { eager: Duration::from_millis(20), eager_for: Duration::from_millis(20) };
        assert_eq!(found_at(soon_over, 2_030), [""; 0]);
    }

    #[test]
    fn an_answer_that_is_never_found_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| {
            is_of_answer(what) || matches!(what, EventKind::Met(_) | EventKind::Applied(..))
        });
        run.remove(
            PeerIndex::Second,
            |what| matches!(what, EventKind::Called(call) if call.kind == RequestKind::DeleteRecord),
        );
        run.add(PeerIndex::First, 30_000, EventKind::Failed("no way".to_owned()));
        assert_eq!(failures(&judge(&run.evidence())), ["the answer of pair 1 was stored and never found"]);
        run.add_all(PeerIndex::First, poll(2_010, 5, 60, false));
        let said = "the answer of pair 1 was stored, looked for, and never found";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_answer_that_was_late_because_a_fault_struck_the_polls_before_is_no_complaint() {
        let mut run = good_run();
        run.remove(PeerIndex::First, is_of_answer);
        run.add_all(PeerIndex::First, poll(6_010, 5, 60, true));
        let struck = poll(2_010, 5, 70, false).into_iter().map(|(at, mut what)| {
            if let EventKind::Called(call) = &mut what {
                call.fault = Some("stale_read".to_owned());
            }
            (at, what)
        });
        run.add_all(PeerIndex::First, struck);
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }

    #[test]
    fn an_answer_that_was_taken_back_before_anybody_looked_is_no_complaint_and_one_that_was_looked_for_in_vain_is() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| {
            is_of_answer(what) || matches!(what, EventKind::Met(_) | EventKind::Applied(..))
        });
        run.add(PeerIndex::First, 30_000, EventKind::Failed("no way".to_owned()));
        run.add_all(PeerIndex::First, poll(3_010, 5, 60, false));
        // It was taken back at 2 s.
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
        run.add_all(PeerIndex::First, poll(1_010, 5, 70, false));
        let said = "the answer of pair 1 was stored, looked for, and never found";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn where_no_answer_was_stored_nothing_is_judged() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, is_of_answer);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
