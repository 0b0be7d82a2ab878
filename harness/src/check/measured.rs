//! How evenly initiators poll: the gaps between the polls of each, and how far they stray from their ticks.

use std::fmt;
use std::time::Duration;

use crate::format::length;
use crate::trace::Poll;

/// Sums over the polls of all initiators.
#[derive(Debug, Default)]
pub(super) struct Measured {
    gaps: u32,
    gaps_sum: Duration,
    longest: Duration,
    /// The spread of how late polls were, the most of any peer.
    jitter: Duration,
    /// How much later the last poll of a peer was than its first, the most of any peer.
    drift: Duration,
    last: Option<Duration>,
    /// How late each poll of the present peer was.
    late: Vec<Duration>,
}

impl Measured {
    pub(super) fn add(&mut self, poll: &Poll, due: Duration) {
        if let Some(last) = self.last.replace(poll.started) {
            let gap = poll.started.saturating_sub(last);
            self.gaps += 1;
            self.gaps_sum += gap;
            self.longest = self.longest.max(gap);
        }
        self.late.push(poll.started.saturating_sub(due));
    }

    pub(super) fn next_peer(&mut self) {
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

impl fmt::Display for Measured {
    /// Nothing where no peer polled twice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mean) = self.gaps_sum.checked_div(self.gaps) else { return Ok(()) };
        let [mean, longest, jitter, drift] = [mean, self.longest, self.jitter, self.drift].map(length);
        write!(f, "; gaps {mean} in the mean, {longest} at most; jitter {jitter}, drift {drift}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_jitter_and_drift_are_those_of_the_worst_peer() {
        let mut measured = Measured::default();
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
            measured.add(&poll, due);
        }
        measured.next_peer();
        let told = "; gaps 2.01 s in the mean, 2.03 s at most; jitter 30 ms, drift 20 ms";
        assert_eq!(measured.to_string(), told);
    }

    #[test]
    fn where_nobody_polled_twice_there_is_nothing_to_tell() {
        assert_eq!(Measured::default().to_string(), "");
    }
}
