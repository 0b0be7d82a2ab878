//! Whether a peer sends too many requests, whatever its schedule and however fast its launcher.

use std::time::Duration;

use signaling::PollRule;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::{counted, length};
use crate::plan::EARLY_TOLERANCE;
use crate::record::{Call, CallOutcome, RequestKind};
use crate::trace::{PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Within one poll interval of its schedule, no peer sends more than 40 requests or looks up \
                           one name more than 3 times, or 5 times if it stores a record there, and at most 3 times \
                           more after requests that failed, and no two polls begin less than 10 ms apart.";

/// The most requests of one peer within a poll interval. All that a peer needs to connect is about 20.
pub const REQUESTS_MAX: usize = 40;

/// The most lookups of one name within a poll interval: one at its start, one at its end, and one after a failure in
/// between.
pub const LOOKUPS_MAX: usize = 3;

/// How many lookups more there may be of a name under which the peer stores a record: it has to delete the record.
const REMOVALS_MAX: usize = 2;

/// How many lookups more there may be after requests that failed: a peer looks again what is there, and what it began for a
/// record that it changes or removes begins with a lookup.
const SETBACKS_MAX: usize = 3;

/// The least time between the beginnings of two polls.
pub const APART_MIN: Duration = Duration::from_millis(10);

/// Judges by when each request was sent.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut failures = Vec::new();
    let mut requests = 0;
    let mut most = 0;
    for (_, visit) in evidence.visits() {
        requests += visit.calls.len();
        for phase in phases(visit, evidence) {
            let all = busiest(&starts(&phase.calls, |_| true), phase.interval);
            most = most.max(all.0);
            if all.0 > REQUESTS_MAX {
                failures.push(failure(visit, all, "requests", phase.interval));
            }
            if let Some(lookups) = too_many_lookups(visit, &phase) {
                failures.push(failure(visit, lookups, "lookups of one name", phase.interval));
            }
        }
    }
    failures.extend(evidence.traces.iter().flat_map(PairTrace::initiators).filter_map(too_close));
    if requests == 0 {
        return Verdict::NotChecked("no request was sent".to_owned());
    }
    let seen = || {
        format!("{} in total, at most {most} within {}", counted(requests, "request"), length(evidence.poll_interval))
    };
    Verdict::of(failures, seen)
}

/// The requests of a peer while its schedule has one interval.
struct Phase<'a> {
    interval: Duration,
    calls: Vec<&'a Call>,
}

fn phases<'a>(visit: &'a VisitTrace, evidence: &Evidence) -> [Phase<'a>; 2] {
    let usual = evidence.poll_interval;
    let (eager, during) = match (evidence.schedule, visit.offer_ready()) {
        (PollRule::EagerThenSlow { eager, eager_for }, Some(ready)) => {
            (eager.min(usual), ready..ready + eager_for + EARLY_TOLERANCE)
        }
        _ => (usual, Duration::ZERO..Duration::ZERO),
    };
    let calls = visit.calls.iter().map(|(call, _)| call);
    let (eager_calls, usual_calls) = calls.partition(|call| during.contains(&call.started));
    [Phase { interval: eager, calls: eager_calls }, Phase { interval: usual, calls: usual_calls }]
}

/// The failure if two polls begin at nearly the same time.
fn too_close(initiator: &VisitTrace) -> Option<String> {
    let polls = initiator.polls();
    let mut gaps = polls.windows(2).map(|pair| (pair[1].started.saturating_sub(pair[0].started), pair[0].started));
    let (gap, from) = gaps.find(|(gap, _)| *gap + EARLY_TOLERANCE < APART_MIN)?;
    Some(format!("the {} polled twice within {}, from {} on", initiator.who, length(gap), length(from)))
}

fn failure(visit: &VisitTrace, (number, from): (usize, Duration), what: &str, interval: Duration) -> String {
    format!("the {} sent {number} {what} within {}, from {} on", visit.who, length(interval), length(from))
}

