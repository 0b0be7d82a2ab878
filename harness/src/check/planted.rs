//! Runs made by hand, for the tests of checks: a good one, and ways to plant mistakes in it.

use std::time::Duration;

use signaling::{Message, Role, Sdp};

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::{Call, Count, Description, Event, Moment, Noun, Outcome, Resource, Seat, What, Who};
use crate::linearizability::Content;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::settings::Settings;

/// The events of one pair in a run of the usual settings.
pub(crate) struct Run {
    pub(crate) events: Vec<Event>,
    /// What it is said to have played.
    pub(crate) scenario: Scenario,
}

impl Run {
    pub(crate) fn evidence(&self) -> Evidence {
        let settings = Settings::default().seed(7);
        Evidence::of(&self.events, &["room".to_owned()], &Plan::new(&self.scenario, &settings).unwrap())
    }

    pub(crate) fn add(&mut self, seat: Seat, at_ms: u64, what: What) {
        let event = Event { at: Duration::from_millis(at_ms), who: Some(Who { pair: 1, seat, visit: 1 }), what };
        self.events.push(event);
        self.events.sort_by_key(|event| event.at);
    }

    pub(crate) fn add_all(&mut self, seat: Seat, events: impl IntoIterator<Item = (u64, What)>) {
        for (at_ms, what) in events {
            self.add(seat, at_ms, what);
        }
    }

    pub(crate) fn change(&mut self, seat: Seat, change: impl Fn(&mut What)) {
        for event in self.events.iter_mut().filter(|event| event.who.is_some_and(|who| who.seat == seat)) {
            change(&mut event.what);
        }
    }

    pub(crate) fn remove(&mut self, seat: Seat, unwanted: impl Fn(&What) -> bool) {
        self.events.retain(|event| event.who.is_none_or(|who| who.seat != seat) || !unwanted(&event.what));
    }

    /// Sets what was counted.
    pub(crate) fn count(&mut self, resource: Resource, moment: Moment, number: Result<usize, String>) {
        let is_same =
            |what: &What| matches!(what, What::Counted(count) if count.resource == resource && count.moment == moment);
        self.events.retain(|event| !is_same(&event.what));
        self.events.push(Event {
            at: Duration::ZERO,
            who: None,
            what: What::Counted(Count { resource, moment, number }),
        });
    }
}

/// What a check complains of; nothing if it passed.
pub(crate) fn complaints(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Passed(_) => Vec::new(),
        Verdict::Failed(complaints) => complaints.clone(),
        Verdict::NotChecked(why) => panic!("not checked: {why}"),
    }
}

/// A pair that met as it should. The offer is ready at 10 ms and stored at 15 ms; the answer is stored at 40 ms, and found
/// by the first poll, which begins at 2,010 ms. Both remove what they stored.
pub(crate) fn good_run() -> Run {
    let mut run = Run { events: Vec::new(), scenario: Scenario::classic() };
    let (offer, answer) = (Sdp::new("offer"), Sdp::new("answer"));
    run.add_all(
        Seat::First,
        [
            (0, What::Joined),
            (2, call(Noun::Authorise, None, 1, 200, (None, None))),
            (4, call(Noun::NameRecord, Some("room"), 3, 200, (None, Some(0)))),
            (5, call(Noun::FetchRecord, Some("room"), 4, 404, (Some(0), None))),
            (6, call(Noun::DropDataId, Some("room"), 5, 200, (Some(0), None))),
            (10, What::Made(Description::Offer, offer.clone())),
            (12, call(Noun::CreateRecord, Some("room"), 11, 200, (None, Some(2)))),
            (15, call(Noun::PutRecord, Some("room"), 12, 200, (Some(2), None))),
            (16, call(Noun::DropRecord, Some("room"), 15, 200, (Some(2), None))),
        ],
    );
    run.add_all(
        Seat::Second,
        [
            (16, What::Joined),
            (30, What::Applied(Description::Offer, offer)),
            (34, What::Made(Description::Answer, answer.clone())),
            (36, call(Noun::CreateRecord, Some("answer"), 35, 200, (None, Some(7)))),
            (40, call(Noun::PutRecord, Some("answer"), 36, 200, (Some(7), None))),
            (41, call(Noun::DropRecord, Some("answer"), 40, 200, (Some(7), None))),
        ],
    );
    run.add_all(Seat::First, poll(2_010, 5, 10, true));
    run.add(Seat::First, 2_016, What::Applied(Description::Answer, answer));
    let peers = [(Seat::First, Seat::Second, Role::Initiator), (Seat::Second, Seat::First, Role::Recipient)];
    for (seat, other, role) in peers {
        let message = Message::text(seat.to_string());
        run.add_all(seat, [(2_040, What::Opened), (2_041, What::Met(role)), (2_042, What::Sent(message.clone()))]);
        run.add(other, 2_043, What::Received(message));
    }
    run.add_all(Seat::First, removal(2_042, "room", 20));
    run.add_all(Seat::Second, removal(2_042, "answer", 20));
    for (resource, number) in
        [(Resource::Handles("http://launcher".to_owned()), 0), (Resource::Tasks, 3), (Resource::Sockets, 3)]
    {
        run.count(resource.clone(), Moment::Before, Ok(number));
        run.count(resource, Moment::After, Ok(number));
    }
    run
}

