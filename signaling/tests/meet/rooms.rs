//! Rooms that were used before, or that others are in: what each peer finds there, and what it leaves.

use std::time::Duration;

use signaling::launcher::{LauncherError, PENDING_REMOVALS_MAX};
use signaling::transport::{InMemory, Transport};
use signaling::{CLOCKS_APART_MAX, DEFAULT_CONNECT_LIMIT, DEFAULT_POLL_INTERVAL, STALE_AFTER_POLLS};
use signaling::{
    CloseReason, Config, IceConfig, LastSeen, MeetCause, MeetError, Message, Offer, OnStaleOffer, Peer, Phase,
    RecordName, Retry, Role, Sdp, TransportError,
};
use tokio::time::Instant;

use crate::launcher::Reply;
use crate::{ROOM_RECORD, TODAY, World, joined_pair, millis, room};

fn config(seed: u64) -> Config {
    Config::default().seed(seed).time_of_day(TODAY)
}

/// The offer of a peer of another account that is no longer there, made so long ago by its clock.
async fn left_behind(world: &World, seconds_ago: u64) -> Offer {
    let (session, sdp) = world.transport.offer(&IceConfig::default()).await.unwrap();
    drop(session);
    let mut offer = Offer::new(sdp, signaling::AnswerId::new("room1-0.25").unwrap());
    offer.made_at = TODAY.checked_sub(Duration::from_secs(seconds_ago));
    world.launcher.store(ROOM_RECORD, &offer.to_json().unwrap());
    offer
}

async fn error_of(peer: &Peer<InMemory>) -> MeetError {
    peer.meet(&room()).await.map(drop).unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn two_peers_meet_ten_times_in_one_room_in_either_order() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    for time in 0..10_u64 {
        let (early, late) = if time % 2 == 0 { (&first, &second) } else { (&second, &first) };
        let (a, b) = joined_pair(early, late, millis(500)).await;
        assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient), "meeting {time}");
        a.send(Message::text("hello")).await.unwrap();
        assert_eq!(b.receive().await, Some(Message::text("hello")));
        a.close().await;
        b.close().await;
        assert_eq!(world.launcher.live_records(), [0_u64; 0], "meeting {time}");
    }
    world.assert_nothing_left(&[&first, &second]).await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_loses_its_connection_meets_the_other_again_in_the_same_room_by_one_call() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    let room = room();
    let (a, b) = tokio::join!(first.meet(&room), second.meet(&room));
    let (a, b) = (a.unwrap(), b.unwrap());
    world.transport.lose_connections();
    assert_eq!((a.receive().await, b.receive().await), (None, None));
    assert_eq!((a.closed().await, b.closed().await), (CloseReason::Lost, CloseReason::Lost));
    // Not both notice it at once.
    let later = async {
        tokio::time::sleep(millis(7_000)).await;
        second.reconnect(b).await
    };
    let (a, b) = tokio::join!(first.reconnect(a), later);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!((a.room(), b.room()), (&room, &room));
    a.send(Message::text("again")).await.unwrap();
    assert_eq!(b.receive().await, Some(Message::text("again")));
    a.close().await;
    b.close().await;
    world.assert_nothing_left(&[&first, &second]).await;
}

#[tokio::test(start_paused = true)]
async fn a_stale_offer_is_reported_with_its_age_within_the_documented_time() {
    let world = World::new();
    left_behind(&world, 90).await;
    let peer = world.peer(1);
    let begun = Instant::now();
    let error = error_of(&peer).await;
    let MeetCause::PeerGone { age: Some(age) } = error.cause() else { panic!("{error}") };
    // This transport reports a missing initiator at once; a real one does not.
    assert_eq!(age.as_secs(), 90 + begun.elapsed().as_secs());
    assert_eq!((error.phase(), error.retry()), (Phase::FindOffer, Retry::Later));
    world.assert_nothing_left(&[&peer]).await;
}

/// An initiator that cannot use the answer removes its offer, and it does not say more.
#[tokio::test(start_paused = true)]
async fn a_recipient_whose_answer_may_have_been_refused_is_told_that_the_offer_was_removed() {
    let world = World::new();
    left_behind(&world, 1).await;
    let peer = world.peer(1);
    let refusing = async {
        tokio::time::sleep(millis(1_000)).await;
        world.launcher.store_tombstone(ROOM_RECORD, 1);
    };
    let (error, ()) = tokio::join!(error_of(&peer), refusing);
    assert!(matches!(error.cause(), MeetCause::Transport(TransportError::ConnectionFailed)), "{error}");
    assert_eq!((error.phase(), error.last_seen()), (Phase::Connect, &LastSeen::OfferWithdrawn));
    assert!(error.to_string().contains("it may have refused this peer's answer"), "{error}");
    world.assert_nothing_left(&[&peer]).await;
}

