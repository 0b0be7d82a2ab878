//! What a launcher, its user and the other peer can do to us.

use proptest::prelude::*;
use signaling::REPEATS_MAX;
use signaling::launcher::{HttpError, LauncherError, REMOVAL_TIMEOUT};
use signaling::transport::{InMemory, Transport};
use signaling::{
    AnswerId, Config, IceConfig, LastSeen, MeetCause, MeetError, Offer, PayloadError, Peer, Phase, RecordName,
    TransportError,
};

use crate::launcher::Reply;
use crate::{World, millis, room};

fn answer(status: u16, body: &str) -> Reply {
    Reply::Answer(status, body.into())
}

async fn fails(world: &World) -> MeetError {
    let (peer, error) = ends(world).await;
    world.assert_nothing_left(&[&peer]).await;
    error
}

async fn ends(world: &World) -> (Peer<InMemory>, MeetError) {
    let peer = world.peer_with(Config::default().seed(1).deadline(millis(30_000)));
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    (peer, error)
}

#[tokio::test(start_paused = true)]
async fn a_user_who_says_no_is_a_refusal() {
    let world = World::new();
    world.launcher.script("POST /0.5/auth", 1, answer(401, "Unauthorised"));
    let error = fails(&world).await;
    assert_eq!(error.phase(), Phase::Authorise);
    assert!(matches!(error.cause(), MeetCause::Launcher(LauncherError::Refused)));
}

#[tokio::test(start_paused = true)]
async fn a_user_who_says_nothing_ends_with_the_deadline() {
    let world = World::new();
    world.launcher.script("POST /0.5/auth", 1, Reply::Never);
    let error = fails(&world).await;
    assert_eq!((error.phase(), error.last_seen()), (Phase::Authorise, &LastSeen::Nothing));
    assert!(matches!(error.cause(), MeetCause::DeadlinePassed(_)));
}

