//! How many messages may be under way to the other side.
//!
//! The `webrtc` crate counts the bytes that were sent and are not acknowledged. Each message costs it some hundred bytes more,
//! and SCTP numbers messages with 16 bits, so their number is bounded too.

use std::collections::VecDeque;

/// How many bytes may be under way before [`send`](crate::transport::Channel::send) waits, in bytes.
pub const SEND_BUFFER_BYTES: usize = 1024 * 1024;

/// How many messages may be under way before [`send`](crate::transport::Channel::send) waits.
pub const SEND_BUFFER_MESSAGES: usize = 4_096;

/// The messages that were sent and may not have been acknowledged.
#[derive(Debug, Default)]
pub(super) struct SendWindow {
    /// Their lengths, in order.
    sent: VecDeque<u32>,
    /// The sum of these lengths.
    bytes: usize,
    /// How many empty messages were sent since all was acknowledged. The crate sends a byte for each and counts it only when
    /// it is acknowledged, so its sum may be too low by so many.
    empty: usize,
    /// Whether the crate has reported since the last message that all is acknowledged.
    is_drained: bool,
}

impl SendWindow {
    /// Whether a further message may be sent even if nothing is acknowledged since this window was last asked.
    pub(super) fn has_space_for_certain(&self) -> bool {
        self.bytes < SEND_BUFFER_BYTES && self.sent.len() < SEND_BUFFER_MESSAGES
    }

    /// Whether a further message may be sent, when the crate has `outstanding` bytes that are not acknowledged.
    pub(super) fn has_space(&mut self, outstanding: usize) -> bool {
        self.forget_acknowledged(outstanding);
        outstanding < SEND_BUFFER_BYTES && self.sent.len() < SEND_BUFFER_MESSAGES
    }

    /// Whether all messages are acknowledged, when the crate has `outstanding` bytes that are not.
    pub(super) fn is_empty(&mut self, outstanding: usize) -> bool {
        self.forget_acknowledged(outstanding);
        outstanding == 0 && self.empty == 0
    }

    /// A message of so many bytes was sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent.push_back(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.bytes += bytes;
        self.empty += usize::from(bytes == 0);
        self.is_drained = false;
    }

    /// The crate has reported that all is acknowledged.
    pub(super) fn drained(&mut self) {
        self.is_drained = true;
    }

    fn forget_acknowledged(&mut self, outstanding: usize) {
        if outstanding == 0 && (self.empty == 0 || self.is_drained) {
            *self = Self { is_drained: self.is_drained, ..Self::default() };
            return;
        }
        // Messages are acknowledged in order.
        let unacknowledged = outstanding + self.empty;
        while let Some(&first) = self.sent.front() {
            let rest = self.bytes - first as usize;
            if rest < unacknowledged {
                return;
            }
            self.bytes = rest;
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The crate's own count: a byte for an empty message, which is taken off and never added.
    #[derive(Default)]
    struct Crate {
        unacknowledged: VecDeque<usize>,
        outstanding: usize,
    }

    impl Crate {
        fn send(&mut self, bytes: usize) {
            self.unacknowledged.push_back(bytes);
            self.outstanding += bytes;
        }

        fn acknowledge(&mut self) {
            if let Some(bytes) = self.unacknowledged.pop_front() {
                self.outstanding = self.outstanding.saturating_sub(bytes.max(1));
            }
        }
    }

    proptest! {
        #[test]
        fn never_more_messages_are_under_way_than_the_limit_and_all_can_be_sent(
            lengths in proptest::collection::vec(prop_oneof![Just(0_usize), 1..5_usize, 60_000..65_000_usize], 1..300),
            rounds in 1..60_usize,
        ) {
            let (mut window, mut peer) = (SendWindow::default(), Crate::default());
            for round in 0..rounds {
                for length in &lengths {
                    while !window.has_space(peer.outstanding) {
                        peer.acknowledge();
                        if peer.unacknowledged.is_empty() {
                            window.drained();
                        }
                    }
                    peer.send(*length);
                    window.sent(*length);
                    prop_assert!(peer.unacknowledged.len() <= SEND_BUFFER_MESSAGES);
                    if round % 3 == 0 {
                        peer.acknowledge();
                    }
                }
            }
            prop_assert!(peer.unacknowledged.is_empty() || !window.is_empty(peer.outstanding));
        }
    }

    #[test]
    fn empty_messages_count_until_all_is_acknowledged() {
        let mut window = SendWindow::default();
        for _ in 0..SEND_BUFFER_MESSAGES {
            assert!(window.has_space(0));
            window.sent(0);
        }
        assert!(!window.has_space(0));
        assert!(!window.is_empty(0));
        window.drained();
        assert!(window.has_space(0));
        assert!(window.is_empty(0));
    }

    #[test]
    fn a_full_buffer_of_bytes_has_no_space_and_less_has() {
        let mut window = SendWindow::default();
        window.sent(SEND_BUFFER_BYTES);
        assert!(!window.has_space(SEND_BUFFER_BYTES));
        assert!(window.has_space(SEND_BUFFER_BYTES - 1));
    }
}
