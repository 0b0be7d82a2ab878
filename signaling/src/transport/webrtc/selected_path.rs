//! The network path that the `webrtc` crate's ICE has selected.

use std::time::Duration;

use rtc::statistics::stats::RTCStatsType;
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidateType, RTCStatsReport, RTCStatsReportEntry, StatsSelector,
};

use super::boosted_runtime::BoostedRuntime;
use crate::transport::path::{CandidateKind, Path};

fn kind_of(kind: RTCIceCandidateType) -> Option<CandidateKind> {
    match kind {
        RTCIceCandidateType::Host => Some(CandidateKind::Host),
        RTCIceCandidateType::Srflx => Some(CandidateKind::ServerReflexive),
        RTCIceCandidateType::Prflx => Some(CandidateKind::PeerReflexive),
        RTCIceCandidateType::Relay => Some(CandidateKind::Relay),
        _ => None,
    }
}

/// The current network path of a peer connection.
pub(super) async fn path_of(connection: &dyn PeerConnection, runtime: &BoostedRuntime) -> Path {
    use webrtc::runtime::Runtime as _;
    let report = connection.get_stats(runtime.now(), StatsSelector::None).await;
    let mut path = Path { round_trip: round_trip(&report), ..Path::default() };
    // The report lacks candidates that were learnt from the peer; the ICE transport has the pair itself.
    let Some(sctp) = connection.sctp().await else { return path };
    if let Ok(Some(pair)) = sctp.transport().ice_transport().get_selected_candidate_pair().await {
        path.local = kind_of(pair.local().typ);
        path.remote = kind_of(pair.remote().typ);
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
