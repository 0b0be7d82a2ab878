//! What checks are given: the events of a run, and what it was told.

use std::time::Duration;

use crate::event::{Count, Event, Moment, Resource, What};
use crate::settings::Settings;
use crate::story::Story;

/// The events of a run, sorted by pair, and the settings that checks go by.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What happened to each pair.
    pub stories: Vec<Story>,
    /// What was counted.
    pub counts: Vec<Count>,
    /// The time between two polls that was asked for.
    pub poll_interval: Duration,
    /// How late a poll or a detection may be.
    pub late_tolerance: Duration,
}

impl Evidence {
    /// Sorts the events of a run. Pair n met in the n-th of the `rooms`, counted from 1.
    pub fn of(events: &[Event], rooms: &[String], settings: &Settings) -> Self {
        let mut of_pairs: Vec<Vec<&Event>> = vec![Vec::new(); rooms.len()];
        let mut counts = Vec::new();
        for event in events {
            match (&event.what, event.who) {
                (What::Counted(count), _) => counts.push(count.clone()),
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
            // What a peer makes of a shorter one.
            poll_interval: settings.poll_interval.max(signaling::poller::MIN_POLL_INTERVAL),
            late_tolerance: settings.late_tolerance_kept(),
        }
    }

    /// What it says of one of its pairs alone.
    pub(crate) fn of_pair(&self, story: &Story) -> Self {
        Self {
            stories: vec![story.clone()],
            counts: Vec::new(),
            poll_interval: self.poll_interval,
            late_tolerance: self.late_tolerance,
        }
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
