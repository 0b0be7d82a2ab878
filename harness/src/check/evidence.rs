//! What checks are given: the events of a run, and what it was told.

use std::time::Duration;

use signaling::PollRule;

use crate::plan::{IceMode, Plan};
use crate::record::{Count, CountTime, Event, EventKind, Resource, Traffic};
use crate::scenario::{ExpectedEnd, PeerIndex, Scenario, Visit, VisitId};
use crate::trace::{Exchange, ExpectedTicks, PairTrace, VisitTrace};

/// The events of a run, sorted by pair, and what checks go by.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What happened to each pair.
    pub traces: Vec<PairTrace>,
    /// What was counted.
    pub counts: Vec<Count>,
    /// What the run's STUN and TURN server did, if there was one.
    pub served: Option<Traffic>,
    /// The ways by which peers could reach each other.
    pub ice: IceMode,
    /// What was played.
    pub scenario: Scenario,
    /// The time between two polls that was asked for.
    pub poll_interval: Duration,
    /// The rule by which they were to follow one another.
    pub schedule: PollRule,
    /// How long a peer may take from joining to the open channel.
    pub deadline: Duration,
    /// How late a poll or a detection may be.
    pub late_tolerance: Duration,
}

impl Evidence {
    /// Sorts the events of a run. Pair n met in the n-th of the `rooms`, counted from 1.
    pub(crate) fn of(events: &[Event], rooms: &[String], plan: &Plan) -> Self {
        let mut of_pairs: Vec<Vec<&Event>> = vec![Vec::new(); rooms.len()];
        let (mut counts, mut served) = (Vec::new(), None);
        for event in events {
            match (&event.kind, event.who) {
                (EventKind::Counted(count), _) => counts.push(count.clone()),
                (EventKind::Served(traffic), _) => served = Some(*traffic),
                (_, Some(who)) => {
                    if let Some(of_pair) = who.pair.checked_sub(1).and_then(|index| of_pairs.get_mut(index)) {
                        of_pair.push(event);
                    }
                }
                _ => {}
            }
        }
        let traces =
            of_pairs.into_iter().zip(rooms).zip(1..).map(|((events, room), pair)| PairTrace::new(pair, room, events));
        Self {
            traces: traces.collect(),
            counts,
            served,
            ice: plan.settings.ice,
            scenario: plan.scenario.clone(),
            // What a peer makes of a shorter one.
            poll_interval: plan.poll_interval.max(signaling::MIN_POLL_INTERVAL),
            schedule: plan.schedule,
            deadline: plan.deadline,
            late_tolerance: plan.late_tolerance,
        }
    }

    /// What it says of one of its pairs alone.
    pub(crate) fn of_pair(&self, trace: &PairTrace) -> Self {
        let traces = vec![trace.clone()];
        Self { traces, counts: Vec::new(), served: None, scenario: self.scenario.clone(), ..*self }
    }

    /// When an initiator should poll whose offer was ready at that moment.
    pub(crate) fn expected_ticks(&self, trace: &PairTrace, ready: Duration) -> ExpectedTicks {
        ExpectedTicks::new(self.schedule, self.poll_interval, ready, trace.end())
    }

    /// Every visit that the scenario asks for in every pair, with what is known of it and how it should end.
    pub(super) fn planned_visits(&self) -> impl Iterator<Item = (VisitId, Option<&VisitTrace>, ExpectedEnd)> {
        self.traces.iter().flat_map(|trace| {
            let visits = self.scenario.peer_indices().flat_map(|(peer_index, peer)| {
                let numbered = peer.visits.iter().zip(1..);
                numbered.map(move |(visit, number): (&Visit, u32)| (peer_index, number, visit.expected_end()))
            });
            visits.map(|(peer_index, visit, ends): (PeerIndex, u32, ExpectedEnd)| {
                let who = VisitId { pair: trace.pair, peer_index, visit };
                (who, trace.visits.iter().find(|visit| visit.who == who), ends)
            })
        })
    }

    /// Every part that was played.
    pub(super) fn visits(&self) -> impl Iterator<Item = (&PairTrace, &VisitTrace)> {
        self.traces.iter().flat_map(|trace| trace.visits.iter().map(move |visit| (trace, visit)))
    }

    /// The offer/answer exchanges of all pairs.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = Exchange<'_>> {
        self.traces.iter().flat_map(PairTrace::exchanges)
    }

    /// The counts of what `wanted` says, before the run and after it.
    pub(super) fn before_and_after(&self, wanted: impl Fn(&Resource) -> bool) -> Vec<(&Count, Option<&Count>)> {
        let before = self.counts.iter().filter(|count| count.time == CountTime::Before && wanted(&count.resource));
        let after = |before: &Count| {
            self.counts.iter().find(|count| count.time == CountTime::After && count.resource == before.resource)
        };
        before.map(|before| (before, after(before))).collect()
    }
}
