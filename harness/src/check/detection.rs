//! How soon the initiator finds the answer.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::words::{counted, length};

/// What holds if this passes.
pub const PROMISE: &str = "An answer that is stored is found within one poll interval.";

/// Judges by when the answer was stored and when its content had been read.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut complaints = Vec::new();
    let mut delays = Vec::new();
    let delay_max = evidence.poll_interval + evidence.late_tolerance;
    for story in evidence.stories.iter().filter(|story| story.answer_stored().is_some()) {
        match story.detection() {
            None => complaints.push(format!("the answer of pair {} was stored and never found", story.pair)),
            Some(delay) if delay > delay_max => complaints.push(format!(
                "the answer of pair {} was found after {}; {} was the most, with {} of tolerance",
                story.pair,
                length(delay),
                length(evidence.poll_interval),
                length(evidence.late_tolerance)
            )),
            Some(delay) => delays.push(delay),
        }
    }
    if delays.is_empty() && complaints.is_empty() {
        return Verdict::NotChecked("no answer was stored".to_owned());
    }
    let slowest = delays.iter().copied().fold(Duration::ZERO, Duration::max);
    Verdict::of(complaints, || {
        format!("{}, the slowest found after {}", counted(delays.len(), "answer"), length(slowest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{complaints, good_run, poll};
    use crate::event::{Seat, What};

    fn is_of_answer(what: &What) -> bool {
        matches!(what, What::Called(call) if call.name.as_deref() == Some("answer"))
    }

    #[test]
    fn an_answer_that_is_found_too_late_is_found() {
        let mut run = good_run();
        run.remove(Seat::First, is_of_answer);
        run.add_all(Seat::First, poll(6_010, 5, 60, true));
        let said = "the answer of pair 1 was found after 5.975 s; 2 s was the most, with 500 ms of tolerance";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_answer_that_is_never_found_is_found() {
        let mut run = good_run();
        run.remove(Seat::First, is_of_answer);
        assert_eq!(complaints(&judge(&run.evidence())), ["the answer of pair 1 was stored and never found"]);
    }

    #[test]
    fn where_no_answer_was_stored_nothing_is_judged() {
        let mut run = good_run();
        run.remove(Seat::Second, is_of_answer);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
