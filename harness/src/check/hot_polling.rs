//! Whether any peer asks its launcher too often, for whatever reason.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::{Call, Noun};
use crate::part::Part;
use crate::words::{counted, length};

/// What holds if this passes.
pub const PROMISE: &str = "No peer sends more than 40 requests, or looks more than 3 times at one name, \
                           within one poll interval.";

/// The most requests of one peer within a poll interval. A whole meeting takes some 20.
pub const REQUESTS_MAX: usize = 40;

/// The most looks at one name within a poll interval: one by chance at its start, one at its end, and one because something
/// went wrong in between.
pub const LOOKS_MAX: usize = 3;

/// Judges by when each request was sent.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut complaints = Vec::new();
    let mut requests = 0;
    let mut most = 0;
    for (_, part) in evidence.parts() {
        requests += part.calls.len();
        let all = busiest(&starts(part, |_| true), evidence.poll_interval);
        most = most.max(all.0);
        if all.0 > REQUESTS_MAX {
            complaints.push(complaint(part, all, "requests", evidence.poll_interval));
        }
        let looks = busiest_look(part, evidence.poll_interval);
        if looks.0 > LOOKS_MAX {
            complaints.push(complaint(part, looks, "looks at one name", evidence.poll_interval));
        }
    }
    if requests == 0 {
        return Verdict::NotChecked("no request was sent".to_owned());
    }
    let seen =
        || format!("{} in all, {most} at most within {}", counted(requests, "request"), length(evidence.poll_interval));
    Verdict::of(complaints, seen)
}

fn complaint(part: &Part, (number, from): (usize, Duration), what: &str, interval: Duration) -> String {
    format!("the {} sent {number} {what} within {}, from {} on", part.who, length(interval), length(from))
}

fn busiest_look(part: &Part, interval: Duration) -> (usize, Duration) {
    let mut names: Vec<_> = part.calls.iter().filter_map(|(call, _)| call.name.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let looks = |name: &str| starts(part, |call| call.noun == Noun::NameRecord && call.name.as_deref() == Some(name));
    let all = names.into_iter().map(|name| busiest(&looks(name), interval));
    all.max_by_key(|(number, _)| *number).unwrap_or_default()
}

fn starts(part: &Part, wanted: impl Fn(&Call) -> bool) -> Vec<Duration> {
    let mut starts: Vec<_> =
        part.calls.iter().map(|(call, _)| call).filter(|call| wanted(call)).map(|call| call.started).collect();
    starts.sort_unstable();
    starts
}

/// The most moments within one interval, and when that begins.
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
    use crate::check::planted::{complaints, good_run, poll};
    use crate::event::Seat;

    #[test]
    fn what_is_promised_is_what_is_judged() {
        for promised in [format!("more than {REQUESTS_MAX} requests"), format!("more than {LOOKS_MAX} times")] {
            assert!(PROMISE.contains(&promised), "{promised}");
        }
    }

    #[test]
    fn looks_in_a_hot_loop_are_found() {
        let mut run = good_run();
        for number in 0..9 {
            run.add_all(Seat::Second, poll(5_000 + 10 * number, 5, 100 + 2 * number, false));
        }
        let said = "the second peer of pair 1 sent 9 looks at one name within 2 s, from 5 s on";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn requests_without_end_are_found() {
        let mut run = good_run();
        for number in 0..20 {
            // Not one name twice: a look may be at another record each time.
            let calls = poll(5_000 + 10 * number, 5, 100 + 2 * number, false).into_iter().map(|(at, mut what)| {
                if let crate::event::What::Called(call) = &mut what {
                    call.name = Some(number.to_string());
                }
                (at, what)
            });
            run.add_all(Seat::Second, calls);
        }
        let said = "the second peer of pair 1 sent 60 requests within 2 s, from 5 s on";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn polls_an_interval_apart_are_fine() {
        let mut run = good_run();
        for number in 0..30 {
            run.add_all(Seat::Second, poll(5_000 + 2_000 * number, 5, 100 + 2 * number, false));
        }
        assert_eq!(complaints(&judge(&run.evidence())), [""; 0]);
    }
}
