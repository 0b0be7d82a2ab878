//! When a DTLS server takes the first records of the handshake.
//!
//! The other side may know the path first, and begins the handshake at once. The `webrtc` crate drops records until it has selected
//! a path itself, and most stacks send them again only after a second, so they wait here. They also wait for a moment longer:
//! libdatachannel connects before it has stored the description that it is given, and takes a handshake that is over by then for one
//! with a wrong certificate.

use std::time::{Duration, Instant};

/// How long the records wait once a path is selected.
const MOMENT: Duration = Duration::from_millis(50);

/// Whether records of DTLS pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum HandshakeGate {
    /// They do not: there is no path.
    Closed,
    /// There is a path.
    Opening {
        /// From the first time that is known.
        since: Option<Instant>,
    },
    /// They do.
    #[default]
    Open,
}

impl HandshakeGate {
    /// Whether a datagram waits. Records of DTLS begin with 20 to 63 (RFC 7983).
    pub(super) fn holds(self, datagram: &[u8]) -> bool {
        self != Self::Open && matches!(datagram, [20..=63, ..])
    }

    /// The crate has selected a path.
    pub(super) fn path_is_selected(&mut self) {
        if *self == Self::Closed {
            *self = Self::Opening { since: None };
        }
    }

    /// Opens if the moment is over. Returns how long it still takes, once a path is selected.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Duration> {
        let Self::Opening { since } = self else { return None };
        let since = *since.get_or_insert(now);
        let left = MOMENT.saturating_sub(now.saturating_duration_since(since));
        if left.is_zero() {
            *self = Self::Open;
            return None;
        }
        Some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: [u8; 4] = [0x16, 0xfe, 0xfd, 0x00];

    #[test]
    fn records_wait_until_a_path_has_been_selected_for_a_moment() {
        let begun = tokio::time::Instant::now().into_std();
        let mut gate = HandshakeGate::Closed;
        assert_eq!(gate.tick(begun + MOMENT), None);
        assert!(gate.holds(&RECORD));
        gate.path_is_selected();
        assert_eq!(gate.tick(begun + MOMENT * 2), Some(MOMENT));
        assert!(gate.holds(&RECORD));
        assert_eq!(gate.tick(begun + MOMENT * 3), None);
        assert!(!gate.holds(&RECORD));
        gate.path_is_selected();
        assert!(!gate.holds(&RECORD));
    }

    #[test]
    fn checks_of_the_path_and_what_a_relay_sends_never_wait() {
        for datagram in [[0x00, 0x01, 0x00, 0x08], [0x00, 0x17, 0x00, 0x08], [0x40, 0x00, 0x00, 0x04]] {
            assert!(!HandshakeGate::Closed.holds(&datagram), "{datagram:?}");
        }
        assert!(!HandshakeGate::Closed.holds(&[]));
    }
}
