//! Handmade runs for the tests of checks: a good run, and functions that change it.

use std::time::Duration;

use signaling::{Message, Role, Sdp};

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::linearizability::Content;
use crate::plan::{Plan, Settings};
use crate::record::{Call, CallOutcome, Count, CountTime, Description, Event, EventKind, RequestKind, Resource};
use crate::scenario::{PeerIndex, Scenario, VisitId};

/// The events of one pair in a run with the default settings.
pub(crate) struct Run {
    pub(crate) events: Vec<Event>,
    /// The scenario of the run.
    pub(crate) scenario: Scenario,
}

impl Run {
    pub(crate) fn evidence(&self) -> Evidence {
        let settings = Settings::default().seed(7);
        Evidence::of(self.events.clone(), &["room".to_owned()], &Plan::new(&self.scenario, &settings).unwrap())
    }

    pub(crate) fn add(&mut self, peer_index: PeerIndex, at_ms: u64, kind: EventKind) {
        let event =
            Event { at: Duration::from_millis(at_ms), who: Some(VisitId { pair: 1, peer_index, visit: 1 }), kind };
        self.events.push(event);
        self.events.sort_by_key(|event| event.at);
    }

    pub(crate) fn add_all(&mut self, peer_index: PeerIndex, events: impl IntoIterator<Item = (u64, EventKind)>) {
        for (at_ms, kind) in events {
            self.add(peer_index, at_ms, kind);
        }
    }

    pub(crate) fn change(&mut self, peer_index: PeerIndex, change: impl Fn(&mut EventKind)) {
        for event in self.events.iter_mut().filter(|event| event.who.is_some_and(|who| who.peer_index == peer_index)) {
            change(&mut event.kind);
        }
    }

    pub(crate) fn remove(&mut self, peer_index: PeerIndex, unwanted: impl Fn(&EventKind) -> bool) {
        self.events.retain(|event| event.who.is_none_or(|who| who.peer_index != peer_index) || !unwanted(&event.kind));
    }

    /// Sets the count of a resource.
    pub(crate) fn count(&mut self, resource: Resource, time: CountTime, number: Result<usize, String>) {
        let is_same = |kind: &EventKind| matches!(kind, EventKind::Counted(count) if count.resource == resource && count.time == time);
        self.events.retain(|event| !is_same(&event.kind));
        self.events.push(Event {
            at: Duration::ZERO,
            who: None,
            kind: EventKind::Counted(Count { resource, time, number }),
        });
    }
}

/// The failures of a check; none if it passed.
pub(crate) fn failures(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Passed(_) => Vec::new(),
        Verdict::Lenient(failures) | Verdict::Failed(failures) => failures.clone(),
        Verdict::NotChecked(why) | Verdict::NotApplicable(why) => panic!("not checked: {why}"),
    }
}

/// A pair that met as expected. The offer is ready at 10 ms and stored at 15 ms; the answer is stored at 40 ms, and
/// found by the first poll, which begins at 2,010 ms. Both remove what they stored.
pub(crate) fn good_run() -> Run {
    let mut run = Run { events: Vec::new(), scenario: Scenario::classic() };
    let (offer, answer) = (Sdp::new("offer"), Sdp::new("answer"));
    run.add_all(
        PeerIndex::First,
        [
            (0, EventKind::Joined),
            (2, call(RequestKind::Authorise, None, 1, 200, (None, None))),
            (4, call(RequestKind::NameRecord, Some("room"), 3, 200, (None, Some(0)))),
            (5, call(RequestKind::FetchRecord, Some("room"), 4, 404, (Some(0), None))),
            (6, call(RequestKind::DropDataId, Some("room"), 5, 200, (Some(0), None))),
            (10, EventKind::Made(Description::Offer, offer.clone())),
            (12, call(RequestKind::CreateRecord, Some("room"), 11, 200, (None, Some(2)))),
            (15, call(RequestKind::StoreRecord, Some("room"), 12, 200, (Some(2), None))),
            (16, call(RequestKind::DropRecord, Some("room"), 15, 200, (Some(2), None))),
        ],
    );
    run.add_all(
        PeerIndex::Second,
        [
            (16, EventKind::Joined),
            (30, EventKind::Applied(Description::Offer, offer)),
            (34, EventKind::Made(Description::Answer, answer.clone())),
            (36, call(RequestKind::CreateRecord, Some("answer"), 35, 200, (None, Some(7)))),
            (40, call(RequestKind::StoreRecord, Some("answer"), 36, 200, (Some(7), None))),
            (41, call(RequestKind::DropRecord, Some("answer"), 40, 200, (Some(7), None))),
        ],
    );
    run.add_all(PeerIndex::First, poll(2_010, 5, 10, true));
    run.add(PeerIndex::First, 2_016, EventKind::Applied(Description::Answer, answer));
    let peers = [
        (PeerIndex::First, PeerIndex::Second, Role::Initiator),
        (PeerIndex::Second, PeerIndex::First, Role::Recipient),
    ];
    for (peer_index, other, role) in peers {
        let message = Message::text(peer_index.to_string());
        run.add_all(
            peer_index,
            [(2_040, EventKind::Opened), (2_041, EventKind::Met(role)), (2_042, EventKind::Sent(message.clone()))],
        );
        run.add(other, 2_043, EventKind::Received(message));
    }
    run.add_all(PeerIndex::First, removal(2_042, "room", 20));
    run.add_all(PeerIndex::Second, removal(2_042, "answer", 20));
    for (resource, number) in
        [(Resource::Handles("http://launcher".to_owned()), 0), (Resource::Tasks, 3), (Resource::Sockets, 3)]
    {
        run.count(resource.clone(), CountTime::Before, Ok(number));
        run.count(resource, CountTime::After, Ok(number));
    }
    run
}

