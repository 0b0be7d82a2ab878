//! Makes a step of each event.

use std::collections::BTreeMap;
use std::sync::Arc;

use signaling::{Message, Sdp};

use super::order::{Entry, in_order};
use super::step::{Actor, Arrow, PollStep, Shape, Step};
use crate::format::{counted, length};
use crate::record::{Call, CallOutcome, Description, Event, EventKind, RequestKind};
use crate::report::pair::PairReport;
use crate::scenario::{PeerIndex, VisitId};
use crate::trace::{PairTrace, VisitTrace, still_waiting};

/// The steps of a pair, and last the failures of the checks.
pub(in crate::report) fn steps(pair: &PairReport) -> Vec<Step> {
    let number = pair.events.iter().find_map(|event| event.who).map_or(0, |who| who.pair);
    let trace = PairTrace::with_records(number, &pair.room, &pair.records, Arc::clone(&pair.events));
    // What launchers saw has the hash of a session description in place of it.
    let has_texts = pair.clients.is_empty();
    let writer = StepWriter { polls: polls(&trace), room_record: room_record(&trace), trace: &trace, has_texts };
    let mut steps: Vec<_> = in_order(&trace.events).into_iter().filter_map(|entry| writer.step(entry)).collect();
    steps.extend(pair.breaches.iter().map(|breach| Step {
        at: None,
        shape: Shape::NoteOverAll,
        text: format!("FAILED {}: {}", breach.check, breach.detail),
        poll: None,
        event: None,
    }));
    steps
}

struct StepWriter<'a> {
    trace: &'a PairTrace,
    /// The poll of a request, by the index of its event.
    polls: BTreeMap<usize, PollStep>,
    room_record: Option<String>,
    /// Whether session descriptions are known.
    has_texts: bool,
}

