//! Where the other peer is: addresses to which this side answered a check of the path, which the crate does only if the check
//! proves the password of its description, and to which it sends data. Data from elsewhere are not of this connection.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use parking_lot::Mutex;

/// How many addresses are known at a time. The other peer may have one for each of its networks, and a relay.
const ADDRESSES_MAX: usize = 64;

/// The addresses of one connection, the latest last. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct PeerAddresses(Arc<Mutex<Vec<(IpAddr, u16)>>>);

impl PeerAddresses {
    /// This side sends a datagram there.
    pub(super) fn sent(&self, datagram: &[u8], to: SocketAddr) {
        if !is_for_peer(datagram) {
            return;
        }
        let address = canonical(to);
        let mut known = self.0.lock();
        if known.last() == Some(&address) {
            return;
        }
        known.retain(|other| *other != address);
        if known.len() >= ADDRESSES_MAX {
            known.remove(0);
        }
        known.push(address);
    }

    pub(super) fn contains(&self, address: SocketAddr) -> bool {
        self.0.lock().contains(&canonical(address))
    }
}

/// Whether a datagram is for the other peer or its relay, and not a check or a request to a server that anybody could cause.
fn is_for_peer(datagram: &[u8]) -> bool {
    match datagram {
        // The answer to a check (RFC 8489), and a send indication to a TURN server (RFC 8656).
        [0x01, 0x01, ..] | [0x00, 0x16, ..] => true,
        // DTLS, and channel data of TURN (RFC 7983).
        [first, ..] => matches!(first, 20..=79),
        [] => false,
    }
}

/// A socket for IPv6 may show an IPv4 address as one of IPv6.
fn canonical(address: SocketAddr) -> (IpAddr, u16) {
    (address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const RECORD: [u8; 4] = [0x17, 0xfe, 0xfd, 0x00];

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn an_address_is_known_once_a_check_from_there_was_answered_or_data_were_sent_there() {
        for (datagram, is_known) in
            [([22, 254], true), ([0x40, 0], true), ([0, 0x16], true), ([1, 1], true), ([0, 1], false), ([1, 3], false)]
        {
            let addresses = PeerAddresses::default();
            addresses.sent(&datagram, address(5));
            assert_eq!(addresses.contains(address(5)), is_known, "{datagram:?}");
            let mapped = SocketAddr::new(IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped()), 5);
            assert_eq!(addresses.contains(mapped), is_known, "{datagram:?}");
        }
        PeerAddresses::default().sent(&[], address(5));
    }

    #[test]
    fn the_latest_addresses_are_known() {
        let addresses = PeerAddresses::default();
        let most = u16::try_from(ADDRESSES_MAX).unwrap();
        for port in (1..=most).chain([1, most + 1]) {
            addresses.sent(&RECORD, address(port));
        }
        let forgotten: Vec<u16> = (1..=most + 1).filter(|port| !addresses.contains(address(*port))).collect();
        assert_eq!(forgotten, [2]);
    }
}