/// A poll for the answer that begins at `start_ms` and takes `takes_ms`, at least 5; handles are counted from `handle`.
pub(crate) fn poll(start_ms: u64, takes_ms: u64, handle: u64, found: bool) -> Vec<(u64, What)> {
    let (name, end) = (Some("answer"), start_ms + takes_ms);
    let (data_id, record) = (Some(handle), Some(handle + 1));
    let mut events = vec![(start_ms + 1, call(Noun::NameRecord, name, start_ms, 200, (None, data_id)))];
    if found {
        events.extend([
            (end - 3, call(Noun::FetchRecord, name, start_ms + 1, 200, (data_id, record))),
            (end - 2, call(Noun::DropDataId, name, end - 3, 200, (data_id, None))),
            (end, call(Noun::ReadRecord, name, end - 2, 200, (record, None))),
            (end, call(Noun::DropRecord, name, end, 200, (record, None))),
        ]);
    } else {
        events.extend([
            (end - 1, call(Noun::FetchRecord, name, start_ms + 1, 404, (data_id, None))),
            (end, call(Noun::DropDataId, name, end - 1, 200, (data_id, None))),
        ]);
    }
    events
}

/// A record is looked for, and deleted, from `start_ms` on; handles are counted from `handle`.
fn removal(start_ms: u64, name: &str, handle: u64) -> Vec<(u64, What)> {
    let (name, data_id, record) = (Some(name), Some(handle), Some(handle + 1));
    vec![
        (start_ms + 1, call(Noun::NameRecord, name, start_ms, 200, (None, data_id))),
        (start_ms + 2, call(Noun::FetchRecord, name, start_ms + 1, 200, (data_id, record))),
        (start_ms + 3, call(Noun::DropDataId, name, start_ms + 2, 200, (data_id, None))),
        (start_ms + 4, call(Noun::ReadRecord, name, start_ms + 3, 200, (record, None))),
        (start_ms + 5, call(Noun::DeleteRecord, name, start_ms + 4, 200, (record, None))),
        (start_ms + 6, call(Noun::DropRecord, name, start_ms + 5, 200, (record, None))),
    ]
}

/// A request, answered. Each record has one version until it is deleted, and holds its own name.
fn call(noun: Noun, name: Option<&str>, start_ms: u64, status: u16, handles: (Option<u64>, Option<u64>)) -> What {
    let is_found = matches!(noun, Noun::PutRecord | Noun::ReadRecord) || (noun == Noun::FetchRecord && status == 200);
    let content = name.filter(|_| matches!(noun, Noun::PutRecord | Noun::ReadRecord));
    What::Called(Call {
        noun,
        name: name.map(ToOwned::to_owned),
        target: handles.0,
        given: handles.1,
        version: if noun == Noun::DeleteRecord { Some(1) } else { is_found.then_some(0) },
        content: content.map(|content| Content::of(content.as_bytes())),
        started: Duration::from_millis(start_ms),
        outcome: Outcome::Answered(status),
        code: (status == 404).then_some(-18),
        fault: None,
    })
}