#[tokio::test(start_paused = true)]
async fn peers_that_may_meet_in_the_next_generation_of_a_room() {
    let world = World::new();
    left_behind(&world, 90).await;
    let peer = |seed| world.peer_with(config(seed).on_stale_offer(OnStaleOffer::NextGeneration));
    let (first, second) = (peer(1), peer(2));
    let (a, b) = joined_pair(&first, &second, millis(5_000)).await;
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    assert_eq!((a.meeting().generation, b.meeting().generation), (2, 2));
    drop((a, b));
    world.assert_nothing_left(&[&first, &second]).await;
}

/// Leaves the offer of a visit of this account, as a page does that is closed at once.
async fn vanish(world: &World, config: Config) {
    let peer = world.peer_with(config);
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    let _ = tokio::time::timeout(millis(100), meeting.as_mut()).await;
    assert!(world.launcher.stored(ROOM_RECORD).is_some());
    // A forgotten future drops nothing.
    std::mem::forget(meeting);
    std::mem::forget(peer);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_comes_back_replaces_its_own_offer_and_does_not_answer_it() {
    let world = World::new();
    vanish(&world, config(1).identity("alice")).await;
    let before = world.launcher.stored(ROOM_RECORD).unwrap();
    let (again, other) = (world.peer_with(config(2).identity("alice")), world.peer(3));
    let room = room();
    let later = async {
        tokio::time::sleep(millis(100)).await;
        assert_ne!(world.launcher.stored(ROOM_RECORD).unwrap(), before);
        other.meet(&room).await
    };
    let (a, b) = tokio::join!(again.meet(&room), later);
    assert_eq!((a.unwrap().role(), b.unwrap().role()), (Role::Initiator, Role::Recipient));
    other.wait_idle().await;
    again.wait_idle().await;
    assert_eq!(world.launcher.live_records(), [0_u64; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_without_an_identity_replaces_the_stale_offer_of_its_account_once_it_has_waited() {
    let world = World::new();
    vanish(&world, config(1)).await;
    let (again, other) = (world.peer(2), world.peer(3));
    let (a, b) = joined_pair(&again, &other, millis(40_000)).await;
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
}

/// An initiator whose answer record gets this, a second after it has stored its offer.
async fn answered_with(world: &World, answer: impl FnOnce(&Offer) -> String) -> MeetError {
    let peer = world.peer(1);
    let answering = async {
        tokio::time::sleep(millis(1_000)).await;
        let offer = Offer::from_json(world.launcher.stored(ROOM_RECORD).unwrap().as_bytes()).unwrap();
        world.launcher.store(RecordName::of_answer(&offer.answer_id).as_str(), &answer(&offer));
    };
    let (error, ()) = tokio::join!(error_of(&peer), answering);
    world.assert_nothing_left(&[&peer]).await;
    error
}

fn answer_json(sdp: &str, further: &str) -> String {
    format!(r#"{{"payload":{{"type":"answer","sdp":"{sdp}"}},"targetId":"room1-0.75"{further}}}"#)
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_another_offer_is_a_typed_error_and_the_room_is_free_again() {
    let world = World::new();
    let hash = Sdp::new("an offer of before").hash();
    let stale = answer_json("an answer", &format!(r#","offerHash":"{}""#, hash.as_str()));
    let error = answered_with(&world, |_| stale).await;
    assert!(matches!(error.cause(), MeetCause::StaleAnswer), "{error}");
    assert_eq!((error.phase(), error.retry()), (Phase::AwaitAnswer, Retry::Now));
    let (first, second) = (world.peer(2), world.peer(3));
    let room = room();
    let (a, b) = tokio::join!(first.meet(&room), second.meet(&room));
    assert!(a.is_ok() && b.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_wrong_answer_of_the_original_is_a_typed_error_and_the_room_is_free_again() {
    let world = World::new();
    let error = answered_with(&world, |_| answer_json("nonsense", "")).await;
    assert!(matches!(error.cause(), MeetCause::Transport(_)), "{error}");
    assert_eq!((error.phase(), error.retry()), (Phase::Connect, Retry::Now));
    let (first, second) = (world.peer(2), world.peer(3));
    let room = room();
    let (a, b) = tokio::join!(first.meet(&room), second.meet(&room));
    assert!(a.is_ok() && b.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_tombstone_of_another_account_is_claimed_with_the_version_after_it() {
    let world = World::new();
    world.launcher.store_tombstone(ROOM_RECORD, 7);
    let peer = world.peer(1);
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    let _ = tokio::time::timeout(millis(100), meeting.as_mut()).await;
    assert_eq!(world.launcher.live_records(), [8]);
    drop(meeting);
    world.assert_nothing_left(&[&peer]).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_that_no_session_can_remove_is_left_to_the_next_session_and_the_user_is_not_asked_for_that_alone() {
    let world = World::new();
    let (peer, other) = (world.peer(1), world.peer(2));
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    let _ = tokio::time::timeout(millis(100), meeting.as_mut()).await;
    world.launcher.script("", 1, Reply::Answer(401, "Unauthorized".into()));
    drop(meeting);
    let begun = Instant::now();
    world.assert_no_more_than_records_left(&[&peer]).await;
    let asked = || world.launcher.lines().iter().filter(|line| *line == "POST /0.5/auth").count();
    assert_eq!((asked(), begun.elapsed()), (1, millis(0)));
    assert_eq!(world.launcher.live_records(), [0]);

    // It does not find its own earlier offer, which it could not distinguish from that of another peer.
    let (a, b) = joined_pair(&peer, &other, millis(100)).await;
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    drop((a, b));
    world.assert_nothing_left(&[&peer, &other]).await;
}

#[tokio::test(start_paused = true)]
async fn no_more_records_wait_for_a_session_than_is_documented() {
    let world = World::new();
    let peer = world.peer(1);
    let too_many = PENDING_REMOVALS_MAX + 6;
    let rooms: Vec<_> =
        (0..too_many).map(|number| signaling::RoomName::new(format!("room {number}")).unwrap()).collect();
    let mut meetings: Vec<_> = rooms.iter().map(|room| Box::pin(peer.meet(room))).collect();
    let all = futures_util::future::join_all(meetings.iter_mut().map(|meeting| meeting.as_mut()));
    let _ = tokio::time::timeout(millis(100), all).await;
    assert_eq!(world.launcher.live_records().len(), too_many);
    world.launcher.script("POST /0.5/data-id", too_many, Reply::Answer(401, "Unauthorized".into()));
    drop(meetings);
    peer.wait_idle().await;
    assert_eq!(world.launcher.live_records().len(), too_many);
    world.launcher.forget_scripts();
    let _ = tokio::time::timeout(millis(100), peer.meet(&room())).await;
    peer.wait_idle().await;
    assert_eq!(world.launcher.live_records().len(), too_many - PENDING_REMOVALS_MAX);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_seen_after_its_meeting_was_dropped_is_removed_all_the_same() {
    for late in [1_000, 4_000, 9_000] {
        let world = World::new();
        let peer = world.peer(1);
        world.launcher.script("PUT", 1, Reply::TakenLate(millis(late)));
        let ended = tokio::time::timeout(millis(100), peer.meet(&room())).await;
        assert!(ended.is_err());
        peer.wait_idle().await;
        tokio::time::sleep(millis(10_000)).await;
        assert_eq!(world.launcher.live_records(), [0_u64; 0], "{late} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn two_meetings_of_one_peer_ask_its_user_once_even_if_both_lose_the_session() {
    let world = World::new();
    world.launcher.latency(millis(10));
    let peer = world.peer_with(config(1).deadline(millis(20_000)));
    let rooms = ["one", "two"].map(|room| signaling::RoomName::new(room).unwrap());
    let trouble = async {
        tokio::time::sleep(millis(1_000)).await;
        world.launcher.script("POST /0.5/data-id", 2, Reply::Answer(401, "Unauthorized".into()));
    };
    let (one, two, ()) = tokio::join!(peer.meet(&rooms[0]), peer.meet(&rooms[1]), trouble);
    assert!(one.is_err() && two.is_err(), "nobody came");
    assert_eq!(world.launcher.lines().iter().filter(|line| *line == "POST /0.5/auth").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_peer_reports_that_trying_again_changes_nothing() {
    let world = World::new();
    world.launcher.script("POST /0.5/auth", 1, Reply::Answer(401, "Unauthorised".into()));
    let error = error_of(&world.peer(1)).await;
    assert!(matches!(error.cause(), MeetCause::Launcher(LauncherError::Refused)));
    assert_eq!(error.retry(), Retry::Never);
    assert!(error.headline().to_string().ends_with("(trying again changes nothing)"), "{error}");
}

#[test]
fn the_document_of_rooms_says_what_the_code_does() {
    let document = include_str!("../../../docs/rooms.md");
    assert_eq!((DEFAULT_POLL_INTERVAL * STALE_AFTER_POLLS).as_secs(), 6);
    assert_eq!((DEFAULT_CONNECT_LIMIT.as_secs(), CLOCKS_APART_MAX.as_secs()), (15, 60));
    for said in ["which are six seconds if", "which is fifteen seconds unless", "may be a minute apart"] {
        assert!(document.replace('\n', " ").contains(said), "{said}");
    }
    for field in ["about.madeAt", "about.waitsMs", "about.looksEveryMs", "about.identity", "offerHash"] {
        assert!(document.contains(&format!("| `{field}` |")), "{field}");
    }
    let mut offer = Offer::new(Sdp::new("v=0"), signaling::AnswerId::new("a").unwrap());
    (offer.made_at, offer.waits_for, offer.looks_every) = (Some(TODAY), Some(TODAY), Some(TODAY));
    offer.identity = Some(signaling::Identity::of(&room(), "alice"));
    let written: serde_json::Value = serde_json::from_str(&offer.to_json().unwrap()).unwrap();
    for field in written["about"].as_object().unwrap().keys() {
        assert!(document.contains(&format!("| `about.{field}` |")), "{field}");
    }
}
