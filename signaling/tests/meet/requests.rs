//! Each request as the original sends it (the launcher's behaviour page, §10.3 and §10.4), and the drops that it forgets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signaling::{RecordName, Role};

use crate::launcher::Logged;
use crate::{ROOM_RECORD, World, joined_pair, millis, room};

fn lines(log: &[Logged]) -> Vec<&str> {
    log.iter().map(|logged| logged.line.as_str()).collect()
}

/// Every request but the first has the token, and those with JSON say so.
fn assert_headers(log: &[Logged]) {
    for (number, logged) in log.iter().enumerate() {
        let token = (number > 0).then(|| "Bearer T".to_owned());
        assert_eq!(logged.authorization, token, "{}", logged.line);
        let json = logged.line.starts_with("POST").then(|| "application/json".to_owned());
        assert_eq!(logged.content_type, json, "{}", logged.line);
        assert_eq!(logged.body.is_empty(), json.is_none(), "{}", logged.line);
    }
}

#[tokio::test(start_paused = true)]
async fn an_initiator_sends_what_the_original_sends() {
    let world = World::new();
    let peer = world.peer(1);
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    let _ = tokio::time::timeout(millis(2_500), meeting.as_mut()).await;
    let log = world.launcher.log();
    assert_eq!(
        lines(&log),
        [
            "POST /0.5/auth",
            "POST /0.5/data-id/structured-data",
            "GET /0.5/structured-data/handle/0",
            "DELETE /0.5/data-id/0",
            "POST /0.5/structured-data/",
            "PUT /0.5/structured-data/1",
            "DELETE /0.5/structured-data/handle/1",
            "POST /0.5/data-id/structured-data",
            "GET /0.5/structured-data/handle/2",
            "DELETE /0.5/data-id/2",
        ]
    );
    assert_headers(&log);
    assert_eq!(
        log[0].body,
        r#"{"app":{"name":"SAFE Signaling Demo","id":"example.signaling.v1","version":"0.1.0","vendor":"MaidSafe Ltd."},"permissions":["LOW_LEVEL_API"]}"#
    );
    assert_eq!(log[1].body, format!(r#"{{"name":"{ROOM_RECORD}","typeTag":500}}"#));
    let offer = world.launcher.stored(ROOM_RECORD).unwrap();
    let data = STANDARD.encode(&offer);
    assert_eq!(log[4].body, format!(r#"{{"name":"{ROOM_RECORD}","typeTag":500,"data":"{data}"}}"#));
    let answer_id = signaling::Offer::from_json(offer.as_bytes()).unwrap().answer_id;
    let answer_record = RecordName::of_answer(&answer_id);
    assert_eq!(log[7].body, format!(r#"{{"name":"{answer_record}","typeTag":500}}"#));

    // The original app never removes its offer.
    drop(meeting);
    world.assert_nothing_left(&[&peer]).await;
    let all = world.launcher.log();
    assert_eq!(
        lines(&all[log.len()..]),
        [
            "POST /0.5/data-id/structured-data",
            "GET /0.5/structured-data/handle/3",
            "DELETE /0.5/data-id/3",
            "GET /0.5/structured-data/4/undefined",
            "DELETE /0.5/structured-data/4",
            "DELETE /0.5/structured-data/handle/4",
        ]
    );
    assert_headers(&all);
}

#[tokio::test(start_paused = true)]
async fn a_recipient_sends_what_the_original_sends_and_never_polls() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    let room = room();
    let later = async {
        tokio::time::sleep(millis(500)).await;
        let before = world.launcher.log().len();
        // It is left alone until the initiator's first poll.
        let mut meeting = Box::pin(second.meet(&room));
        let _ = tokio::time::timeout(millis(1_000), meeting.as_mut()).await;
        world.launcher.log()[before..].to_vec()
    };
    let (_, log) = tokio::join!(tokio::time::timeout(millis(1_900), first.meet(&room)), later);
    assert_eq!(
        lines(&log),
        [
            "POST /0.5/auth",
            "POST /0.5/data-id/structured-data",
            "GET /0.5/structured-data/handle/2",
            "DELETE /0.5/data-id/2",
            "GET /0.5/structured-data/3/undefined",
            "DELETE /0.5/structured-data/handle/3",
            "POST /0.5/structured-data/",
            "PUT /0.5/structured-data/4",
            "DELETE /0.5/structured-data/handle/4",
        ]
    );
    assert_headers(&log);
}

#[tokio::test(start_paused = true)]
async fn handles_beyond_what_javascript_counts_are_kept_exactly() {
    let world = World::new();
    world.launcher.start_handles_at(9_007_199_254_740_993);
    let (first, second) = (world.peer(1), world.peer(2));
    let (a, b) = joined_pair(&first, &second, millis(10)).await;
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    drop((a, b));
    assert_eq!(world.launcher.lines()[2], "GET /0.5/structured-data/handle/9007199254740993");
    world.assert_nothing_left(&[&first, &second]).await;
}