impl StepWriter<'_> {
    fn step(&self, entry: Entry) -> Option<Step> {
        let (Entry::Sent(index) | Entry::SentAndEnded(index) | Entry::Happened(index)) = entry;
        let event = self.trace.events.get(index)?;
        let peer_index = event.who?.peer_index;
        let note = |text: String| Some((Shape::Note(peer_index), text));
        let (shape, text) = match &event.kind {
            EventKind::Joined if event.who?.visit > 1 => note("joins again, without its previous state".to_owned()),
            EventKind::Joined => note("joins".to_owned()),
            EventKind::Called(call) => Some(self.request(peer_index, index, call, event, entry)),
            EventKind::Made(kind, _) if !self.has_texts => note(format!("has made its {kind}")),
            EventKind::Made(kind, sdp) => note(format!("makes its {kind} of {}", counted(sdp.as_str().len(), "byte"))),
            EventKind::Applied(kind, sdp) => note(self.applied(event.who?, *kind, sdp)),
            EventKind::Opened => note("its channel is open".to_owned()),
            EventKind::Sent(message) => Some((self.message(event.who?), format!("sends {}", quoted(message)))),
            EventKind::Received(message) => note(format!("receives {}", quoted(message))),
            EventKind::Met(role) => note(format!("met the other peer, as the {role}")),
            EventKind::Failed(why) => note(format!("FAILED: {why}")),
            EventKind::Closed => note("closes its channel".to_owned()),
            EventKind::Died(death) => note(format!("{}, as its scenario says", death.to_string().to_uppercase())),
            EventKind::StayedAway(why) => note(format!("does not join: {why}")),
            EventKind::StillWaiting(after) => note(still_waiting(*after)),
            EventKind::Misbehaved(how) => note(format!("BREAKS ITS CONTRACT: {how}")),
            EventKind::OtherClosed => note("sees that its channel was closed".to_owned()),
            EventKind::Diagnosed(_)
            | EventKind::Left
            | EventKind::Logged(_)
            | EventKind::Counted(_)
            | EventKind::Served(_) => None,
        }?;
        let at = match (entry, &event.kind) {
            (Entry::Happened(_), _) => event.at,
            (_, EventKind::Called(call)) => call.started,
            _ => event.at,
        };
        Some(Step { at: Some(at), shape, text, poll: self.polls.get(&index).copied(), event: Some(index) })
    }

    fn request(
        &self,
        peer_index: PeerIndex,
        index: usize,
        call: &Call,
        event: &Event,
        entry: Entry,
    ) -> (Shape, String) {
        let (peer, launcher) = (Actor::Peer(peer_index), Actor::Launcher(peer_index));
        let poll = self.polls.get(&index).map(|poll| format!("poll {}: ", poll.number)).unwrap_or_default();
        let request = format!("{poll}{}", self.name_of(call));
        let arrow = |from, to, kind| Shape::Arrow { from, to, kind };
        if let Entry::Sent(_) = entry {
            return (arrow(peer, launcher, Arrow::Request), request);
        }
        let took = event.at.saturating_sub(call.started);
        // On the virtual clock most requests take no time, which need not be shown.
        let within = if took.is_zero() { String::new() } else { format!(", in {}", length(took)) };
        let (kind, outcome) = match &call.outcome {
            CallOutcome::Answered(status) => {
                let meaning = Self::meaning(call, !poll.is_empty());
                (None, format!("{status}{meaning}{within}"))
            }
            CallOutcome::Failed(why) => (Some(Arrow::Unanswered), format!("NO RESPONSE{within}: {why}")),
            CallOutcome::Abandoned => (Some(Arrow::Unanswered), format!("abandoned after {}", length(took))),
        };
        let shape = match (entry, kind) {
            (Entry::Happened(_), None) => arrow(launcher, peer, Arrow::Response),
            (_, kind) => arrow(peer, launcher, kind.unwrap_or(Arrow::Request)),
        };
        (shape, format!("{request}: {outcome}"))
    }

    fn name_of(&self, call: &Call) -> String {
        let record = match (&call.name, &self.room_record) {
            (None, _) => "a record",
            (name, room) if name == room => "the offer",
            _ => "the answer",
        };
        match call.kind {
            RequestKind::Authorise => "authorise".to_owned(),
            RequestKind::NameRecord => format!("data id of {record}"),
            RequestKind::FetchRecord => format!("fetch {record}"),
            RequestKind::ReadRecord => format!("read {record}"),
            RequestKind::CreateRecord => format!("create {record}"),
            RequestKind::ChangeRecord => format!("change {record}"),
            RequestKind::StoreRecord => format!("store {record}"),
            RequestKind::UpdateRecord => format!("store {record} again"),
            RequestKind::DeleteRecord => format!("delete {record}"),
            RequestKind::DropDataId => format!("drop the data id of {record}"),
            RequestKind::DropRecord => format!("drop the handle of {record}"),
            RequestKind::Other => "an unknown request".to_owned(),
        }
    }

    /// The meaning of a status, where it is not obvious, and the faults that caused it.
    fn meaning(call: &Call, is_poll: bool) -> String {
        let version = call.version.map(|version| format!(", version {version}")).unwrap_or_default();
        let meaning = match (call.kind, &call.outcome) {
            (kind, CallOutcome::Answered(200)) if kind.is_mutating() => version,
            (RequestKind::FetchRecord, CallOutcome::Answered(200)) => version,
            (RequestKind::ReadRecord, CallOutcome::Answered(200)) => ", found".to_owned(),
            (RequestKind::FetchRecord, CallOutcome::Answered(404)) if is_poll => ", empty".to_owned(),
            (RequestKind::FetchRecord, CallOutcome::Answered(404)) => ", not there".to_owned(),
            (_, CallOutcome::Answered(_)) => call.code.map(|code| format!(", error {code}")).unwrap_or_default(),
            _ => String::new(),
        };
        let fault = call.fault.as_ref().map(|fault| format!(", FAULT {fault}")).unwrap_or_default();
        meaning + &fault
    }

    fn applied(&self, who: VisitId, kind: Description, sdp: &Sdp) -> String {
        let is_made = |visit: &VisitTrace| self.trace.is_made_by_another(visit, kind, sdp);
        if self.trace.visits.iter().any(|visit| visit.who == who && is_made(visit)) {
            return format!("applies the {kind}, as the other peer made it");
        }
        format!("applies an {kind} that NO OTHER PEER MADE")
    }

    /// A message points to the peer that its sender met, or to the sender's launcher if it met none.
    fn message(&self, who: VisitId) -> Shape {
        let other = self.trace.exchanges().find_map(|exchange| match who {
            who if who == exchange.initiator.who => Some(exchange.recipient.who.peer_index),
            who if who == exchange.recipient.who => Some(exchange.initiator.who.peer_index),
            _ => None,
        });
        let from = Actor::Peer(who.peer_index);
        Shape::Arrow { from, to: other.map_or(Actor::Launcher(who.peer_index), Actor::Peer), kind: Arrow::Message }
    }
}

fn room_record(trace: &PairTrace) -> Option<String> {
    trace.visits.iter().find_map(VisitTrace::room_record).map(ToOwned::to_owned)
}

fn polls(trace: &PairTrace) -> BTreeMap<usize, PollStep> {
    let mut steps = BTreeMap::new();
    for visit in &trace.visits {
        let who = visit.who;
        let is_call = |event: &Event| event.who == Some(who) && matches!(event.kind, EventKind::Called(_));
        let places = trace.events.iter().enumerate().filter(|(_, event)| is_call(event)).map(|(place, _)| place);
        let places: Vec<usize> = places.collect();
        for (poll, number) in visit.polls().iter().zip(1..) {
            let is_empty = is_empty_poll(visit, &poll.calls);
            let step = PollStep { who, number, requests: poll.calls.len(), is_empty };
            steps.extend(poll.calls.iter().filter_map(|call| Some((*places.get(*call)?, step))));
        }
    }
    steps
}

/// Takes a data id, finds no record, and drops the data id.
fn is_empty_poll(visit: &VisitTrace, calls: &[usize]) -> bool {
    let calls: Vec<_> = calls.iter().filter_map(|index| visit.calls.get(*index)).map(|(call, _)| call).collect();
    let [name, fetch, dropped] = calls.as_slice() else { return false };
    name.is_ok()
        && (fetch.kind, &fetch.outcome) == (RequestKind::FetchRecord, &CallOutcome::Answered(404))
        && dropped.kind == RequestKind::DropDataId
        && dropped.is_ok()
}

fn quoted(message: &Message) -> String {
    match message {
        Message::Text(text) => format!("{text:?}"),
        Message::Binary(bytes) => counted(bytes.len(), "byte"),
    }
}
