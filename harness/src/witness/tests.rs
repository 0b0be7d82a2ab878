//! Hand-made journals, of clients that send no header of the harness.

use safe_mock::JournalEntry;
use serde_json::{Value, json};
use signaling::{AnswerId, RecordName, Role, RoomName};

use super::Witnessed;
use crate::record::LauncherJournal;
use crate::scenario::PeerIndex;

const OFFER_HASH: &str = "hash of the offer";
const ANSWER_HASH: &str = "hash of the answer";

fn room() -> String {
    RecordName::of_room(&RoomName::new("room1").unwrap()).as_str().to_owned()
}

fn answer() -> String {
    RecordName::of_answer(&AnswerId::new("id of the answer").unwrap()).as_str().to_owned()
}

/// The journal of one launcher, written call by call.
#[derive(Default)]
struct Writer {
    entries: Vec<JournalEntry>,
    handles: u64,
}

impl Writer {
    /// A call of a session: what it is, what its answer was, and what else is known of it.
    fn call(&mut self, session: u64, call: &str, status: u16, more: &Value) {
        let number = self.entries.len() + 1;
        let mut entry = json!({
            "number": number, "atMs": number, "tookUs": 10, "method": "GET", "path": "/", "status": status, "call": call,
            "session": session,
        });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.entries.push(serde_json::from_value(entry).unwrap());
    }

    fn logs_in(&mut self, session: u64) {
        self.call(session, "authorise", 200, &json!({}));
    }

    /// A lookup that finds this offer or answer, or nothing.
    fn looks_up(&mut self, session: u64, record: &str, found: Option<Value>) {
        let (data_id, handle) = (self.handles + 1, self.handles + 2);
        self.handles += 2;
        self.call(session, "hold_data_id", 200, &json!({"record": record, "given": data_id}));
        let Some(payload) = found else {
            self.call(session, "fetch", 404, &json!({"record": record, "handle": data_id, "errorCode": -18}));
            return self.call(session, "drop_data_id", 200, &json!({"record": record, "handle": data_id}));
        };
        let given = json!({"record": record, "handle": data_id, "given": handle, "version": 0});
        self.call(session, "fetch", 200, &given);
        let content = json!({"bytes": 1_000, "digest": "00000000000000aa"});
        self.call(
            session,
            "read",
            200,
            &json!({"record": record, "handle": handle, "content": content, "payload": payload}),
        );
    }

    fn stores(&mut self, session: u64, record: &str, payload: &Value) {
        let handle = self.handles + 1;
        self.handles += 1;
        let content = json!({"bytes": 1_000, "digest": "00000000000000aa"});
        let of_create = json!({"record": record, "given": handle, "content": content, "payload": payload});
        self.call(session, "create", 200, &of_create);
        let of_put = json!({"record": record, "handle": handle, "version": 0, "content": content, "payload": payload});
        self.call(session, "put", 200, &of_put);
    }

    fn journal(self, url: &str) -> LauncherJournal {
        let written = self.entries.len() as u64;
        LauncherJournal { url: url.to_owned(), written, entries: self.entries, ..LauncherJournal::default() }
    }
}

fn the_offer() -> Value {
    json!({"type": "offer", "answerId": "id of the answer", "sdpHash": OFFER_HASH})
}

fn the_answer() -> Value {
    json!({"type": "answer", "answerId": "unused", "sdpHash": ANSWER_HASH})
}

/// Two clients meet over one launcher: the initiator in one session, the recipient in the same or another.
fn meeting(initiator: u64, recipient: u64) -> Writer {
    let mut writer = Writer::default();
    writer.logs_in(initiator);
    writer.looks_up(initiator, &room(), None);
    writer.stores(initiator, &room(), &the_offer());
    if recipient != initiator {
        writer.logs_in(recipient);
    }
    writer.looks_up(recipient, &room(), Some(the_offer()));
    writer.looks_up(initiator, &answer(), None);
    writer.stores(recipient, &answer(), &the_answer());
    writer.looks_up(initiator, &answer(), Some(the_answer()));
    writer
}

