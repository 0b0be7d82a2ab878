//! Finds a message that is larger than this side announced. The crate drops such a message and reports nothing, and keeps all
//! fragments of a message that never ends (`docs/upstream-webrtc.md` §8). So it is found by data that arrived and became no message.

use std::time::{Duration, Instant};

use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;

use super::datagram::Class;

/// The largest message that this side receives and sends, in bytes: 256 KiB, as browsers announce, and the most that the `webrtc`
/// crate takes. The other side may announce less.
pub const MAX_MESSAGE_BYTES: usize = SctpMaxMessageSize::MAX_MESSAGE_SIZE as usize;

/// The other side sent a message that is larger than this side announced; the crate drops it, or never ends to assemble it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct TooLarge;

/// How many bytes of full datagrams without a message are certainly no message that is allowed: five times what the window of
/// SCTP lets under way.
const CERTAIN_BYTES: u64 = 2 * 1024 * 1024;

/// The same for datagrams of all sizes that may be data: an upload that loses much has large acknowledgements among them.
const CERTAIN_BYTES_OF_ALL: u64 = 16 * 1024 * 1024;

/// For how long there is more than the largest message until it is certain that no message comes of it. What is lost on a path
/// that works is sent again by then: SCTP waits for 1, 2, 4 and 8 s.
pub(super) const SURPLUS_WAIT: Duration = Duration::from_secs(16);

/// Data that have arrived, less the messages that were taken.
///
/// Data that are sent twice, acknowledgements and headers count as data too. Such errors must not add up, so what arrived is
/// compared with what was taken in one burst after the other: a burst ends with the first datagram after a message. Messages
/// have an order: once one is taken, data of less than a message that arrived before it are errors.
///
/// Two limits are known. A sender that forges the address of the other peer can cause a surplus, since DTLS drops its datagrams only
/// later. And an upload that loses much, over a channel on which nothing at all comes back, reaches the limit of all sizes after some
/// 36,000 large acknowledgements.
#[derive(Debug, Default)]
pub(super) struct Surplus {
    /// Of earlier bursts.
    before: u64,
    /// What arrived in this burst.
    arrived: u64,
    /// What was taken in this burst.
    taken: u64,
    /// How many bytes of datagrams of all sizes have arrived since the last message.
    of_all: u64,
    /// Since when it is larger than the largest message.
    since: Option<Instant>,
    /// Data of further channels are never taken.
    has_further_channels: bool,
}

impl Surplus {
    pub(super) fn passed(&mut self, class: Class) {
        if self.taken > 0 {
            self.end_burst();
        }
        match class {
            Class::NoData | Class::Small(_) => {}
            Class::Data(bytes) => self.of_all += bytes,
            Class::Full(bytes) => {
                self.of_all += bytes;
                self.arrived += bytes;
            }
        }
    }

    pub(super) fn taken(&mut self, chunks: u64) {
        self.taken += chunks;
        self.of_all = 0;
    }

    /// The path was interrupted and is not any more: what was lost is sent again from now on.
    pub(super) fn path_recovered(&mut self) {
        self.since = None;
    }

    pub(super) fn found_further_channel(&mut self) {
        self.has_further_channels = true;
    }

    /// Notes the time. Returns whether it has to be judged.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let surplus = self.before + self.arrived;
        self.since = (surplus > MAX_MESSAGE_BYTES as u64).then(|| self.since.unwrap_or(now));
        let is_old = self.since.is_some_and(|since| now.saturating_duration_since(since) >= SURPLUS_WAIT);
        let is_certain = surplus > CERTAIN_BYTES || self.of_all > CERTAIN_BYTES_OF_ALL;
        (is_old || is_certain) && !self.has_further_channels
    }

    /// Whether only time has to pass until it has to be judged.
    pub(super) fn is_large(&self) -> bool {
        self.since.is_some()
    }

    /// Judges it, when the crate has no message that is complete.
    pub(super) fn judge(&mut self, now: Instant) -> Result<(), TooLarge> {
        self.end_burst();
        if self.is_due(now) { Err(TooLarge) } else { Ok(()) }
    }

    fn end_burst(&mut self) {
        let (arrived, taken) = (std::mem::take(&mut self.arrived), std::mem::take(&mut self.taken));
        let excess = arrived.saturating_sub(taken);
        if taken == 0 {
            self.before += excess;
            return;
        }
        let left = self.before.saturating_sub(taken.saturating_sub(arrived));
        let is_error = left <= MAX_MESSAGE_BYTES as u64;
        let begins_message = excess > taken / 4;
        self.before = if is_error { 0 } else { left } + if begins_message { excess } else { 0 };
    }
}
