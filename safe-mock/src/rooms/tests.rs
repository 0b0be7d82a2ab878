//! Meetings as launchers see them, request by request.

use std::time::Duration;

use serde_json::json;

use super::index::{ROOMS_MAX, Rooms};
use super::observation::{Observation, Outcome, Remark};
use super::room::RoomState;
use super::view::{RoomView, Times};
use super::{address, event::RoomEventKind, event::Side};
use crate::call::Call;
use crate::journal::JournalPayload;
use crate::network::DataName;

/// Two peers at two launchers, and what the launchers see of them.
struct Stage {
    rooms: Rooms,
    now: Duration,
    request: u64,
}

fn payload(kind: &str, answer_id: &str, sdp: &str) -> JournalPayload {
    let sdp = format!("v=0\r\na={sdp}\r\na=candidate:1 1 udp 2 192.0.2.7 50000 typ host\r\n");
    let content = json!({"payload": {"type": kind, "sdp": sdp}, "targetId": answer_id});
    JournalPayload::read(content.to_string().as_bytes()).unwrap()
}

fn record(item: &str) -> DataName {
    address::record_of(item).unwrap()
}

impl Stage {
    fn new() -> Self {
        Self { rooms: Rooms::default(), now: Duration::ZERO, request: 0 }
    }

