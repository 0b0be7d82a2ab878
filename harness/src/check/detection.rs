//! How soon the initiator finds the answer, compared with the poll interval of its schedule at that time.

use std::time::Duration;

use super::evidence::{Evidence, Witness};
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::trace::{Exchange, PairTrace, Poll};

/// What holds if this passes.
pub const PROMISE: &str = "A stored answer is found within the poll interval that the schedule has at that time, or by \
                           the first poll that no fault strikes.";

/// Judges by when the answer was stored and when its content was read.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut delays = Detection::default();
    for trace in &evidence.traces {
        for exchange in trace.exchanges() {
            delays.judge(trace, exchange, evidence);
        }
    }
    let Detection { failures, lenient, delays, excused } = delays;
    if delays.is_empty() && failures.is_empty() && lenient.is_empty() {
        return Verdict::NotChecked("no answer was stored".to_owned());
    }
    let slowest = delays.iter().copied().fold(Duration::ZERO, Duration::max);
    Verdict::of_both(failures, lenient, || {
        let excused = if excused == 0 { String::new() } else { format!(", {excused} of them delayed by faults") };
        format!("{}, the slowest found after {}{excused}", counted(delays.len(), "answer"), length(slowest))
    })
}

#[derive(Default)]
struct Detection {
    failures: Vec<String>,
    lenient: Vec<String>,
    delays: Vec<Duration>,
    /// How many answers were found late because of faults.
    excused: usize,
}

impl Detection {
    fn judge(&mut self, trace: &PairTrace, exchange: Exchange<'_>, evidence: &Evidence) {
        let Some(stored) = exchange.answer_stored() else { return };
        // A peer that does not know that its offer is stored does not poll.
        if exchange.offer_stored().is_none() {
            return;
        }
        let pair = exchange.recipient.who.pair;
        let all = exchange.initiator.polls();
        // The answer can be found until then.
        let until = exchange.answer_removed().unwrap_or(Duration::MAX);
        // A delayed poll may begin long before the answer is stored.
        let polls: Vec<&Poll> = all.iter().filter(|poll| poll.ended >= stored.at && poll.started <= until).collect();
        // A poll that failed says nothing about the answer.
        let has_result = |poll: &Poll| poll.is_clean && (poll.found || poll.empty);
        let is_delayed = exchange.initiator.calls.iter().any(|(call, ended)| *ended >= stored.at && !call.is_clean());
        let is_struck = !stored.is_clean || is_delayed || !polls.iter().all(|poll| has_result(poll));
        let ready = exchange.initiator.offer_ready().unwrap_or_default();
        let gap = evidence.expected_ticks(trace, exchange.initiator.who, ready).gap_at(stored.at);
        let delay_max = gap + evidence.late_tolerance;
        // It may have accepted another answer.
        match exchange.initiator.answer_taken().filter(|_| exchange.is_accepted()) {
            Some(taken) => {
                let delay = taken.saturating_sub(stored.at);
                if delay > delay_max && !is_struck {
                    // A client that is slower than it was told works all the same.
                    let is_foreign = evidence.is_foreign(exchange.initiator.who);
                    let list = if is_foreign { &mut self.lenient } else { &mut self.failures };
                    return list.push(late(pair, delay, gap, evidence.late_tolerance));
                }
                self.excused += usize::from(delay > delay_max);
                self.delays.push(delay);
            }
            // It may have given up, or died, before its next poll.
            None if stored.is_clean && polls.iter().any(|poll| empty_within(poll, stored.at, until)) => {
                self.failures
                    .push(format!("the answer of pair {pair} was stored, but a poll after that found nothing"));
            }
            // A launcher does not see whether the initiator was still there.
            None if !is_struck
                && evidence.witness == Witness::Peers
                && exchange.initiator.idle_from(stored.at) > delay_max
                && until.saturating_sub(stored.at) > delay_max =>
            {
                self.failures.push(format!("the answer of pair {pair} was stored, but never found"));
            }
            None => {}
        }
    }
}

/// Whether a poll was made between these times, and was empty.
fn empty_within(poll: &Poll, from: Duration, until: Duration) -> bool {
    poll.started > from && poll.answered < until && poll.is_clean && poll.empty
}

