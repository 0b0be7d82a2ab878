//! Which addresses a packet may be sent to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether this is the address of one machine that can be reached. An IPv4 address in IPv6 form counts as IPv4.
pub(crate) fn is_of_one_machine(address: IpAddr) -> bool {
    match address.to_canonical() {
        // All of `0.0.0.0/8` means "this network".
        IpAddr::V4(v4) => v4.octets()[0] != 0 && !v4.is_multicast() && v4 != Ipv4Addr::BROADCAST,
        // The address of a link means nothing without the name of the link, which no description may have.
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_multicast() && !v6.is_unicast_link_local() && !is_old(v6),
    }
}

/// An IPv4 address in the form that IPv6 had for it at first, such as `::192.0.2.1`.
fn is_old(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [0, 0, 0, 0, 0, 0, ..]) && address != Ipv6Addr::LOCALHOST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_to_an_address_that_is_not_of_one_machine() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "239.255.255.250",
            "::",
            "ff02::1",
            "ff0e::1",
            "fe80::1",
            "::192.0.2.1",
            "::ffff:0.0.0.0",
            "::ffff:255.255.255.255",
            "::ffff:224.0.0.251",
        ];
        for text in refused {
            assert!(!is_of_one_machine(text.parse().unwrap()), "{text}");
        }
        for text in [
            "127.0.0.1",
            "192.168.1.255",
            "203.0.113.7",
            "10.0.0.1",
            "::1",
            "2001:db8::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(is_of_one_machine(text.parse().unwrap()), "{text}");
        }
    }
}