    fn wait(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    fn request(
        &mut self,
        launcher: u64,
        call: Call,
        record: DataName,
        payload: Option<&JournalPayload>,
        outcome: Outcome,
    ) -> Option<Remark> {
        self.request += 1;
        self.rooms.observe(&Observation {
            at: self.now,
            launcher,
            request: self.request,
            session: Some(1),
            peer: None,
            room: None,
            call,
            record,
            version: outcome.is_carried_out().then_some(0),
            content_bytes: None,
            payload,
            outcome,
        })
    }

    /// The peer at launcher 1 stores an offer in a room.
    fn offer(&mut self, room: &str) -> Option<Remark> {
        self.offer_at(1, room)
    }

    fn offer_at(&mut self, launcher: u64, room: &str) -> Option<Remark> {
        let offer = payload("offer", &format!("{room}-0.5"), room);
        self.request(launcher, Call::Put, record(room), Some(&offer), Outcome::Done)
    }

    fn poll(&mut self, room: &str, outcome: Outcome) -> Option<Remark> {
        self.request(1, Call::Fetch, record(&format!("{room}-0.5")), None, outcome)
    }

    fn read_offer(&mut self, launcher: u64, room: &str) -> Option<Remark> {
        let offer = payload("offer", &format!("{room}-0.5"), room);
        self.request(launcher, Call::Read, record(room), Some(&offer), Outcome::Done)
    }

    fn answer(&mut self, launcher: u64, room: &str) -> Option<Remark> {
        let (id, name) = (format!("{room}-0.5"), record(&format!("{room}-0.5")));
        self.request(launcher, Call::Put, name, Some(&payload("answer", &id, "answer")), Outcome::Done)
    }

    fn read_answer(&mut self, room: &str) -> Option<Remark> {
        let (id, name) = (format!("{room}-0.5"), record(&format!("{room}-0.5")));
        self.request(1, Call::Read, name, Some(&payload("answer", &id, "answer")), Outcome::Done)
    }

    fn remove(&mut self, launcher: u64, item: &str) -> Option<Remark> {
        self.request(launcher, Call::Delete, record(item), None, Outcome::Done)
    }

    fn view(&self, number: u64) -> RoomView {
        RoomView::whole(&self.rooms, number, Times { started_at: Duration::ZERO, now: self.now }).unwrap()
    }

    fn state(&self) -> RoomState {
        self.view(1).state
    }

    /// The latest room, in a sentence.
    fn sentence(&self) -> String {
        self.view(self.rooms.latest_first()[0].number).sentence
    }
}

fn told(remark: Option<Remark>) -> String {
    remark.unwrap().told
}

#[test]
fn a_meeting_is_told_request_by_request() {
    let mut stage = Stage::new();
    assert_eq!(stage.request(1, Call::Fetch, record("room1"), None, Outcome::NothingThere), None);
    assert_eq!(told(stage.offer("room1")), "offer of room1 stored");
    assert_eq!(stage.state(), RoomState::Waiting);
    stage.wait(2_000);
    assert_eq!(told(stage.poll("room1", Outcome::NothingThere)), "poll 1 of room1: nothing yet");
    stage.wait(2_000);
    assert_eq!(told(stage.poll("room1", Outcome::Failed)), "poll 2 of room1: it failed");
    assert_eq!(told(stage.read_offer(2, "room1")), "offer of room1 read");
    assert_eq!(stage.state(), RoomState::Seen);
    assert_eq!(told(stage.answer(2, "room1")), "answer of room1 stored");
    assert_eq!(stage.state(), RoomState::Answered);
    stage.wait(2_000);
    assert_eq!(told(stage.poll("room1", Outcome::Done)), "poll 3 of room1: the answer is there");
    assert_eq!(told(stage.read_answer("room1")), "answer of room1 found");
    assert_eq!(stage.state(), RoomState::Found);
    assert_eq!(told(stage.remove(1, "room1")), "offer of room1 removed");
    assert_eq!(told(stage.remove(2, "room1-0.5")), "answer of room1 removed");
    assert_eq!(stage.state(), RoomState::Over);
    let view = stage.view(1);
    let events: Vec<_> = view
        .details
        .unwrap()
        .events
        .iter()
        .map(|shown| (shown.event.kind, shown.event.side, shown.event.launcher))
        .collect();
    assert_eq!(
        events,
        [
            (RoomEventKind::Looked, Side::First, 1),
            (RoomEventKind::OfferStored, Side::First, 1),
            (RoomEventKind::Poll, Side::First, 1),
            (RoomEventKind::OfferRead, Side::Second, 2),
            (RoomEventKind::AnswerStored, Side::Second, 2),
            (RoomEventKind::PollFailed, Side::First, 1),
            (RoomEventKind::AnswerFound, Side::First, 1),
            (RoomEventKind::OfferRemoved, Side::First, 1),
            (RoomEventKind::AnswerRemoved, Side::Second, 2),
        ]
    );
    assert_eq!((view.polls, view.launchers, view.room.as_deref()), (3, vec![1, 2], Some("room1")));
}

#[test]
fn two_clients_that_share_a_session_are_told_apart_by_the_answer() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.read_offer(1, "room1");
    stage.answer(1, "room1");
    let read =
        stage.view(1).details.unwrap().events.into_iter().find(|shown| shown.event.kind == RoomEventKind::OfferRead);
    assert_eq!(read.unwrap().event.side, Side::Second);
}

#[test]
fn each_state_is_a_sentence() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.wait(34_000);
    stage.poll("room1", Outcome::NothingThere);
    stage.wait(500);
    insta::assert_snapshot!("waiting", stage.sentence());
    stage.wait(30_000);
    insta::assert_snapshot!("waiting_and_silent", stage.sentence());
    stage.read_offer(2, "room1");
    stage.poll("room1", Outcome::NothingThere);
    stage.wait(3_000);
    insta::assert_snapshot!("offer_seen_and_not_answered", stage.sentence());
    stage.answer(2, "room1");
    stage.wait(7_000);
    insta::assert_snapshot!("answer_never_looked_for", stage.sentence());
    stage.poll("room1", Outcome::Failed);
    insta::assert_snapshot!("poll_for_the_answer_failed", stage.sentence());
    stage.poll("room1", Outcome::Done);
    stage.read_answer("room1");
    insta::assert_snapshot!("answer_found", stage.sentence());
    stage.remove(1, "room1");
    insta::assert_snapshot!("over", stage.sentence());
}