fn late(pair: usize, delay: Duration, gap: Duration, tolerance: Duration) -> String {
    let [delay, gap, tolerance] = [delay, gap, tolerance].map(length);
    format!("the answer of pair {pair} was found after {delay}; the limit is {gap}, with {tolerance} of tolerance")
}

#[cfg(test)]
mod tests {
    use signaling::PollRule;

    use super::*;
    use crate::check::test_run::{failures, good_run, poll};
    use crate::record::{Call, CallOutcome, EventKind, RequestKind};
    use crate::scenario::{NamedSchedule, PeerIndex};

    fn is_of_answer(what: &EventKind) -> bool {
        matches!(what, EventKind::Called(call) if call.name.as_deref() == Some("answer"))
    }

    #[test]
    fn an_answer_that_is_found_too_late_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, is_of_answer);
        run.add_all(PeerIndex::First, poll(6_010, 5, 60, true));
        let said = "the answer of pair 1 was found after 5.975 s; the limit is 2 s, with 500 ms of tolerance";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn the_limit_depends_on_the_schedule_and_on_the_time() {
        let found_at = |schedule: PollRule, found_ms: u64| {
            let mut run = good_run();
            run.scenario.schedule = schedule;
            run.remove(PeerIndex::First, is_of_answer);
            run.add_all(PeerIndex::First, poll(found_ms, 5, 60, true));
            failures(&judge(&run.evidence()))
        };
        let late = |delay: &str, gap: &str| {
            [format!("the answer of pair 1 was found after {delay}; the limit is {gap}, with 500 ms of tolerance")]
        };
        assert_eq!(found_at(NamedSchedule::Jittered.rule(), 2_500), [""; 0]);
        assert_eq!(found_at(NamedSchedule::Jittered.rule(), 3_100), late("3.065 s", "2.5 s"));
        assert_eq!(found_at(NamedSchedule::BackOff.rule(), 5_010), late("4.975 s", "2 s"));
        assert_eq!(found_at(NamedSchedule::EagerThenSlow.rule(), 2_010), late("1.975 s", "500 ms"));
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
        run.add(PeerIndex::First, 30_000, EventKind::Failed("no route".to_owned()));
        assert_eq!(failures(&judge(&run.evidence())), ["the answer of pair 1 was stored, but never found"]);
        run.add_all(PeerIndex::First, poll(2_010, 5, 60, false));
        let said = "the answer of pair 1 was stored, but a poll after that found nothing";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_answer_that_is_late_because_faults_struck_the_polls_before_is_no_failure() {
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
    fn an_answer_that_was_deleted_before_the_first_poll_is_no_failure_and_an_empty_poll_before_that_is() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| {
            is_of_answer(what) || matches!(what, EventKind::Met(_) | EventKind::Applied(..))
        });
        run.add(PeerIndex::First, 30_000, EventKind::Failed("no route".to_owned()));
        run.add_all(PeerIndex::First, poll(3_010, 5, 60, false));
        // It was deleted at 2 s.
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
        run.add_all(PeerIndex::First, poll(1_010, 5, 70, false));
        let said = "the answer of pair 1 was stored, but a poll after that found nothing";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_deletion_that_was_refused_does_not_end_the_time_in_which_the_answer_can_be_found() {
        let failures_after = |status: u16| {
            let mut run = good_run();
            run.remove(PeerIndex::First, is_of_answer);
            run.change(PeerIndex::Second, |what| {
                if let EventKind::Called(call) = what
                    && call.kind == RequestKind::DeleteRecord
                {
                    call.outcome = CallOutcome::Answered(status);
                    call.started = Duration::from_secs(1);
                }
            });
            // A poll without a result: the session was lost, by a fault that struck another peer.
            let lost = Call {
                kind: RequestKind::NameRecord,
                name: Some("answer".to_owned()),
                started: Duration::from_millis(2_010),
                outcome: CallOutcome::Answered(401),
                ..Call::default()
            };
            run.add(PeerIndex::First, 2_011, EventKind::Called(lost));
            run.add_all(PeerIndex::First, poll(4_010, 5, 60, true));
            failures(&judge(&run.evidence()))
        };
        assert_eq!(failures_after(401), [""; 0]);
        assert_eq!(failures_after(200).len(), 1);
    }

    #[test]
    fn without_a_stored_answer_nothing_is_judged() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, is_of_answer);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