#[tokio::test(start_paused = true)]
async fn only_nothing_stored_makes_an_initiator() {
    let broken = [
        Reply::Broken,
        answer(404, r#"{"errorCode":404,"description":"Endpoint Not Found"}"#),
        answer(400, r#"{"errorCode":-1,"description":"CoreError::StructuredDataHeaderSizeProhibitive"}"#),
        answer(500, "oops"),
        answer(200, "{}"),
        Reply::Never,
    ];
    for reply in broken {
        let world = World::new();
        world.launcher.script("GET /0.5/structured-data/handle/", 100, reply);
        let error = fails(&world).await;
        assert_eq!(error.phase(), Phase::FindOffer, "{error}");
        assert!(
            matches!(error.cause(), MeetCause::Launcher(_)) || matches!(error.cause(), MeetCause::DeadlinePassed(_))
        );
        assert_eq!(world.launcher.stored(RecordName::of_room(&room()).as_str()), None, "no second offer");
    }
}

#[tokio::test(start_paused = true)]
async fn a_meeting_without_another_peer_is_an_error_with_phase_cause_and_last_seen() {
    let error = fails(&World::new()).await;
    assert_eq!(
        error.to_string(),
        "no meeting in room \"room1\": while waiting for an answer, the deadline of 30 s passed \
         (last seen: no answer at poll 14; trying again makes sense). \
         No answer came; whether another peer has read the offer is not known to this peer."
    );
}

#[tokio::test(start_paused = true)]
async fn polls_that_fail_for_a_while_do_not_end_the_meeting() {
    let world = World::new();
    world.launcher.latency(millis(2));
    let (first, second) = (world.peer(1), world.peer(2));
    let room = room();
    let trouble = async {
        tokio::time::sleep(millis(100)).await;
        let poll = "POST /0.5/data-id/structured-data";
        world.launcher.script(poll, 1, Reply::Broken);
        world.launcher.script(poll, 1, answer(500, "oops"));
        world.launcher.script(poll, 1, answer(200, r#"{"handleId":-1}"#));
        world.launcher.script("GET /0.5/structured-data/handle/", 1, answer(400, r#"{"errorCode":-1514}"#));
        tokio::time::sleep(millis(9_000)).await;
        second.meet(&room).await
    };
    let (a, b) = tokio::join!(first.meet(&room), trouble);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.meeting().timeline.poll_count, 5);
    drop((a, b));
    world.assert_nothing_left(&[&first, &second]).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_failed_poll_is_in_the_error() {
    let world = World::new();
    let poll = "GET /0.5/structured-data/handle/";
    world.launcher.script(poll, 1, answer(404, r#"{"errorCode":-18,"description":"NoSuchData"}"#));
    world.launcher.script(poll, 14, Reply::Broken);
    let error = fails(&world).await;
    assert!(matches!(error.cause(), MeetCause::DeadlinePassed(_)));
    assert!(
        error.to_string().contains("poll 14 failed: fetching a record: the connection to the launcher broke"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_hangs_at_a_poll_is_given_up_on_and_asked_again() {
    let world = World::new();
    let config = Config::default().seed(1).deadline(millis(30_000)).request_timeout(millis(3_000));
    world.launcher.script("GET /0.5/structured-data/handle/2", 1, Reply::Never);
    let peer = world.peer_with(config);
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    assert_eq!(error.last_seen(), &LastSeen::NoAnswer { polls: 13 });
    world.assert_nothing_left(&[&peer]).await;
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_leads_to_one_new_authorisation_and_the_meeting_goes_on() {
    let world = World::new();
    let peer = world.peer(1);
    world.launcher.script("GET /0.5/structured-data/handle/2", 1, answer(401, "Unauthorized"));
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    assert!(matches!(error.cause(), MeetCause::DeadlinePassed(_)), "{error}");
    assert_eq!(world.launcher.lines().iter().filter(|line| *line == "POST /0.5/auth").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_never_accepts_its_own_tokens_is_given_up_on() {
    let world = World::new();
    let peer = world.peer(1);
    world.launcher.script("POST /0.5/data-id", 100, answer(401, "Unauthorized"));
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    assert_eq!(error.phase(), Phase::FindOffer);
    assert!(matches!(error.cause(), MeetCause::Launcher(LauncherError::Unauthorised { .. })), "{error}");
    let asked = world.launcher.lines().iter().filter(|line| *line == "POST /0.5/auth").count();
    assert_eq!(asked, 1 + REPEATS_MAX as usize);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_refuses_the_second_authorisation_ends_the_meeting() {
    let world = World::new();
    let peer = world.peer(1);
    world.launcher.script("POST /0.5/data-id", 1, answer(401, "Unauthorized"));
    world.launcher.script("POST /0.5/auth", 1, answer(200, r#"{"token":"T","permissions":[]}"#));
    world.launcher.script("POST /0.5/auth", 1, answer(401, "Unauthorised"));
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    assert!(matches!(error.cause(), MeetCause::Launcher(LauncherError::Refused)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_third_peer_learns_that_it_cannot_answer() {
    let world = World::new();
    let (_session, sdp) = world.transport.offer(&IceConfig::default()).await.unwrap();
    let id = AnswerId::new("room1-0.5").unwrap();
    let offer = Offer::new(sdp, id.clone()).to_json().unwrap();
    world.launcher.store(RecordName::of_room(&room()).as_str(), &offer);
    world.launcher.store(RecordName::of_answer(&id).as_str(), "{}");
    let peer = world.peer(1);
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    assert_eq!(error.phase(), Phase::PublishAnswer);
    assert!(matches!(error.cause(), MeetCause::RoomTaken), "{error}");
    peer.wait_idle().await;
    assert_eq!(world.launcher.handles(), []);
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_cannot_be_used_is_a_typed_error() {
    let stored = [
        ("x", PayloadError::Malformed(String::new())),
        (
            r#"{"payload":{"type":"answer","sdp":"s"},"targetId":"a"}"#,
            PayloadError::WrongType { expected: "", found: String::new() },
        ),
        (r#"{"payload":{"type":"offer","sdp":""},"targetId":"a"}"#, PayloadError::NoSdp),
    ];
    for (text, expected) in stored {
        let world = World::new();
        world.launcher.store(RecordName::of_room(&room()).as_str(), text);
        let error = fails(&world).await;
        assert_eq!(error.phase(), Phase::FindOffer);
        let MeetCause::Payload(found) = error.cause() else { panic!("{error}") };
        assert_eq!(std::mem::discriminant(found), std::mem::discriminant(&expected));
    }
}

#[tokio::test(start_paused = true)]
async fn an_offer_of_garbage_is_refused_by_the_transport() {
    let world = World::new();
    let offer = r#"{"payload":{"type":"offer","sdp":"garbage"},"targetId":"room1-0.5"}"#;
    world.launcher.store(RecordName::of_room(&room()).as_str(), offer);
    let error = fails(&world).await;
    assert_eq!(error.phase(), Phase::AnswerOffer);
    assert!(matches!(error.cause(), MeetCause::Transport(TransportError::BadRemoteDescription(_))));
}

#[tokio::test(start_paused = true)]
async fn a_failed_request_says_which_one_failed() {
    let world = World::new();
    world.launcher.script("PUT", 100, Reply::Broken);
    let error = fails(&world).await;
    assert_eq!(error.phase(), Phase::PublishOffer);
    let MeetCause::Launcher(LauncherError::Http { request, source }) = error.cause() else { panic!("{error}") };
    assert_eq!(*request, "storing a record");
    assert!(matches!(source, HttpError::Exchange(_)));
}

fn garbage() -> impl Strategy<Value = Reply> {
    let bodies = prop_oneof![
        Just(String::new()),
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("OK".to_owned()),
        Just(r#"{"handleId":"18446744073709551616"}"#.to_owned()),
        Just(r#"{"handleId":null,"token":7}"#.to_owned()),
        Just(r#"{"token":"a\nb"}"#.to_owned()),
        Just(r#"{"errorCode":"x","description":[]}"#.to_owned()),
        Just(r#"{"errorCode":-18}"#.to_owned()),
        ".{0,60}",
    ];
    prop_oneof![
        8 => (prop::sample::select(vec![200u16, 201, 204, 301, 400, 401, 403, 404, 500, 599]), bodies)
            .prop_map(|(status, body)| Reply::Answer(status, body)),
        1 => Just(Reply::Broken),
        1 => Just(Reply::Never),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_a_launcher_answers_a_meeting_ends_in_time_without_a_panic_or_a_left_over(
        replies in prop::collection::vec((0usize..6, 1usize..4, garbage()), 1..4),
        offer in prop::option::of(".{0,80}"),
    ) {
        let requests = [
            "POST /0.5/auth", "POST /0.5/data-id", "GET /0.5/structured-data", "POST /0.5/structured-data/",
            "PUT", "GET /0.5/structured-data/handle",
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            if let Some(offer) = offer {
                world.launcher.store(RecordName::of_room(&room()).as_str(), &offer);
            }
            for (request, times, reply) in replies {
                world.launcher.script(requests[request], times, reply);
            }
            let begun = tokio::time::Instant::now();
            let (peer, error) = ends(&world).await;
            world.assert_no_more_than_records_left(&[&peer]).await;
            // The deadline, a launcher that does not answer the last request, and a launcher that does not delete a record.
            prop_assert!(begun.elapsed() <= millis(30_000 + 5_000 + 1_000) + REMOVAL_TIMEOUT);
            prop_assert!(error.to_string().len() < 2_000);
            Ok(())
        })?;
    }
}