#[test]
fn an_offer_that_was_removed_says_what_had_come_of_it() {
    for (name, read, answered) in
        [("removed_unread", false, false), ("removed_and_read", true, false), ("removed_and_answered", true, true)]
    {
        let mut stage = Stage::new();
        stage.offer("room1");
        stage.wait(1_000);
        stage.poll("room1", Outcome::NothingThere);
        if read {
            stage.read_offer(2, "room1");
        }
        if answered {
            stage.wait(100);
            stage.answer(2, "room1");
        }
        stage.wait(60_000);
        let remark = stage.remove(1, "room1").unwrap();
        insta::assert_snapshot!(name, remark.why.unwrap());
    }
}

#[test]
fn a_read_through_an_old_handle_changes_nothing() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.remove(1, "room1");
    let second = payload("offer", "room1-0.7", "second");
    stage.request(1, Call::Put, record("room1"), Some(&second), Outcome::Done);
    stage.remove(1, "room1");
    let before = stage.sentence();
    stage.read_offer(2, "room1");
    assert_eq!((stage.state(), stage.sentence()), (RoomState::Over, before));
    let third = payload("offer", "room1-0.9", "third");
    stage.request(1, Call::Put, record("room1"), Some(&third), Outcome::Done);
    for (answer_id, is_polled_for) in [("room1-0.5", false), ("room1-0.7", false), ("room1-0.9", true)] {
        let polled = stage.request(1, Call::Fetch, record(answer_id), None, Outcome::NothingThere);
        assert_eq!(polled.is_some(), is_polled_for, "{answer_id}");
    }
}

#[test]
fn a_peer_that_waits_learns_of_another_that_waits_in_a_room_of_a_like_name() {
    let mut stage = Stage::new();
    stage.offer_at(2, "Room1");
    stage.offer("room1");
    stage.offer_at(2, "kitchen");
    stage.wait(2_000);
    let why = stage.poll("room1", Outcome::NothingThere).unwrap().why.unwrap();
    insta::assert_snapshot!("another_room_of_a_like_name", why);
}

#[test]
fn of_two_peers_in_rooms_of_like_names_either_learns_of_the_other_whichever_gives_up_first() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.offer_at(2, "Room1");
    stage.wait(11_000);
    let first = stage.remove(1, "room1").unwrap();
    insta::assert_snapshot!("gave_up_first", first.why.unwrap());
    stage.wait(2_000);
    insta::assert_snapshot!("waits_on", stage.view(2).sentence);
    let second = stage.remove(2, "Room1").unwrap();
    insta::assert_snapshot!("gave_up_second", second.why.unwrap());
    assert!(
        stage.view(1).sentence.ends_with("waited in the room \"Room1\", whose name differs in upper and lower case.")
    );
    stage.wait(1_000);
    stage.offer("ROOM1");
    assert!(!stage.sentence().contains("Another peer"), "{}", stage.sentence());
}

#[test]
fn a_peer_that_is_alone_for_long_is_told_at_which_launchers_it_can_be_met() {
    let mut stage = Stage::new();
    stage.rooms.urls.insert(1, "http://localhost:8100".into());
    stage.offer("room1");
    stage.wait(9_000);
    assert!(!stage.sentence().contains("http"), "{}", stage.sentence());
    stage.wait(1_000);
    insta::assert_snapshot!("alone_at_one_launcher", stage.sentence());
    stage.rooms.clear();
    for number in 2..=6 {
        stage.rooms.urls.insert(number, format!("http://localhost:{}", 8_099 + number));
    }
    stage.offer("room1");
    stage.wait(10_000);
    let remark = stage.remove(1, "room1").unwrap();
    insta::assert_snapshot!("alone_at_several_launchers", remark.why.unwrap());
    assert_eq!(stage.rooms.place_of(record("room1")).unwrap().to_string(), "offer of room1");
    assert_eq!(stage.rooms.place_of(record("room1-0.5")).unwrap().to_string(), "answer of room1");
    assert_eq!(stage.rooms.place_of(record("kitchen")), None);
}

