//! The result of one pair, as a value.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::check::{Economics, Evidence, Witness};
use crate::record::{Description, Event, EventKind};
use crate::scenario::PeerIndex;
use crate::trace::{Exchange, PairTrace, VisitTrace};

/// The result of one pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PairReport {
    /// The room of the pair.
    pub room: String,
    /// Whether two of its peers had an open channel to each other; of what launchers alone saw, whether the initiator read the answer
    /// to its offer.
    pub connected: bool,
    /// Whether the offer arrived as it was sent.
    pub offer_round_trip: bool,
    /// Whether the answer arrived as it was sent.
    pub answer_round_trip: bool,
    /// How many times the initiator polled for the answer.
    pub polls: usize,
    /// The time from storing the offer to the first poll, and then from poll to poll.
    pub poll_intervals_ms: Vec<f64>,
    /// How many of its polls found nothing.
    pub polls_in_vain: usize,
    /// The time from storing the answer until the initiator had read it.
    pub detect_ms: Option<f64>,
    /// The least possible such time: from storing the answer to the next tick of the initiator's polls.
    pub least_detect_ms: Option<f64>,
    /// The time from the joining of the first of the two peers that met until both channels were open.
    pub connect_ms: Option<f64>,
    /// The roles that the peers reported.
    pub roles: Roles,
    /// The errors that the peers reported.
    pub errors: Vec<String>,
    /// What the peers know of why they did not meet, each as a sentence.
    pub diagnoses: Vec<String>,
    /// What peer programs wrote beside their events, each line with its peer: the first lines.
    pub log: Vec<String>,
    /// Of what launchers alone saw: who was in the room, each as a sentence.
    pub clients: Vec<String>,
    /// The failures of checks for this pair.
    pub breaches: Vec<Breach>,
    /// The names of the records for the offers of the room.
    #[serde(skip)]
    pub(crate) records: Arc<[String]>,
    /// All events of the pair, in order. No format contains them as they are.
    #[serde(skip)]
    pub events: Arc<[Event]>,
}

/// The failure of a check for one pair, judged by the events of that pair alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Breach {
    /// The check's name.
    pub check: String,
    /// The failure.
    pub detail: String,
}

/// The roles of the peers of a pair: `initiator`, `recipient`, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Roles {
    /// The role of the first peer.
    pub first: Option<String>,
    /// The role of the second peer.
    pub second: Option<String>,
}

impl PairReport {
    /// Whether it connected without an error of a peer or a failure of a check.
    pub fn is_well(&self) -> bool {
        self.connected && self.errors.is_empty() && self.breaches.is_empty()
    }

    /// Whether its peers sent no request, so that there is nothing that a diagram could show.
    pub(super) fn sent_nothing(&self) -> bool {
        !self.events.is_empty() && !self.events.iter().any(|event| matches!(event.kind, EventKind::Called(_)))
    }

    pub(super) fn of(trace: &PairTrace, evidence: &Evidence) -> Self {
        let role = |peer_index| trace.last_visit(peer_index).and_then(|visit| visit.met).map(|role| role.to_string());
        let error = |visit: &VisitTrace| Some(format!("{}: {}", visit.who.name(), visit.error()?));
        let diagnosis = |visit: &VisitTrace| Some(format!("{}: {}", visit.who.name(), visit.diagnosis.as_ref()?));
        let paid = Economics::of(trace, evidence);
        let connected = match evidence.witness {
            Witness::Peers => trace.is_connected(),
            Witness::Launchers => trace.exchanges().any(|exchange| Exchange::is_accepted(&exchange)),
        };
        Self {
            room: trace.room.clone(),
            connected,
            offer_round_trip: trace.arrived(Description::Offer) == Some(true),
            answer_round_trip: trace.arrived(Description::Answer) == Some(true),
            polls: trace.polls().len(),
            poll_intervals_ms: trace.poll_intervals().into_iter().map(millis).collect(),
            polls_in_vain: paid.map_or(0, |paid| paid.empty),
            detect_ms: trace.detection().map(millis),
            least_detect_ms: paid.and_then(|paid| paid.least_delay).map(millis),
            connect_ms: trace.connecting().map(millis),
            roles: Roles { first: role(PeerIndex::First), second: role(PeerIndex::Second) },
            errors: trace.visits.iter().filter_map(error).collect(),
            diagnoses: trace.visits.iter().filter_map(diagnosis).collect(),
            log: trace.events.iter().filter_map(log_line).collect(),
            clients: Vec::new(),
            breaches: Vec::new(),
            records: trace.records(),
            events: Arc::clone(&trace.events),
        }
    }
}

/// A line that a peer program wrote beside its events.
fn log_line(event: &Event) -> Option<String> {
    match (&event.who, &event.kind) {
        (Some(who), EventKind::Logged(line)) => Some(format!("{}: {line}", who.name())),
        _ => None,
    }
}

/// Milliseconds, to the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    let micros = u32::try_from(time.as_micros()).map_or_else(|_| time.as_secs_f64() * 1e6, f64::from);
    micros.round() / 1e3
}
