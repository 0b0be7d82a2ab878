//! The way that a connection takes.

use std::fmt;
use std::time::Duration;

use rtc::statistics::stats::RTCStatsType;
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidateType, RTCStatsReport, RTCStatsReportEntry, StatsSelector,
};

use super::pace::Pace;

/// The way that a connection takes, as far as its transport knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Path {
    /// How long the last question whether the other side is there took to be answered.
    pub round_trip: Option<Duration>,
    /// What this side sends from. That is [`Host`](CandidateKind::Host) behind a NAT too, unless a relay is used.
    pub local: Option<CandidateKind>,
    /// What this side sends to.
    pub remote: Option<CandidateKind>,
}

/// The kinds of addresses by which ICE reaches a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// An address of its own.
    Host,
    /// The address that its NAT gives it, as a STUN server sees it.
    ServerReflexive,
    /// The address that its NAT gives it, as the other peer sees it.
    PeerReflexive,
    /// An address of a TURN server.
    Relay,
}

impl fmt::Display for CandidateKind {
    /// As session descriptions and browsers name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        })
    }
}

impl CandidateKind {
    fn of(kind: RTCIceCandidateType) -> Option<Self> {
        match kind {
            RTCIceCandidateType::Host => Some(Self::Host),
            RTCIceCandidateType::Srflx => Some(Self::ServerReflexive),
            RTCIceCandidateType::Prflx => Some(Self::PeerReflexive),
            RTCIceCandidateType::Relay => Some(Self::Relay),
            _ => None,
        }
    }
}

/// The way that a peer connection takes just now.
pub(super) async fn path_of(connection: &dyn PeerConnection, pace: &Pace) -> Path {
    use webrtc::runtime::Runtime as _;
    let report = connection.get_stats(pace.now(), StatsSelector::None).await;
    let mut path = Path { round_trip: round_trip(&report), ..Path::default() };
    // The report does not name each candidate that was learnt on the way; the ICE transport knows the pair itself.
    let Some(sctp) = connection.sctp().await else { return path };
    if let Ok(Some(pair)) = sctp.transport().ice_transport().get_selected_candidate_pair().await {
        path.local = CandidateKind::of(pair.local().typ);
        path.remote = CandidateKind::of(pair.remote().typ);
    }
    path
}

fn round_trip(report: &RTCStatsReport) -> Option<Duration> {
    let mut transports = report.iter_by_type(RTCStatsType::Transport);
    let chosen = transports.find_map(|entry| match entry {
        RTCStatsReportEntry::Transport(transport) => Some(&transport.selected_candidate_pair_id),
        _ => None,
    })?;
    match report.get(chosen)? {
        RTCStatsReportEntry::IceCandidatePair(pair) if pair.responses_received > 0 => {
            Duration::try_from_secs_f64(pair.current_round_trip_time).ok()
        }
        _ => None,
    }
}