/// How often a peer looked up one name, and from when on, if that was too often: the worst of all names.
fn too_many_lookups(visit: &VisitTrace, phase: &Phase<'_>) -> Option<(usize, Duration)> {
    let mut names: Vec<_> = phase.calls.iter().filter_map(|call| call.name.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let lookups = |name: &str| {
        starts(&phase.calls, |call| call.kind == RequestKind::NameRecord && call.name.as_deref() == Some(name))
    };
    let own = visit.own_records();
    let most = |name: &str| if own.contains(name) { LOOKUPS_MAX + REMOVALS_MAX } else { LOOKUPS_MAX };
    let setbacks = starts(&phase.calls, is_setback);
    let all = names.into_iter().filter_map(|name| too_often(&lookups(name), &setbacks, most(name), phase.interval));
    all.max_by_key(|(number, _)| *number)
}

/// Whether a request says nothing about the network: a fault struck it, or the session was lost.
fn is_setback(call: &Call) -> bool {
    !call.is_clean() || call.outcome == CallOutcome::Answered(401)
}

/// The interval with the most lookups, if there are more than the most that are allowed in it.
fn too_often(
    lookups: &[Duration],
    setbacks: &[Duration],
    most: usize,
    interval: Duration,
) -> Option<(usize, Duration)> {
    let number = |times: &[Duration], from: Duration, until: Duration| {
        times.partition_point(|at| *at < until) - times.partition_point(|at| *at < from)
    };
    let counted = lookups.iter().map(|from| (number(lookups, *from, from.saturating_add(interval)), *from));
    // The request that failed may be before the first of the lookups that follow from it.
    let setbacks = |from: Duration| number(setbacks, from.saturating_sub(interval), from.saturating_add(interval));
    let is_too_many = |(number, from): &(usize, Duration)| *number > most + setbacks(*from).min(SETBACKS_MAX);
    counted.filter(is_too_many).reduce(|worst, other| if other.0 > worst.0 { other } else { worst })
}

fn starts(calls: &[&Call], wanted: impl Fn(&Call) -> bool) -> Vec<Duration> {
    let mut starts: Vec<_> = calls.iter().filter(|call| wanted(call)).map(|call| call.started).collect();
    starts.sort_unstable();
    starts
}

/// The most of these times within one interval, and when that interval begins.
fn busiest(starts: &[Duration], interval: Duration) -> (usize, Duration) {
    let mut from = 0;
    let mut busiest = (0, Duration::ZERO);
    for (to, at) in starts.iter().enumerate() {
        while at.saturating_sub(starts[from]) >= interval {
            from += 1;
        }
        let number = to - from + 1;
        if number > busiest.0 {
            busiest = (number, starts[from]);
        }
    }
    busiest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run, poll};
    use crate::record::EventKind;
    use crate::scenario::{NamedSchedule, PeerIndex};

    #[test]
    fn the_promise_names_the_limits() {
        let apart = format!("less than {} apart", length(APART_MIN));
        for promised in [
            format!("more than {REQUESTS_MAX} requests"),
            format!("more than {LOOKUPS_MAX} times, or {} times", LOOKUPS_MAX + REMOVALS_MAX),
            format!("at most {SETBACKS_MAX} times more after requests that failed"),
            apart,
        ] {
            assert!(PROMISE.contains(&promised), "{promised}");
        }
        assert_eq!(APART_MIN, signaling::MIN_POLL_INTERVAL);
    }

    #[test]
    fn lookups_in_a_hot_loop_are_found() {
        let mut run = good_run();
        for number in 0..9 {
            run.add_all(PeerIndex::Second, poll(5_000 + 10 * number, 5, 100 + 2 * number, false));
        }
        let said = "the second peer of pair 1 sent 9 lookups of one name within 2 s, from 5 s on";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn requests_that_failed_allow_a_few_lookups_more_and_others_do_not() {
        let failures_of = |outcome: &CallOutcome, setbacks: u64, lookups: u64| {
            let mut run = good_run();
            for number in 0..setbacks {
                let started = Duration::from_millis(5_000 + number);
                let call = Call {
                    kind: RequestKind::CreateRecord,
                    name: Some("answer".to_owned()),
                    outcome: outcome.clone(),
                    started,
                    ..Call::default()
                };
                run.add(PeerIndex::Second, 5_000 + number, EventKind::Called(call));
            }
            for number in 0..lookups {
                run.add_all(PeerIndex::Second, poll(5_000 + 10 * number, 5, 100 + 2 * number, false));
            }
            failures(&judge(&run.evidence())).len()
        };
        let lost = CallOutcome::Failed("the connection broke".to_owned());
        for outcome in [lost, CallOutcome::Answered(401)] {
            assert_eq!([6, 7].map(|lookups| failures_of(&outcome, 1, lookups)), [0, 1], "{outcome:?}");
            assert_eq!([8, 9].map(|lookups| failures_of(&outcome, 10, lookups)), [0, 1], "{outcome:?}");
        }
        assert_eq!(failures_of(&CallOutcome::Answered(200), 10, 6), 1);
    }

    #[test]
    fn too_many_requests_are_found() {
        let mut run = good_run();
        for number in 0..20 {
            // No name twice: each lookup is of another record.
            let calls = poll(5_000 + 10 * number, 5, 100 + 2 * number, false).into_iter().map(|(at, mut what)| {
                if let crate::record::EventKind::Called(call) = &mut what {
                    call.name = Some(number.to_string());
                }
                (at, what)
            });
            run.add_all(PeerIndex::Second, calls);
        }
        let said = "the second peer of pair 1 sent 60 requests within 2 s, from 5 s on";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_eager_interval_is_allowed_in_its_phase_alone() {
        let eager = NamedSchedule::EagerThenSlow.rule();
        let polls_from = |start_ms: u64, schedule: PollRule| {
            let mut run = good_run();
            run.scenario.schedule = schedule;
            for number in 0..6 {
                run.add_all(PeerIndex::First, poll(start_ms + 500 * number, 5, 100 + 2 * number, false));
            }
            failures(&judge(&run.evidence()))
        };
        assert_eq!(polls_from(2_510, eager), [""; 0]);
        let later = ["the first peer of pair 1 sent 4 lookups of one name within 2 s, from 20 s on"];
        assert_eq!(polls_from(20_000, eager), later);
        assert_eq!(polls_from(20_000, PollRule::Fixed), later);
    }

    #[test]
    fn two_polls_at_nearly_the_same_time_are_found_with_every_schedule() {
        for schedule in NamedSchedule::ALL {
            let mut run = good_run();
            run.scenario.schedule = schedule.rule();
            run.add_all(PeerIndex::First, poll(2_017, 5, 60, false));
            let said = "the first peer of pair 1 polled twice within 7 ms, from 2.01 s on";
            assert_eq!(failures(&judge(&run.evidence())), [said], "{schedule}");
        }
    }

    #[test]
    fn polls_an_interval_apart_are_fine() {
        let mut run = good_run();
        for number in 0..30 {
            run.add_all(PeerIndex::Second, poll(5_000 + 2_000 * number, 5, 100 + 2 * number, false));
        }
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }
}
