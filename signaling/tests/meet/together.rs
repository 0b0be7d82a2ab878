//! Two peers in one room.

use signaling::{Message, RecordName, Role};

use crate::{World, millis, room};

#[tokio::test(start_paused = true)]
async fn two_peers_meet_talk_and_leave_nothing_behind() {
    let world = World::new();
    world.launcher.latency(millis(10));
    let (first, second) = (world.peer(1), world.peer(2));
    let room = room();
    let late = async {
        tokio::time::sleep(millis(3_000)).await;
        second.meet(&room).await
    };
    let (a, b) = tokio::join!(first.meet(&room), late);
    let (a, b) = (a.unwrap(), b.unwrap());

    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    assert_eq!(a.meeting().local, b.meeting().remote, "the offer arrived as it was sent");
    assert_eq!(a.meeting().remote, b.meeting().local, "the answer arrived as it was sent");
    assert_eq!(a.meeting().answer_id, b.meeting().answer_id);
    a.send(Message::text("hello")).await.unwrap();
    b.send(Message::binary(vec![7])).await.unwrap();
    assert_eq!(b.receive().await, Some(Message::text("hello")));
    assert_eq!(a.receive().await, Some(Message::binary(vec![7])));
    a.close().await;
    assert_eq!(b.receive().await, None);
    b.close().await;
    world.assert_nothing_left(&[&first, &second]).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_what_the_original_stores() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    let room = room();
    let late = async {
        tokio::time::sleep(millis(1)).await;
        second.meet(&room).await
    };
    let (a, b) = tokio::join!(first.meet(&room), late);
    let (a, _b) = (a.unwrap(), b.unwrap());
    let answer_id = &a.meeting().answer_id;
    let offer = world.launcher.stored(RecordName::of_room(&room).as_str()).unwrap();
    assert_eq!(offer, format!(r#"{{"payload":{{"type":"offer","sdp":"offer 0"}},"targetId":"{answer_id}"}}"#));
    let answer = world.launcher.stored(RecordName::of_answer(answer_id).as_str()).unwrap();
    let begin = r#"{"payload":{"type":"answer","sdp":"answer to offer 0"},"targetId":"room1-0."#;
    assert!(answer.starts_with(begin), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_answer_id() {
    let world = World::new();
    let ids = |seed| {
        let peer = world.peer(seed);
        async move {
            let room = signaling::RoomName::new(format!("room {seed}")).unwrap();
            let _ = tokio::time::timeout(millis(100), peer.meet(&room)).await;
            peer.settled().await;
        }
    };
    ids(5).await;
    let stored = world.launcher.stored(RecordName::of_room(&signaling::RoomName::new("room 5").unwrap()).as_str());
    let again = World::new();
    let peer = again.peer(5);
    let room = signaling::RoomName::new("room 5").unwrap();
    let _ = tokio::time::timeout(millis(100), peer.meet(&room)).await;
    assert_eq!(again.launcher.stored(RecordName::of_room(&room).as_str()), stored);
    assert!(stored.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_peer_asks_its_user_once() {
    let world = World::new();
    let peer = world.peer(1);
    for _ in 0..2 {
        let _ = tokio::time::timeout(millis(100), peer.meet(&room())).await;
    }
    let asked = world.launcher.lines().iter().filter(|line| *line == "POST /0.5/auth").count();
    assert_eq!(asked, 1);
}
