//! An estimate of what has arrived and is not read.

use std::time::{Duration, Instant};

use super::datagram::Class;

/// How many bytes may have arrived that are not read, with the 16 bytes of each chunk's header; then the other side's
/// [`send`](crate::transport::Channel::send) waits.
pub const RECEIVE_BUFFER_BYTES: usize = 448 * 1024;

/// How many bytes of chunks the crate may hold at most.
const CRATE_BYTES_MAX: u64 = 600_000;

/// The least bytes of a chunk: its header, and a byte with its padding.
pub(super) const CHUNK_BYTES_MIN: u64 = 20;

// SCTP can number this many messages.
const _: () = assert!(CRATE_BYTES_MAX / CHUNK_BYTES_MIN < 32_768);

/// While a reader pauses, a datagram is let in this often: an SCTP sender to whom nothing is acknowledged gives up, some
/// after 12 seconds.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// How many bytes may wait to be read at most, with those in small datagrams, which may be acknowledgements and are not held back, and
/// with those that were let in while the reader paused. From probes alone it takes about an hour.
pub(super) const WAITING_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// After this time without data, nothing that arrived waits behind a gap: what is missing was sent again.
const GAP_WAIT: Duration = Duration::from_secs(1);

/// The estimate. The parts of what is in the crate are too high rather than too low.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// How many bytes of chunks were taken from the crate and wait to be read.
    waiting: u64,
    /// How many bytes of chunks in larger datagrams the crate may hold.
    data: u64,
    /// How many in small datagrams.
    small: u64,
    /// When data passed last.
    passed_at: Option<Instant>,
    /// When a message was taken last.
    taken_at: Option<Instant>,
}

impl Unread {
    pub(super) fn has_space(&self, class: Class) -> bool {
        let in_crate = self.data + self.small;
        match class {
            Class::NoData => true,
            Class::Small(bytes) => in_crate + bytes <= CRATE_BYTES_MAX && !self.is_full(),
            Class::Data(bytes) | Class::Full(bytes) => self.waiting + in_crate + bytes <= RECEIVE_BUFFER_BYTES as u64,
        }
    }

    /// Whether one datagram may pass though there is no space.
    pub(super) fn may_probe(&self, now: Option<Instant>) -> bool {
        // It is the reader who pauses: the crate has nothing.
        let is_reader = self.data == 0 && self.small < CRATE_BYTES_MAX;
        is_reader && !self.is_full() && is_since(PROBE_EVERY, self.passed_at, now)
    }

    /// A datagram passed as a probe.
    pub(super) fn probed(&mut self, now: Option<Instant>) {
        self.passed_at = now;
    }

    pub(super) fn passed(&mut self, class: Class, now: Option<Instant>) {
        match class {
            Class::NoData => {}
            // It may be an acknowledgement, which says nothing about the data of the other side.
            Class::Small(bytes) => self.small += bytes,
            Class::Data(bytes) | Class::Full(bytes) => {
                self.data += bytes;
                self.passed_at = now;
            }
        }
    }

    pub(super) fn taken(&mut self, chunks: u64, now: Option<Instant>) {
        self.waiting += chunks;
        // An eighth more: acknowledgements that come with data count as data, and would add up.
        let left_crate = chunks + chunks / 8;
        let of_small = left_crate.saturating_sub(self.data);
        self.data = self.data.saturating_sub(left_crate);
        self.small = self.small.saturating_sub(of_small);
        self.taken_at = now;
    }

    pub(super) fn read(&mut self, chunks: u64) {
        self.waiting = self.waiting.saturating_sub(chunks);
    }

    /// The crate has no message that is complete.
    pub(super) fn nothing_is_complete(&mut self, now: Option<Instant>) {
        self.small = 0;
        if is_since(GAP_WAIT, self.passed_at.max(self.taken_at), now) {
            self.data = 0;
        }
    }

    /// Whether it may be too high.
    pub(super) fn may_be_wrong(&self) -> bool {
        self.data + self.small > 0
    }

    /// Whether more waits than a probe may add to: then no message is taken from the crate.
    pub(super) fn is_full(&self) -> bool {
        self.waiting >= WAITING_BYTES_MAX
    }
}

/// Whether it was at least so long ago.
fn is_since(long: Duration, then: Option<Instant>, now: Option<Instant>) -> bool {
    now.zip(then).is_some_and(|(now, then)| now.saturating_duration_since(then) >= long)
}