#[test]
fn another_room_is_named_if_it_is_the_only_one() {
    let mut stage = Stage::new();
    stage.offer_at(2, "kitchen");
    stage.offer("garden");
    let why = |stage: &mut Stage| stage.poll("garden", Outcome::NothingThere).unwrap().why.unwrap();
    assert!(why(&mut stage).ends_with("An offer waits in another room, \"kitchen\"."));
    stage.offer_at(2, "cellar");
    assert!(why(&mut stage).ends_with("Offers wait in 2 other rooms."));
    stage.wait(70_000);
    assert!(!why(&mut stage).contains("other room"), "{}", why(&mut stage));
}

#[test]
fn a_peer_that_waits_learns_of_apps_and_pages_that_were_kept_away() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.rooms.obstacles.asks(2, 1, "WebRTC demo");
    let waits = stage.poll("room1", Outcome::NothingThere).unwrap().why.unwrap();
    insta::assert_snapshot!("an_app_waits_for_consent", waits);
    stage.rooms.obstacles.asks_no_more(2, 1);
    stage.rooms.obstacles.refused(stage.now, 2, "Pages of http://a.example may not call this launcher");
    let refused = stage.poll("room1", Outcome::NothingThere).unwrap().why.unwrap();
    insta::assert_snapshot!("a_page_was_refused", refused);
}

#[test]
fn a_new_offer_begins_a_new_meeting() {
    let mut stage = Stage::new();
    stage.offer("room1");
    stage.poll("room1", Outcome::NothingThere);
    stage.answer(2, "room1");
    let offer = payload("offer", "room1-0.7", "another");
    stage.request(1, Call::Post, record("room1"), Some(&offer), Outcome::Done);
    assert_eq!((stage.state(), stage.view(1).polls), (RoomState::Waiting, 0));
    assert_eq!(stage.poll("room1", Outcome::NothingThere), None, "the record of the answer to the earlier offer");
}

#[test]
fn what_the_network_refused_changes_no_state() {
    let mut stage = Stage::new();
    stage.offer("room1");
    let offer = payload("offer", "room1-0.9", "late");
    let remark = stage.request(2, Call::Put, record("room1"), Some(&offer), Outcome::Failed);
    assert_eq!(told(remark), "offer of room1: refused");
    assert_eq!((stage.state(), stage.view(1).launchers), (RoomState::Waiting, vec![1, 2]));
}

#[test]
fn rooms_are_bounded_and_those_that_were_used_last_stay() {
    let mut stage = Stage::new();
    for number in 0..ROOMS_MAX + 10 {
        stage.offer(&format!("room{number}"));
    }
    assert_eq!(stage.rooms.latest_first().len(), ROOMS_MAX);
    assert!(stage.rooms.numbered(10).is_none() && stage.rooms.numbered(11).is_some());
    assert_eq!(stage.poll("room0", Outcome::NothingThere), None);
    assert!(stage.poll("room10", Outcome::NothingThere).is_some());
}

#[test]
fn the_events_of_a_room_are_bounded_and_its_offer_stays() {
    let mut stage = Stage::new();
    stage.offer("room1");
    for _ in 0..1_000 {
        stage.wait(2_000);
        stage.poll("room1", Outcome::NothingThere);
    }
    let details = stage.view(1).details.unwrap();
    assert_eq!((details.events.len(), details.forgotten), (257, 744));
    assert_eq!(details.events[0].event.kind, RoomEventKind::OfferStored);
}

#[test]
fn other_records_are_no_rooms() {
    let mut stage = Stage::new();
    assert_eq!(stage.request(1, Call::Put, record("x"), None, Outcome::Done), None);
    assert_eq!(stage.request(1, Call::Fetch, record("x"), None, Outcome::Done), None);
    assert_eq!(stage.answer(1, "room1"), None);
    assert_eq!(stage.rooms.latest_first().len(), 0);
    assert_eq!(stage.rooms.writes(record("x")).count(), 1);
}
