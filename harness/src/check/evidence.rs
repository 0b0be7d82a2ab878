//! What checks are given: the events of a run, and what it was told.

use std::time::Duration;

use crate::beat::Beat;
use crate::event::{Count, Event, Moment, Resource, Seat, What, Who};
use crate::ice::{IceMode, Traffic};
use crate::part::Part;
use crate::plan::Plan;
use crate::scenario::{Ends, PollSchedule, Scenario, Visit};
use crate::story::Story;

/// The events of a run, sorted by pair, and what checks go by.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What happened to each pair.
    pub stories: Vec<Story>,
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
    pub schedule: PollSchedule,
    /// How long a peer may take from joining to the open channel.
    pub deadline: Duration,
    /// How late a poll or a detection may be.
    pub late_tolerance: Duration,
}

impl Evidence {
    /// Sorts the events of a run. Pair n met in the n-th of the `rooms`, counted from 1.
    pub fn of(events: &[Event], rooms: &[String], plan: &Plan) -> Self {
        let mut of_pairs: Vec<Vec<&Event>> = vec![Vec::new(); rooms.len()];
        let (mut counts, mut served) = (Vec::new(), None);
        for event in events {
            match (&event.what, event.who) {
                (What::Counted(count), _) => counts.push(count.clone()),
                (What::Served(traffic), _) => served = Some(*traffic),
                (_, Some(who)) => {
                    if let Some(of_pair) = who.pair.checked_sub(1).and_then(|index| of_pairs.get_mut(index)) {
                        of_pair.push(event);
                    }
                }
                _ => {}
            }
        }
        let stories =
            of_pairs.into_iter().zip(rooms).zip(1..).map(|((events, room), pair)| Story::tell(pair, room, events));
        Self {
            stories: stories.collect(),
            counts,
            served,
            ice: plan.ice,
            scenario: plan.scenario.clone(),
            // What a peer makes of a shorter one.
            poll_interval: plan.poll_interval.max(signaling::poller::MIN_POLL_INTERVAL),
            schedule: plan.schedule,
            deadline: plan.deadline,
            late_tolerance: plan.late_tolerance,
        }
    }

    /// What it says of one of its pairs alone.
    pub(crate) fn of_pair(&self, story: &Story) -> Self {
        let stories = vec![story.clone()];
        Self { stories, counts: Vec::new(), served: None, scenario: self.scenario.clone(), ..*self }
    }

    /// When an initiator should poll whose offer was ready at that moment.
    pub(crate) fn beat(&self, story: &Story, ready: Duration) -> Beat {
        Beat::new(self.schedule, self.poll_interval, ready, story.end())
    }

    /// Every visit that the scenario asks for in every pair, with what is known of it and how it should end.
    pub(super) fn visits(&self) -> impl Iterator<Item = (Who, Option<&Part>, Ends)> {
        self.stories.iter().flat_map(|story| {
            let visits = self.scenario.seats().flat_map(|(seat, peer)| {
                let numbered = peer.visits.iter().zip(1..);
                numbered.map(move |(visit, number): (&Visit, u32)| (seat, number, visit.ends()))
            });
            visits.map(|(seat, visit, ends): (Seat, u32, Ends)| {
                let who = Who { pair: story.pair, seat, visit };
                (who, story.parts.iter().find(|part| part.who == who), ends)
            })
        })
    }

    /// Every part that was played.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Story, &Part)> {
        self.stories.iter().flat_map(|story| story.parts.iter().map(move |part| (story, part)))
    }

    /// The counts of what `wanted` says, before the run and after it.
    pub(super) fn before_and_after(&self, wanted: impl Fn(&Resource) -> bool) -> Vec<(&Count, Option<&Count>)> {
        let before = self.counts.iter().filter(|count| count.moment == Moment::Before && wanted(&count.resource));
        let after = |before: &Count| {
            self.counts.iter().find(|count| count.moment == Moment::After && count.resource == before.resource)
        };
        before.map(|before| (before, after(before))).collect()
    }
}
