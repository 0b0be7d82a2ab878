//! What a datagram may contain. It is encrypted, so its first byte and its size are all that is known.

use std::collections::VecDeque;

use webrtc::runtime::RecvMeta;

/// Datagrams up to this size in bytes may be mere acknowledgements.
const SMALL_DATAGRAM: usize = 250;

/// Datagrams of this size in bytes or more may be fragments of a large message. An acknowledgement of this size would report more
/// than 200 gaps.
const FULL_DATAGRAM: usize = 1_000;

/// The least that DTLS and SCTP add to a datagram, in bytes: 13 and 16, and 12.
pub(super) const DATAGRAM_HEADERS: usize = 41;

/// The header of a TURN data indication with an IPv4 address, in bytes (RFC 8656 §11.6).
const INDICATION_HEADERS: usize = 36;

/// The header of TURN channel data, in bytes (RFC 8656 §12.4).
const CHANNEL_DATA_HEADER: usize = 4;

/// How many bytes of datagrams wait at a socket; further ones are dropped, and the other side sends them again.
const HELD_BYTES: usize = 512 * 1024;

/// The header of a DATA chunk, in bytes.
const CHUNK_HEADER: u64 = 16;

/// No more of a message than this goes into one chunk, in bytes.
const CHUNK_PAYLOAD: u64 = 1_200;

/// The bytes of the chunks of a message. An empty one has a byte.
pub(super) fn chunks(bytes: usize) -> u64 {
    let bytes = bytes.max(1) as u64;
    bytes.next_multiple_of(4) + bytes.div_ceil(CHUNK_PAYLOAD) * CHUNK_HEADER
}

/// What a datagram can contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No data: a check of the path, an answer of a STUN or TURN server, or no datagram of this connection at all.
    NoData,
    /// At most so many bytes of chunks, perhaps acknowledgements only.
    Small(u64),
    /// At most so many bytes of chunks.
    Data(u64),
    /// So many bytes of chunks, perhaps of a message that is cut into several.
    Full(u64),
}

impl Class {
    /// By the first byte (RFC 7983) and the size. `stride` is the size of each of the datagrams in `bytes`.
    pub(super) fn of(bytes: &[u8], stride: usize) -> Self {
        let Some(relay_headers) = relay_headers(bytes) else { return Self::NoData };
        let stride = stride.clamp(1, bytes.len());
        let datagrams = bytes.len().div_ceil(stride);
        let chunks = bytes.len().saturating_sub(datagrams * (DATAGRAM_HEADERS + relay_headers)) as u64;
        if stride <= SMALL_DATAGRAM {
            Self::Small(chunks)
        } else if stride < FULL_DATAGRAM {
            Self::Data(chunks)
        } else {
            Self::Full(chunks)
        }
    }
}

/// How many bytes a TURN server has put before the datagram of the other peer; `None` if it is no such datagram.
fn relay_headers(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [20..=63, ..] => Some(0),
        [64..=79, ..] => Some(CHANNEL_DATA_HEADER),
        [0x00, 0x17, ..] => Some(INDICATION_HEADERS),
        _ => None,
    }
}

/// A datagram, or several of one sender that the kernel put together.
#[derive(Debug)]
pub(in super::super) struct Datagram {
    pub(in super::super) bytes: Vec<u8>,
    pub(in super::super) meta: RecvMeta,
}

/// A socket of a connection.
pub(super) type SocketNumber = u32;

/// The datagrams that wait at one socket.
#[derive(Debug)]
pub(in super::super) struct Held {
    socket: SocketNumber,
    datagrams: VecDeque<Datagram>,
    bytes: usize,
}

impl Held {
    pub(super) fn at(socket: SocketNumber) -> Self {
        Self { socket, datagrams: VecDeque::new(), bytes: 0 }
    }

    pub(super) fn socket(&self) -> SocketNumber {
        self.socket
    }

    pub(in super::super) fn push(&mut self, datagram: Datagram) {
        self.bytes += datagram.bytes.len();
        self.datagrams.push_back(datagram);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    pub(super) fn has_space(&self, bytes: usize) -> bool {
        self.bytes + bytes <= HELD_BYTES
    }

    pub(super) fn first(&self) -> Option<&Datagram> {
        self.datagrams.front()
    }

    pub(super) fn pop(&mut self) -> Option<Datagram> {
        let datagram = self.datagrams.pop_front()?;
        self.bytes -= datagram.bytes.len();
        Some(datagram)
    }

    /// Takes the first one, of several that the kernel put together the first, and drops the others.
    pub(super) fn pop_only(&mut self) -> Option<Datagram> {
        let mut first = self.datagrams.pop_front()?;
        *self = Self::at(self.socket);
        let length = first.meta.stride.clamp(1, first.bytes.len().max(1));
        first.bytes.truncate(length);
        first.meta.len = first.bytes.len();
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_foreign_packets_and_answers_of_servers_contain_no_data() {
        for first in (0..20).chain(80..=255) {
            let bytes = [first; 300];
            assert_eq!(Class::of(&bytes, 300), Class::NoData, "{first}");
        }
        assert_eq!(Class::of(&[], 0), Class::NoData);
    }

    #[test]
    fn data_are_what_is_left_without_the_headers_of_dtls_sctp_and_the_relay() {
        let datagram = |first: u8, bytes: usize| [vec![first, 0x17], vec![0; bytes - 2]].concat();
        assert_eq!(Class::of(&datagram(23, 69), 69), Class::Small(28));
        assert_eq!(Class::of(&datagram(23, 500), 500), Class::Data(459));
        assert_eq!(Class::of(&datagram(23, 1_200), 1_200), Class::Full(1_159));
        assert_eq!(Class::of(&datagram(0x40, 504), 504), Class::Data(459));
        assert_eq!(Class::of(&datagram(0, 536), 536), Class::Data(459));
        // Four of 300 bytes that the kernel put together.
        assert_eq!(Class::of(&datagram(23, 1_200), 300), Class::Data(1_036));
    }
}
