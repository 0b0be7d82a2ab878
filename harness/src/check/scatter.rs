//! Whether the polls of a jittered schedule are jittered: uneven for each peer, and different for any two peers.

use std::time::Duration;

use signaling::PollRule;

use crate::scenario::VisitId;
use crate::trace::VisitTrace;

/// How many polls are needed to judge. So many are hardly ever even by chance.
const POLLS_MIN: usize = 6;

/// The least width of the jitter that can be judged.
const WIDTH_MIN: Duration = Duration::from_millis(20);

/// The gaps between polls must differ by at least the width divided by this.
const DIFFERING_MIN: u32 = 50;

/// The polls of a run, each as the time since its peer's offer was ready.
pub(super) struct Scatter {
    /// The width of the jitter; zero if the schedule has none.
    width: Duration,
    of_peers: Vec<(Vec<Duration>, VisitId)>,
}

impl Scatter {
    pub(super) fn of(schedule: PollRule, interval: Duration) -> Self {
        let width = match schedule {
            PollRule::Jittered { share } => interval.mul_f64(share),
            _ => Duration::ZERO,
        };
        Self { width, of_peers: Vec::new() }
    }

    pub(super) fn add(&mut self, visit: &VisitTrace, ready: Duration) {
        if self.width < WIDTH_MIN {
            return;
        }
        let polls: Vec<Duration> =
            visit.polls_of(ready).iter().map(|poll| poll.started.saturating_sub(ready)).collect();
        if polls.len() >= POLLS_MIN {
            self.of_peers.push((polls, visit.who));
        }
    }

    pub(super) fn failures(mut self) -> Vec<String> {
        let differing_min = self.width / DIFFERING_MIN;
        let is_even = |polls: &[Duration]| {
            let gaps = || polls.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
            let (least, most) = (gaps().min().unwrap_or_default(), gaps().max().unwrap_or_default());
            most.saturating_sub(least) < differing_min
        };
        let even = self.of_peers.iter().filter(|(polls, _)| is_even(polls));
        let failure =
            |(_, who): &(_, VisitId)| format!("the polls of the {who} are even, but its schedule is jittered");
        let mut failures: Vec<String> = even.map(failure).collect();
        // Peers with the same jitter have the same first polls, so sorting makes them neighbours.
        self.of_peers.sort();
        let alike = self.of_peers.windows(2).filter(|pair| pair[0].0[..POLLS_MIN] == pair[1].0[..POLLS_MIN]);
        failures.extend(alike.map(|pair| format!("the {} and the {} have the same jitter", pair[0].1, pair[1].1)));
        failures
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::record::{Call, Event, EventKind, RequestKind};
    use crate::scenario::{NamedSchedule, PeerIndex};

    fn failures(schedule: NamedSchedule, peers: &[&[u64]]) -> Vec<String> {
        let mut scatter = Scatter::of(schedule.rule(), Duration::from_secs(2));
        for (polls, pair) in peers.iter().zip(1..) {
            let who = VisitId { pair, peer_index: PeerIndex::First, visit: 1 };
            let lookup = |started: &u64| {
                let started = Duration::from_millis(*started);
                let name = Some(if started.is_zero() { "room" } else { "answer" }.to_owned());
                let call = Call { kind: RequestKind::NameRecord, name, started, ..Call::default() };
                Event { at: started, who: Some(who), kind: EventKind::Called(call) }
            };
            let events: Vec<Event> = [0].iter().chain(*polls).map(lookup).collect();
            scatter.add(&VisitTrace::new(who, Arc::default(), &events), Duration::ZERO);
        }
        scatter.failures()
    }

    const SCATTERED: [u64; 6] = [1_800, 4_300, 6_010, 7_600, 10_450, 12_000];

    #[test]
    fn peers_with_the_same_jitter_are_found() {
        let other = SCATTERED.map(|at| at + at % 7);
        let said = failures(NamedSchedule::Jittered, &[&SCATTERED, &other, &SCATTERED]);
        assert_eq!(said, ["the first peer of pair 1 and the first peer of pair 3 have the same jitter"]);
    }

    #[test]
    fn a_few_polls_and_other_schedules_are_not_judged() {
        assert_eq!(failures(NamedSchedule::Jittered, &[&[2_000, 4_000, 6_000]]), [""; 0]);
        let even = [2_000, 4_000, 6_000, 8_000, 10_000, 12_000];
        assert_eq!(failures(NamedSchedule::Fixed, &[&even]), [""; 0]);
        assert_eq!(failures(NamedSchedule::Jittered, &[&even]).len(), 1);
    }
}
