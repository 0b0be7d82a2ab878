//! The SCTP of the `webrtc` crate alone: two associations that pass each other packets in memory, for what
//! `docs/upstream-webrtc.md` says in §7, §8 and §10. It takes a few seconds.
//!
//! ```text
//! cargo run --release -p suite --example bare_sctp
//! ```
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has nothing to print")]

use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rtc::sctp::{
    Association, ClientConfig, DatagramEvent, Endpoint, Payload, PayloadProtocolIdentifier, ServerConfig, Stream,
    TransportConfig,
};
use rtc::shared::TransportProtocol;

const STREAM: u16 = 1;

/// The largest message that the receiver takes, in bytes.
const MESSAGE_MAX: u32 = 65_536;

/// The size of a message that is too large, in bytes.
const LARGE_BYTES: usize = 60_000_000;

/// One side of an association.
struct Side {
    endpoint: Endpoint,
    association: Option<Association>,
}

/// Each side is at the same address: packets go from one to the other by hand.
fn address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 5000).into()
}

impl Side {
    /// As the crate makes it for a DTLS client (no configuration as a server), or for a DTLS server.
    fn new(server: Option<ServerConfig>) -> Self {
        let endpoint = Endpoint::new(address(), TransportProtocol::UDP, Arc::default(), server.map(Arc::new));
        Self { endpoint, association: None }
    }

    fn server() -> Self {
        Self::new(Some(ServerConfig::new(TransportConfig::default().with_max_message_size(MESSAGE_MAX))))
    }

    /// A side that has begun an association, and would send a message of any size.
    fn connecting(now: Instant) -> Self {
        let mut side = Self::new(None);
        let config = ClientConfig::new(TransportConfig::default().with_max_message_size(u32::MAX));
        side.association = Some(side.endpoint.connect(now, config, address()).unwrap().1);
        side
    }

    /// What it sends now.
    fn packets(&mut self, now: Instant) -> Vec<Bytes> {
        let mut packets = Vec::new();
        let association = self.association.as_mut();
        for transmit in
            association.into_iter().flat_map(|association| std::iter::from_fn(|| association.poll_transmit(now)))
        {
            if let Payload::RawEncode(encoded) = transmit.message {
                packets.extend(encoded);
            }
        }
        packets
    }

    /// Passes it packets. Returns whether it took each.
    fn take(&mut self, now: Instant, packets: Vec<Bytes>) -> bool {
        let mut took_each = true;
        for packet in packets {
            match self.endpoint.handle(now, address(), None, packet) {
                Some((_, DatagramEvent::NewAssociation(association))) => self.association = Some(association),
                Some((_, DatagramEvent::AssociationEvent(event))) => {
                    self.association.as_mut().unwrap().handle_event(event);
                }
                _ => took_each = false,
            }
        }
        took_each
    }

    fn stream(&mut self) -> Stream<'_> {
        self.association.as_mut().unwrap().stream(STREAM).unwrap()
    }

    /// Lets its next timer expire.
    fn timer(&mut self, now: &mut Instant) {
        let association = self.association.as_mut().unwrap();
        if let Some(at) = association.poll_timeout() {
            *now = at.max(*now);
            association.handle_timeout(*now);
        }
    }
}

/// Passes packets until neither side sends one.
fn exchange(now: Instant, one: &mut Side, other: &mut Side) {
    loop {
        let (there, back) = (one.packets(now), other.packets(now));
        if there.is_empty() && back.is_empty() {
            return;
        }
        other.take(now, there);
        one.take(now, back);
    }
}

/// Two sides whose association is there, and the stream of the first.
fn associated(now: Instant) -> (Side, Side) {
    let (mut sender, mut receiver) = (Side::connecting(now), Side::server());
    exchange(now, &mut sender, &mut receiver);
    sender.association.as_mut().unwrap().open_stream(STREAM, PayloadProtocolIdentifier::Binary).unwrap();
    (sender, receiver)
}

/// The memory of this process, in megabytes.
fn resident_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"));
    kilobytes.unwrap().trim().parse::<u64>().unwrap() / 1_000
}

fn main() -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let mut now = tokio::time::Instant::now().into_std();

    let init = Side::connecting(now).packets(now);
    let is_taken = Side::new(None).take(now, init);
    writeln!(stdout, "the endpoint of a DTLS client takes the INIT of the other side: {is_taken}")?;

    let (mut sender, mut receiver) = associated(now);
    sender
        .stream()
        .write_sctp(now, &Bytes::from_static(b"the last message"), PayloadProtocolIdentifier::Binary)
        .unwrap();
    let message = sender.packets(now);
    sender.stream().stop(now).unwrap();
    let reset = sender.packets(now);
    receiver.take(now, reset);
    receiver.take(now, message);
    let mut stream = receiver.stream();
    let bytes = stream.read_sctp().unwrap().unwrap().len();
    let next = stream.read_sctp().unwrap_err();
    writeln!(
        stdout,
        "a reset that arrives before the last message: a read returns its {bytes} bytes, the next {next:?}"
    )?;

    let (mut sender, mut receiver) = associated(now);
    let message = Bytes::from(vec![7; LARGE_BYTES]);
    sender.stream().write_sctp(now, &message, PayloadProtocolIdentifier::Binary).unwrap();
    let before = resident_megabytes();
    while sender.stream().buffered_amount().unwrap() > 0 {
        exchange(now, &mut sender, &mut receiver);
        receiver.timer(&mut now);
        sender.timer(&mut now);
    }
    let after = resident_megabytes();
    writeln!(
        stdout,
        "resident memory before a message of {LARGE_BYTES} bytes arrives: {before} MB; after: {after} MB"
    )?;
    let refused = receiver.stream().read_sctp().unwrap().unwrap().to_payload(MESSAGE_MAX as usize).unwrap_err();
    writeln!(stdout, "the message, to a receiver whose limit is {MESSAGE_MAX} bytes: {refused:?}")
}