#[test]
fn two_clients_that_share_one_session_are_told_apart_by_what_they_do() {
    for sessions in [(1, 2), (1, 1)] {
        let witnessed = Witnessed::of(&[meeting(sessions.0, sessions.1).journal("http://a")]);
        let [room] = witnessed.rooms.as_slice() else { panic!("{sessions:?}: {witnessed:#?}") };
        assert_eq!(room.records(), [self::room()]);
        assert!(room.has_offer && room.gap.is_none(), "{room:#?}");
        let roles: Vec<_> = room.clients.iter().map(|client| (client.who.peer_index, client.role)).collect();
        let both = [(PeerIndex::First, Some(Role::Initiator)), (PeerIndex::Second, Some(Role::Recipient))];
        assert_eq!(roles, both, "{sessions:?}");
        let [exchange] = room.trace.exchanges().collect::<Vec<_>>()[..] else { panic!("{sessions:?}") };
        assert!(exchange.is_accepted());
        assert_eq!((exchange.offer.as_str(), exchange.answer.as_str()), (OFFER_HASH, ANSWER_HASH));
        assert_eq!(exchange.initiator.polls().len(), 2, "{sessions:?}: the initiator polls, and nobody else");
        assert_eq!(exchange.recipient.polls().len(), 0);
    }
}

#[test]
fn a_client_that_only_looks_for_an_offer_is_in_a_room_in_which_nobody_stored_one() {
    let mut writer = Writer::default();
    writer.logs_in(1);
    writer.looks_up(1, "a record", None);
    let witnessed = Witnessed::of(&[writer.journal("http://a")]);
    let [room] = witnessed.rooms.as_slice() else { panic!("{witnessed:#?}") };
    assert_eq!((room.name.as_str(), room.has_offer), ("record a record…", false));
    assert_eq!(room.clients[0].who.peer_index, PeerIndex::Third);
}

#[test]
fn requests_that_belong_to_no_room_are_counted_by_their_call() {
    let mut writer = meeting(1, 2);
    writer.call(3, "authorise", 200, &json!({}));
    writer.call(3, "create", 200, &json!({"record": "a file", "content": {"bytes": 3}}));
    let witnessed = Witnessed::of(&[writer.journal("http://a")]);
    assert_eq!(witnessed.rooms.len(), 1);
    let elsewhere: Vec<_> = witnessed.elsewhere.iter().map(|(word, number)| (word.as_str(), *number)).collect();
    assert_eq!(elsewhere, [("authorise", 1), ("create", 1)]);
}

#[test]
fn the_times_of_several_launchers_are_one_time_line() {
    let mut late = meeting(1, 2).journal("http://a");
    let mut early = Writer::default();
    early.logs_in(1);
    early.looks_up(1, &room(), None);
    let early = early.journal("http://b");
    late.started_at = std::time::Duration::from_secs(5);
    let witnessed = Witnessed::of(&[late, early]);
    let [room] = witnessed.rooms.as_slice() else { panic!("{witnessed:#?}") };
    let joined: Vec<_> = room.trace.visits.iter().filter_map(|visit| visit.joined).map(|at| at.as_secs()).collect();
    assert_eq!(joined, [5, 5, 0]);
}

#[test]
fn what_a_journal_does_not_show_of_a_room_is_its_gap() {
    let mut journal = meeting(1, 2).journal("http://a");
    journal.entries.drain(..1);
    let forgotten = Witnessed::of(&[journal]).rooms.remove(0);
    assert!(forgotten.gap.is_some_and(|gap| gap.contains("the begin of session 1")));

    // The offer was stored at a launcher that is not judged.
    let mut recipient = Writer::default();
    recipient.logs_in(1);
    recipient.looks_up(1, &room(), Some(the_offer()));
    recipient.stores(1, &answer(), &the_answer());
    let alone = Witnessed::of(&[recipient.journal("http://b")]).rooms.remove(0);
    assert!(alone.gap.is_some_and(|gap| gap.contains("no request in the journals has stored")));
}

#[test]
fn a_client_that_lost_its_session_goes_on_with_another() {
    let mut writer = Writer::default();
    writer.logs_in(1);
    writer.looks_up(1, &room(), None);
    writer.stores(1, &room(), &the_offer());
    writer.call(1, "hold_data_id", 401, &json!({"session": null}));
    writer.logs_in(2);
    writer.looks_up(2, &answer(), None);
    let room = Witnessed::of(&[writer.journal("http://a")]).rooms.remove(0);
    let [client] = room.clients.as_slice() else { panic!("{:#?}", room.clients) };
    assert_eq!((client.sessions.as_slice(), client.role), (&[1, 2][..], Some(Role::Initiator)));
    assert_eq!(room.trace.visits[0].polls().len(), 2, "the poll that was refused, and the one after it");
}
