//! What became of handles that are not live any more: for the person whose app used one.

use std::collections::VecDeque;

use crate::call::HandleKind;

/// Of how many handles it is kept how they ended: the last ones.
const ENDS_MAX: usize = 1_000;

/// How a handle ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// An app dropped it.
    Dropped,
    /// Newer ones took its place.
    Displaced,
}

/// Why a handle is unknown to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandleFate {
    /// No handle has had this number since the launcher started; the last one had the other number.
    NeverMade(u64),
    /// It is live, and of this kind.
    OfKind(HandleKind),
    /// It belongs to another account.
    OfAnotherAccount,
    /// How it ended.
    Ended(End),
    /// All handles were lost: by a fault, or through the control plane.
    AllLost,
    /// It ended too long ago.
    LongGone,
}

/// How the last handles ended.
#[derive(Debug, Default)]
pub struct LostHandles {
    ends: VecDeque<(u64, End)>,
    /// Whether it is not known any more how some handle ended.
    has_forgotten: bool,
    /// All handles below this number were lost at once.
    all_below: u64,
}

impl LostHandles {
    /// Notes how a handle ended.
    pub fn add(&mut self, number: u64, end: End) {
        self.ends.push_back((number, end));
        if self.ends.len() > ENDS_MAX {
            self.has_forgotten = true;
            self.ends.pop_front();
        }
    }

    /// Notes that all handles below `next` were lost.
    pub fn all(&mut self, next: u64) {
        self.all_below = next;
    }

    /// How a handle ended that was live once.
    pub fn fate(&self, number: u64) -> HandleFate {
        match self.ends.iter().rev().find(|(ended, _)| *ended == number) {
            Some((_, end)) => HandleFate::Ended(*end),
            None if number < self.all_below && !self.has_forgotten => HandleFate::AllLost,
            None => HandleFate::LongGone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_lost_at_once_are_told_from_those_that_ended_before() {
        let mut lost = LostHandles::default();
        lost.add(2, End::Dropped);
        lost.all(5);
        assert_eq!((lost.fate(1), lost.fate(2)), (HandleFate::AllLost, HandleFate::Ended(End::Dropped)));
    }

    #[test]
    fn the_last_ends_are_known() {
        let mut lost = LostHandles::default();
        for number in 1..=ENDS_MAX as u64 + 1 {
            lost.add(number, End::Displaced);
        }
        assert_eq!(lost.fate(1), HandleFate::LongGone);
        assert_eq!(lost.fate(2), HandleFate::Ended(End::Displaced));
        lost.all(5);
        assert_eq!((lost.fate(1), lost.fate(2)), (HandleFate::LongGone, HandleFate::Ended(End::Displaced)));
    }
}