/// A poll for the answer that begins at `start_ms` and takes `takes_ms`, at least 5; handles are counted from `handle`.
pub(crate) fn poll(start_ms: u64, takes_ms: u64, handle: u64, found: bool) -> Vec<(u64, EventKind)> {
    let (name, end) = (Some("answer"), start_ms + takes_ms);
    let (data_id, record) = (Some(handle), Some(handle + 1));
    let mut events = vec![(start_ms + 1, call(RequestKind::NameRecord, name, start_ms, 200, (None, data_id)))];
    if found {
        events.extend([
            (end - 3, call(RequestKind::FetchRecord, name, start_ms + 1, 200, (data_id, record))),
            (end - 2, call(RequestKind::DropDataId, name, end - 3, 200, (data_id, None))),
            (end, call(RequestKind::ReadRecord, name, end - 2, 200, (record, None))),
            (end, call(RequestKind::DropRecord, name, end, 200, (record, None))),
        ]);
    } else {
        events.extend([
            (end - 1, call(RequestKind::FetchRecord, name, start_ms + 1, 404, (data_id, None))),
            (end, call(RequestKind::DropDataId, name, end - 1, 200, (data_id, None))),
        ]);
    }
    events
}

/// A record is looked up and deleted from `start_ms` on; handles are counted from `handle`.
fn removal(start_ms: u64, name: &str, handle: u64) -> Vec<(u64, EventKind)> {
    let (name, data_id, record) = (Some(name), Some(handle), Some(handle + 1));
    vec![
        (start_ms + 1, call(RequestKind::NameRecord, name, start_ms, 200, (None, data_id))),
        (start_ms + 2, call(RequestKind::FetchRecord, name, start_ms + 1, 200, (data_id, record))),
        (start_ms + 3, call(RequestKind::DropDataId, name, start_ms + 2, 200, (data_id, None))),
        (start_ms + 4, call(RequestKind::ReadRecord, name, start_ms + 3, 200, (record, None))),
        (start_ms + 5, call(RequestKind::DeleteRecord, name, start_ms + 4, 200, (record, None))),
        (start_ms + 6, call(RequestKind::DropRecord, name, start_ms + 5, 200, (record, None))),
    ]
}

/// A request and its response. Each record has one version until it is deleted, and its content is its own name.
fn call(
    kind: RequestKind,
    name: Option<&str>,
    start_ms: u64,
    status: u16,
    handles: (Option<u64>, Option<u64>),
) -> EventKind {
    let is_found = matches!(kind, RequestKind::StoreRecord | RequestKind::ReadRecord)
        || (kind == RequestKind::FetchRecord && status == 200);
    let content = name.filter(|_| matches!(kind, RequestKind::StoreRecord | RequestKind::ReadRecord));
    EventKind::Called(Call {
        kind,
        name: name.map(ToOwned::to_owned),
        target: handles.0,
        given: handles.1,
        version: if kind == RequestKind::DeleteRecord { Some(1) } else { is_found.then_some(0) },
        content: content.map(|content| Content::of(content.as_bytes())),
        started: Duration::from_millis(start_ms),
        outcome: CallOutcome::Answered(status),
        code: (status == 404).then_some(-18),
        fault: None,
    })
}
