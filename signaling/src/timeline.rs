//! When each phase of a meeting happened. The driver writes it; tests and reports read it.

use tokio::time::Instant;

/// The largest number of polls whose times are kept. Later polls are only counted.
pub const MAX_RECORDED_POLLS: usize = 4096;

/// The moments of one meeting; `None` for what did not happen.
///
/// The moments are of tokio's clock, not of [`std::time::Instant`]: under a paused clock they agree with
/// `tokio::time::sleep`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeline {
    /// The call of `meet`.
    pub joined: Instant,
    /// The launcher gave a session.
    pub authorised: Option<Instant>,
    /// The room was read: there was an offer, or none.
    pub room_read: Option<Instant>,
    /// The offer or the answer was complete. An initiator's polls are counted from here.
    pub description_ready: Option<Instant>,
    /// The offer or the answer was stored.
    pub published: Option<Instant>,
    /// Each poll, from its first request to its last: at most [`MAX_RECORDED_POLLS`] of them.
    pub polls: Vec<Poll>,
    /// How many polls there were.
    pub poll_count: u64,
    /// The answer was given to the transport.
    pub answer_taken: Option<Instant>,
    /// The data channel was open.
    pub opened: Option<Instant>,
}

/// One poll of an initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Poll {
    /// Its first request was sent.
    pub started: Instant,
    /// The end of the poll, with any result. `None` if the meeting ended first.
    pub ended: Option<Instant>,
}

impl Timeline {
    pub(crate) fn new(joined: Instant) -> Self {
        Self {
            joined,
            authorised: None,
            room_read: None,
            description_ready: None,
            published: None,
            polls: Vec::new(),
            poll_count: 0,
            answer_taken: None,
            opened: None,
        }
    }

    pub(crate) fn poll_started(&mut self, now: Instant) {
        self.poll_count += 1;
        if self.polls.len() < MAX_RECORDED_POLLS {
            self.polls.push(Poll { started: now, ended: None });
        }
    }

    pub(crate) fn poll_ended(&mut self, now: Instant) {
        if let Some(poll) = self.polls.last_mut() {
            poll.ended.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_beyond_the_bound_are_counted_and_not_kept() {
        let now = Instant::now();
        let mut timeline = Timeline::new(now);
        for _ in 0..=MAX_RECORDED_POLLS {
            timeline.poll_started(now);
            timeline.poll_ended(now);
        }
        assert_eq!(timeline.polls.len(), MAX_RECORDED_POLLS);
        assert_eq!(timeline.poll_count, MAX_RECORDED_POLLS as u64 + 1);
    }
}
