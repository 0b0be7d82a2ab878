//! An estimate of what has arrived and is not read.

use std::time::{Duration, Instant};

use super::datagram::Class;

/// How many bytes may have arrived that are not read, with the 16 bytes of each chunk's header; then the other side's
/// [`send`](crate::transport::Channel::send) waits.
pub const RECEIVE_BUFFER_BYTES: usize = 448 * 1024;

/// How many may be unread with small datagrams: acknowledgements too are among them.
const UNREAD_BYTES_OF_ALL: u64 = 600_000;

/// The least bytes of a chunk: its header, and a byte with its padding.
pub(super) const CHUNK_BYTES_MIN: u64 = 20;

// SCTP can number this many messages that are not read.
const _: () = assert!(UNREAD_BYTES_OF_ALL / CHUNK_BYTES_MIN < 32_768);

/// While a reader pauses, a datagram is let in this often: an SCTP sender to whom nothing is acknowledged gives up, some
/// after 12 seconds.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// How many bytes may wait to be read at most, with those that were let in while the reader paused. With large messages it is
/// reached after about an hour.
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
    /// When data arrived or were taken last.
    changed_at: Option<Instant>,
}

impl Unread {
    pub(super) fn has_space(&self, class: Class) -> bool {
        let unread = self.waiting + self.data + self.small;
        match class {
            Class::NoData => true,
            Class::Small(bytes) => unread + bytes <= UNREAD_BYTES_OF_ALL,
            Class::Data(bytes) | Class::Full(bytes) => unread + bytes <= RECEIVE_BUFFER_BYTES as u64,
        }
    }

    /// Whether one datagram may pass though there is no space.
    pub(super) fn may_probe(&self, now: Option<Instant>) -> bool {
        let is_due = |(now, last): (Instant, Instant)| now.saturating_duration_since(last) >= PROBE_EVERY;
        // It is the reader who pauses: the crate has nothing.
        let is_reader = self.data == 0 && self.small < UNREAD_BYTES_OF_ALL;
        is_reader && self.waiting < WAITING_BYTES_MAX && now.zip(self.changed_at).is_some_and(is_due)
    }

    pub(super) fn passed(&mut self, class: Class, now: Option<Instant>) {
        match class {
            Class::NoData => return,
            Class::Small(bytes) => self.small += bytes,
            Class::Data(bytes) | Class::Full(bytes) => self.data += bytes,
        }
        self.changed_at = now;
    }

    pub(super) fn taken(&mut self, chunks: u64, now: Option<Instant>) {
        self.waiting += chunks;
        // An eighth more: acknowledgements that come with data count as data, and would add up.
        let left_crate = chunks + chunks / 8;
        let of_small = left_crate.saturating_sub(self.data);
        self.data = self.data.saturating_sub(left_crate);
        self.small = self.small.saturating_sub(of_small);
        self.changed_at = now;
    }

    pub(super) fn read(&mut self, chunks: u64) {
        self.waiting = self.waiting.saturating_sub(chunks);
    }

    /// The crate has no message that is complete.
    pub(super) fn nothing_is_complete(&mut self, now: Option<Instant>) {
        self.small = 0;
        let is_old = |(now, last): (Instant, Instant)| now.saturating_duration_since(last) >= GAP_WAIT;
        if now.zip(self.changed_at).is_some_and(is_old) {
            self.data = 0;
        }
    }

    /// Whether it may be too high.
    pub(super) fn may_be_wrong(&self) -> bool {
        self.data + self.small > 0
    }

    /// Whether more waits than a probe may add to: then no message is taken from the crate.
    pub(super) fn is_full(&self) -> bool {
        self.waiting > WAITING_BYTES_MAX
    }
}
