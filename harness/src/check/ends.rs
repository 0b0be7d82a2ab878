//! Whether every visit comes to an end in time, whatever goes wrong.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::part::Part;
use crate::words::{counted, length};

/// What holds if this passes.
pub const PROMISE: &str = "Every peer that joins has met another, or says why not, within its deadline, \
                           whatever goes wrong and for how long.";

/// Judges by when each peer joined and when it said that it was done.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut complaints = Vec::new();
    let mut longest = Duration::ZERO;
    let mut judged = 0;
    for (_, part) in evidence.parts() {
        let Some(joined) = part.joined else { continue };
        judged += 1;
        match ended_after(part, joined) {
            Some(took) if took > evidence.deadline + evidence.late_tolerance => complaints.push(format!(
                "the {} ended after {}, and its deadline is {}",
                part.who,
                length(took),
                length(evidence.deadline)
            )),
            Some(took) => longest = longest.max(took),
            None => complaints.push(format!("the {} joined and came to no end", part.who)),
        }
    }
    if judged == 0 {
        return Verdict::NotChecked("nobody joined".to_owned());
    }
    Verdict::of(complaints, || format!("{}, the longest of {}", counted(judged, "visit"), length(longest)))
}

/// A peer that met another may die after that, and that is late in no way.
fn ended_after(part: &Part, joined: Duration) -> Option<Duration> {
    let ended = part.end.as_ref().map(|(_, at)| *at);
    let met = part.opened_at().filter(|_| part.met.is_some());
    met.or(ended).map(|at| at.saturating_sub(joined))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn a_peer_that_gives_up_too_late_is_found() {
        let mut run = good_run();
        run.remove(Seat::First, |what| matches!(what, What::Met(_)));
        run.add(Seat::First, 31_000, What::Failed("no way".to_owned()));
        let said = "the first peer of pair 1 ended after 31 s, and its deadline is 30 s";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_never_gives_up_is_found() {
        let mut run = good_run();
        run.remove(Seat::First, |what| matches!(what, What::Met(_)));
        assert_eq!(complaints(&judge(&run.evidence())), ["the first peer of pair 1 joined and came to no end"]);
    }
}
