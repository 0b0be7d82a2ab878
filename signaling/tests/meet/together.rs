//! Two peers in one room.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signaling::{Message, Role, Sdp};

use crate::launcher::Logged;
use crate::{World, joined_pair, millis, room};

#[tokio::test(start_paused = true)]
async fn two_peers_meet_talk_and_leave_nothing_behind() {
    let world = World::new();
    world.launcher.latency(millis(10));
    let (first, second) = (world.peer(1), world.peer(2));
    let (a, b) = joined_pair(&first, &second, millis(3_000)).await;

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

/// What was stored, in the order in which it was, whether it is still there or not.
fn all_stored(world: &World) -> Vec<String> {
    let creates = world.launcher.log().into_iter().filter(|logged| logged.line == "POST /0.5/structured-data/");
    let content = |logged: Logged| {
        let body: serde_json::Value = serde_json::from_str(&logged.body).unwrap();
        String::from_utf8(STANDARD.decode(body["data"].as_str().unwrap()).unwrap()).unwrap()
    };
    creates.map(content).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_what_the_original_stores_and_one_field_that_it_does_not_read() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    let (a, _b) = joined_pair(&first, &second, millis(1)).await;
    let answer_id = &a.meeting().answer_id;
    let [offer, answer] = all_stored(&world).try_into().unwrap();
    let json = |sdp: &Sdp| serde_json::to_string(sdp.as_str()).unwrap();
    let (offered, answered) = (json(&a.meeting().local), json(&a.meeting().remote));
    let original = format!(r#"{{"payload":{{"type":"offer","sdp":{offered}}},"targetId":"{answer_id}""#);
    assert_eq!(offer, original + r#","about":{"madeAt":1700000000000,"waitsMs":120000,"looksEveryMs":2000}}"#);
    let begin = format!(r#"{{"payload":{{"type":"answer","sdp":{answered}}},"targetId":"room1-0."#);
    assert!(answer.starts_with(&begin), "{answer}");
    let end = format!(r#"","offerHash":"{}"}}"#, a.meeting().local.hash().as_str());
    assert!(answer.ends_with(&end), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_answer_id() {
    let offers = async |seed| {
        let world = World::new();
        let _ = tokio::time::timeout(millis(100), world.peer(seed).meet(&room())).await;
        all_stored(&world)
    };
    assert_eq!(offers(5).await.len(), 1);
    assert_eq!(offers(5).await, offers(5).await);
    assert_ne!(offers(5).await, offers(6).await);
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
