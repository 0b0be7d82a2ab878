//! The settings of the `webrtc` crate's ICE: servers, intervals, and how soon it selects a path.

use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::peer_connection::transport::RTCDtlsRole;
use webrtc::peer_connection::{
    RTCConfiguration, RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy, SettingEngine, SettingEngineBuilder,
};

use super::receive_window::SCTP_WINDOW_BYTES;
use super::remote_description::DtlsRole;
use crate::ice_config::IceConfig;
use crate::sdp::Sdp;
use crate::transport::error::TransportError;

/// How long nothing may arrive over an open channel until it counts as interrupted.
pub const INTERRUPTED_AFTER: Duration = Duration::from_secs(5);

/// How often each side of an open channel asks whether the other is still there.
const KEEPALIVE: Duration = Duration::from_secs(2);

/// How often an initiator tries each path until one is selected. The selection is at such a moment too, so this is most of
/// the time that a connection over a relay takes.
const INITIATOR_TRIES_EVERY: Duration = Duration::from_millis(20);

/// How often a recipient tries each path. It answers each check of the initiator with a check at once; further checks only
/// keep its NAT open until the initiator has found the answer, which may take a poll interval.
const RECIPIENT_TRIES_EVERY: Duration = Duration::from_millis(200);

/// How long a path over a NAT waits for a direct path. On one network both are found within a few milliseconds.
const REFLEXIVE_WAIT: Duration = Duration::from_millis(40);

/// How long a relay waits for a better path. The NATs of both sides are open to such a path after one round trip; this is
/// enough for one around the world, tried twice.
const RELAY_WAIT: Duration = Duration::from_millis(500);

/// The two sides of ICE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The side that made the offer; it selects the path.
    Initiator,
    /// The side that answers, with its role in DTLS.
    Recipient(DtlsRole),
}

/// The servers, and which candidates may be used.
pub(super) fn configuration(ice: &IceConfig) -> Result<RTCConfiguration, TransportError> {
    let checked = ice.clone().checked().map_err(|error| TransportError::local("use the ICE servers", error))?;
    let servers = checked.servers.into_iter().map(|server| RTCIceServer {
        urls: server.urls,
        username: server.username,
        credential: server.credential,
    });
    let policy = if ice.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
    Ok(RTCConfigurationBuilder::new().with_ice_servers(servers.collect()).with_ice_transport_policy(policy).build())
}

/// How ICE looks for a path. It continues for longer than the patience of `ice`: the session ends it.
pub(super) fn settings(ice: &IceConfig, side: Side) -> SettingEngine {
    let tries_every = match side {
        Side::Initiator => INITIATOR_TRIES_EVERY,
        Side::Recipient(_) => RECIPIENT_TRIES_EVERY,
    };
    let answering_role = match side {
        Side::Initiator => RTCDtlsRole::Auto,
        Side::Recipient(DtlsRole::Client) => RTCDtlsRole::Client,
        Side::Recipient(DtlsRole::Server) => RTCDtlsRole::Server,
    };
    // Where only relays may be used there is nothing to wait for: both sides' candidates are relays, and a relay seen
    // through another one is peer-reflexive.
    let wait = |usual| Some(if ice.relay_only { Duration::ZERO } else { usual });
    SettingEngineBuilder::new()
        // mDNS would open port 5353 for each connection, and fails where only loopback exists.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        // Zero means that ICE itself never gives up. It has one limit for a search and for an open channel, and the
        // first may take as long as a poll interval and the second may not.
        .with_ice_timeouts(Some(INTERRUPTED_AFTER), Some(Duration::ZERO), Some(KEEPALIVE))
        .with_ice_connection_attempts(Some(tries_every), Some(tries(ice.patience, tries_every)))
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(SctpMaxMessageSize::MAX_MESSAGE_SIZE))
        .with_sctp_max_receive_buffer_size(SCTP_WINDOW_BYTES)
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(wait(REFLEXIVE_WAIT))
        .with_prflx_acceptance_min_wait(wait(REFLEXIVE_WAIT))
        .with_relay_acceptance_min_wait(wait(RELAY_WAIT))
        .with_answering_dtls_role(answering_role)
        .build()
}

/// How many failed checks exclude a path: as many as fit into the patience.
fn tries(patience: Duration, every: Duration) -> u16 {
    let tries = patience.as_millis() / every.as_millis().max(1) + 1;
    // The crate counts one more than this, in the same type.
    u16::try_from(tries).unwrap_or(u16::MAX).min(u16::MAX - 1)
}

/// Fails if a relay-only description has no relay candidate: with such a description the other peer could only wait.
pub(super) fn demand_relay(sdp: &Sdp, ice: &IceConfig) -> Result<(), TransportError> {
    let is_relay = |line: &str| line.starts_with("a=candidate:") && line.contains(" typ relay");
    if !ice.relay_only || sdp.as_str().lines().any(is_relay) {
        return Ok(());
    }
    let urls = ice.servers.iter().flat_map(|server| &server.urls);
    Err(TransportError::NoRelay { servers: urls.filter(|url| is_turn(url)).cloned().collect() })
}

fn is_turn(url: &str) -> bool {
    url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("turn"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ice_config::IceServer;

    #[test]
    fn only_the_turn_servers_are_blamed_for_a_missing_relay() {
        let server = |url: &str| IceServer { urls: vec![url.to_owned()], ..IceServer::default() };
        let blamed = |urls: &[&str]| {
            let servers = urls.iter().map(|url| server(url)).collect();
            let host = Sdp::new("a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host\r\n");
            let ice = IceConfig { servers, relay_only: true, ..IceConfig::default() };
            demand_relay(&host, &ice).unwrap_err().to_string()
        };
        let refused = "no relay candidate: the TURN server at turn:a refused or did not answer";
        assert_eq!(blamed(&["stun:b", "turn:a"]), refused);
        let both = "no relay candidate: the TURN servers at turn:a and turns:b refused or did not answer";
        assert_eq!(blamed(&["turn:a", "turns:b"]), both);
    }

    #[test]
    fn a_path_is_tried_for_as_long_as_patience_lasts_and_the_count_never_overflows() {
        assert_eq!(tries(Duration::from_secs(30), RECIPIENT_TRIES_EVERY), 151);
        assert_eq!(tries(Duration::ZERO, INITIATOR_TRIES_EVERY), 1);
        assert_eq!(tries(Duration::MAX, INITIATOR_TRIES_EVERY), u16::MAX - 1);
    }
}
