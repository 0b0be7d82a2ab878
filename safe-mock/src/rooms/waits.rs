//! In which rooms a peer waits alone, and in which it did until lately: of two peers in rooms of like names, the one that gives up
//! last shall still learn of the other.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::amounts::length;
use super::nearest::difference;
use crate::escape::Escaped;
use crate::network::DataName;

/// How many waits that ended are kept: the latest.
const ENDED_MAX: usize = 64;

/// A wait that ended without anybody having come.
#[derive(Debug)]
struct Ended {
    room: u64,
    name: Option<String>,
    from: Duration,
    to: Duration,
}

/// A wait in a room: since when, and until when if it is over.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// The number of the room.
    pub room: u64,
    /// The name of the room.
    pub name: Option<&'a str>,
    /// Since when.
    pub from: Duration,
    /// Until when.
    pub to: Option<Duration>,
}

/// The waits of one network.
#[derive(Debug, Default)]
pub struct Waits {
    /// The rooms in which a peer waits alone, by number.
    pub now: BTreeMap<u64, DataName>,
    ended: VecDeque<Ended>,
}

impl Waits {
    /// Notes a wait that is over and was alone.
    pub fn ended(&mut self, wait: Wait<'_>, at: Duration) {
        let Wait { room, name, from, .. } = wait;
        self.ended.push_back(Ended { room, name: name.map(ToOwned::to_owned), from, to: at });
        if self.ended.len() > ENDED_MAX {
            self.ended.pop_front();
        }
    }

    /// Whom a peer has missed that waited in a room of a like name at the same time, as a sentence; `None` if that is nobody.
    pub fn missed(&self, wait: Wait<'_>, now: Duration) -> Option<String> {
        let one = wait.name?;
        let is_other = |ended: &&Ended| ended.room != wait.room;
        let is_at_the_same_time = |ended: &&Ended| ended.to >= wait.from && wait.to.is_none_or(|to| ended.from <= to);
        let mut others = self.ended.iter().rev().filter(is_other).filter(is_at_the_same_time);
        let (ended, name, how) = others.find_map(|ended| {
            let name = ended.name.as_deref()?;
            difference(one, name).map(|how| (ended, name, how))
        })?;
        let (name, ago) = (Escaped(name), length(now.saturating_sub(ended.to)));
        Some(match wait.to {
            None => format!("Another peer waited in the room \"{name}\", {how}, until {ago} ago."),
            Some(_) => format!("At the same time another peer waited in the room \"{name}\", {how}."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn wait(room: u64, name: &str, from: u64, to: Option<u64>) -> Wait<'_> {
        Wait { room, name: Some(name), from: at(from), to: to.map(at) }
    }

    #[test]
    fn only_who_waited_at_the_same_time_in_another_room_of_a_like_name_was_missed() {
        let mut waits = Waits::default();
        waits.ended(wait(1, "room1", 10, None), at(20));
        let missed = |wait| waits.missed(wait, at(22)).is_some();
        assert!(missed(wait(2, "Room1", 12, None)));
        assert!(missed(wait(2, "Room1", 5, Some(11))));
        assert!(!missed(wait(2, "Room1", 21, None)), "it began later");
        assert!(!missed(wait(2, "Room1", 5, Some(9))), "it was over before");
        assert!(!missed(wait(1, "Room1", 12, None)), "it is the same room");
        assert!(!missed(wait(2, "kitchen", 12, None)), "its name is not alike");
        assert!(!missed(Wait { name: None, ..wait(2, "", 12, None) }), "its name is not known");
    }

    #[test]
    fn they_are_bounded_and_the_latest_stay() {
        let mut waits = Waits::default();
        for room in 0..1_000 {
            waits.ended(wait(room, if room < 500 { "kitchen" } else { "room1" }, 0, None), at(1));
        }
        assert_eq!(waits.ended.len(), ENDED_MAX);
        assert!(waits.missed(wait(1_000, "Room1", 0, None), at(1)).is_some());
        assert!(waits.missed(wait(1_000, "Kitchen", 0, None), at(1)).is_none());
    }
}
