//! The two meetings of a pair: in the first, a short text goes each way and the initiator closes; in the second, a text of 60 KB goes
//! each way and the recipient closes.

use std::time::Duration;

use crate::peer::PeerChoice;
use crate::plan::{RunError, Settings};
use crate::record::{Event, EventKind};
use crate::report::Report;
use crate::run::{Hooks, run_with};
use crate::scenario::{PeerIndex, Scenario, millis};

/// How long the text of the second meeting is, in bytes.
pub(super) const LARGE_TEXT_BYTES: usize = 60_000;

/// How long the peer that closes stays once it has met the other: on a busy machine, its text takes a while to be seen.
const CLOSES_AFTER: Duration = Duration::from_secs(2);

/// How long the other peer stays: in that time it has to see that the channel was closed.
const STAYS: Duration = Duration::from_secs(8);

/// The time between two polls.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How late a peer may be: several pairs share the machine.
const LATE_TOLERANCE: Duration = Duration::from_secs(5);

/// How long a meeting may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// What was seen of one meeting.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meeting {
    pub(super) connected: bool,
    /// From when the initiator had read the answer until both channels were open.
    pub(super) connect_ms: Option<f64>,
    /// Whether a text arrived in each direction.
    pub(super) texts: bool,
    /// Whether the peer that stayed saw that the other closed.
    pub(super) close_seen: bool,
    /// What went wrong, in a sentence.
    pub(super) why: Option<String>,
}

/// Lets the two meet. The first makes the offer.
///
/// # Errors
/// The run cannot be played, or was stopped.
pub(super) async fn meet(
    peers: [&PeerChoice; 2],
    closes: PeerIndex,
    message_bytes: usize,
    hooks: &Hooks,
) -> Result<Meeting, RunError> {
    let mut scenario = Scenario::classic();
    for (peer, index) in scenario.peers.iter_mut().zip(PeerIndex::ALL) {
        let stay = if index == closes { CLOSES_AFTER } else { STAYS };
        for visit in &mut peer.visits {
            visit.stays_ms = Some(millis(stay));
        }
    }
    let settings = Settings::default()
        .peers(peers.map(Clone::clone).to_vec())
        .poll_interval(POLL_INTERVAL)
        .deadline(DEADLINE)
        .late_tolerance(LATE_TOLERANCE)
        .message_bytes(message_bytes);
    let report = run_with(&scenario, &settings, hooks).await?;
    Ok(Meeting::of(&report, closes))
}

impl Meeting {
    fn of(report: &Report, closes: PeerIndex) -> Self {
        let Some(pair) = report.pairs.first() else {
            return Self { connected: false, connect_ms: None, texts: false, close_seen: false, why: None };
        };
        let has = |index: PeerIndex, wanted: fn(&EventKind) -> bool| {
            pair.events
                .iter()
                .any(|event: &Event| event.who.is_some_and(|who| who.peer_index == index) && wanted(&event.kind))
        };
        let received = |index| has(index, |kind| matches!(kind, EventKind::Received(_)));
        let stays = if closes == PeerIndex::First { PeerIndex::Second } else { PeerIndex::First };
        let close_seen = has(stays, |kind| *kind == EventKind::OtherClosed);
        let is_sound = report.failed().all(|check| check.name != "channels");
        let texts = received(PeerIndex::First) && received(PeerIndex::Second) && is_sound;
        Self {
            connected: pair.connected,
            connect_ms: connect_ms(&pair.events),
            texts,
            close_seen,
            why: why(report, close_seen, stays),
        }
    }
}

/// From the time at which the initiator had read the answer until both channels were open.
fn connect_ms(events: &[Event]) -> Option<f64> {
    use crate::record::Description;
    let taken = events.iter().find(|event| matches!(event.kind, EventKind::Applied(Description::Answer, _)))?.at;
    let opened = events.iter().filter(|event| event.kind == EventKind::Opened).map(|event| event.at).max()?;
    Some((opened.saturating_sub(taken).as_secs_f64() * 1e3).round())
}

fn why(report: &Report, close_seen: bool, stays: PeerIndex) -> Option<String> {
    let pair = report.pairs.first()?;
    let error = pair.errors.first().cloned();
    let check = || report.failed().next().map(|check| format!("{}: {}", check.name, check.detail));
    let close = || (!close_seen).then(|| format!("the {stays} did not see that the other closed"));
    error.or_else(check).or_else(close)
}
