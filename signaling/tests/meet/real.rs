//! Real WebRTC over loopback, on the real clock; only the launcher is in memory.

use std::sync::{Arc, Weak};

use signaling::transport::Transport as _;
use signaling::{
    Answer, AnswerId, Config, IceConfig, MeetCause, MeetError, Message, Offer, Peer, Phase, PhaseLimits, RecordName,
    Retry, Role, Sdp, TransportError, WebRtc,
};
use webrtc::runtime::TokioRuntime;

use crate::dropped::DroppedAt;
use crate::launcher::MemoryLauncher;
use crate::{ROOM_RECORD, millis, room};

#[tokio::test]
async fn two_peers_meet_over_webrtc_talk_and_leave_nothing_behind() {
    let launcher = MemoryLauncher::default();
    let peer = |seed| {
        let config = Config::default().seed(seed).poll_interval(millis(50)).deadline(millis(20_000));
        Peer::builder("http://localhost:8100", WebRtc::new())
            .service(Arc::new(launcher.clone()))
            .config(config)
            .build()
            .unwrap()
    };
    let (first, second) = (peer(1), peer(2));
    let room = room();
    let later = async {
        while launcher.stored(ROOM_RECORD).is_none() {
            tokio::task::yield_now().await;
        }
        second.meet(&room).await
    };
    let (a, b) = tokio::join!(first.meet(&room), later);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    assert_eq!(a.meeting().local, b.meeting().remote);
    assert_eq!(a.meeting().remote, b.meeting().local);
    a.send(Message::text("from a")).await.unwrap();
    b.send(Message::text("from b")).await.unwrap();
    assert_eq!(b.receive().await, Some(Message::text("from a")));
    assert_eq!(a.receive().await, Some(Message::text("from b")));
    b.close().await;
    assert_eq!(a.receive().await, None);
    a.close().await;
    first.wait_idle().await;
    second.wait_idle().await;
    assert_eq!(launcher.handles(), []);
    tokio::task::yield_now().await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
}

/// An initiator that has no limit but the deadline, and gets an answer that no pair of candidates can be made of.
#[tokio::test]
async fn an_initiator_that_could_try_no_pair_of_candidates_is_told_so_at_its_deadline() {
    let launcher = MemoryLauncher::default();
    let transport = WebRtc::builder().addresses(["127.0.0.1:0"]).build();
    let config = Config::default().seed(1).poll_interval(millis(20)).deadline(millis(1_500));
    let peer = Peer::builder("http://localhost:8100", transport.clone()).service(Arc::new(launcher.clone()));
    let peer = peer.config(config).build().unwrap();
    let room = room();
    let answering = async {
        let stored = loop {
            if let Some(stored) = launcher.stored(ROOM_RECORD) {
                break stored;
            }
            tokio::task::yield_now().await;
        };
        let offer = Offer::from_json(stored.as_bytes()).unwrap();
        let (session, sdp) = transport.answer(&offer.sdp, &IceConfig::default()).await.unwrap();
        drop(session);
        let sdp = Sdp::new(sdp.as_str().replace(" 127.0.0.1 ", " 2001:db8::7 "));
        let answer = Answer::new(sdp, AnswerId::new("room1-0.75").unwrap()).to_json().unwrap();
        launcher.store(RecordName::of_answer(&offer.answer_id).as_str(), &answer);
    };
    let (met, ()) = tokio::join!(peer.meet(&room), answering);
    let error = met.map(drop).unwrap_err();
    assert!(matches!(error.cause(), MeetCause::Transport(TransportError::NoCandidatePair)), "{error}");
    peer.wait_idle().await;
}

/// How a peer fails that finds an offer whose initiator is gone, with `change` made to the offer.
async fn error_at_offer(change: impl Fn(&str) -> String) -> MeetError {
    let (launcher, transport) = (MemoryLauncher::default(), WebRtc::builder().addresses(["127.0.0.1:0"]).build());
    let (session, sdp) = transport.offer(&IceConfig::default()).await.unwrap();
    drop(session);
    let mut offer = Offer::new(Sdp::new(change(sdp.as_str())), AnswerId::new("room1-0.25").unwrap());
    offer.looks_every = Some(millis(50));
    launcher.store(ROOM_RECORD, &offer.to_json().unwrap());
    let limits = PhaseLimits::default().with(Phase::Connect, millis(100));
    let config = Config::default().seed(1).poll_interval(millis(50)).deadline(millis(20_000)).phase_limits(limits);
    let peer = Peer::builder("http://localhost:8100", transport).service(Arc::new(launcher.clone())).config(config);
    let peer = peer.build().unwrap();
    let error = peer.meet(&room()).await.map(drop).unwrap_err();
    peer.wait_idle().await;
    assert_eq!(launcher.handles(), []);
    error
}

#[tokio::test]
async fn a_peer_that_could_try_no_pair_of_candidates_is_not_told_that_the_initiator_is_gone() {
    let gone = error_at_offer(str::to_owned).await;
    assert!(matches!(gone.cause(), MeetCause::PeerGone { .. }), "{gone}");
    for other in ["2001:db8::7", "0a1b2c3d.local"] {
        let error = error_at_offer(|sdp| sdp.replace(" 127.0.0.1 ", &format!(" {other} "))).await;
        assert!(matches!(error.cause(), MeetCause::Transport(TransportError::NoCandidatePair)), "{other}: {error}");
        assert_eq!((error.phase(), error.retry()), (Phase::Connect, Retry::Later), "{other}");
    }
}

#[tokio::test]
async fn a_peer_that_cannot_use_an_offer_is_told_so_at_once() {
    let error = error_at_offer(|sdp| sdp.replace("sha-256", "sha-512")).await;
    assert!(matches!(error.cause(), MeetCause::Transport(TransportError::BadRemoteDescription(_))), "{error}");
    assert_eq!((error.phase(), error.retry()), (Phase::AnswerOffer, Retry::Later));
    assert!(error.to_string().contains("its fingerprint is of sha-512; one of sha-256 was expected"), "{error}");
}

/// Over real sockets a meeting has other awaits each time, and more of them than are worth waiting for.
#[tokio::test]
async fn a_meeting_over_webrtc_dropped_at_some_awaits_leaves_no_record_and_no_task() {
    let launcher = MemoryLauncher::default();
    let peer = |seed| {
        let config = Config::default().seed(seed).poll_interval(millis(30)).deadline(millis(2_000));
        Peer::builder("http://localhost:8100", WebRtc::new())
            .service(Arc::new(launcher.clone()))
            .config(config)
            .build()
            .unwrap()
    };
    let room = room();
    for nth in [1, 2, 3, 4, 5, 7, 10, 15] {
        let (first, second) = (peer(1), peer(2));
        let dropped = tokio::time::timeout(millis(5_000), DroppedAt::new(nth, first.meet(&room)));
        let (_, other) = tokio::join!(dropped, tokio::time::timeout(millis(100), second.meet(&room)));
        drop(other);
        first.wait_idle().await;
        second.wait_idle().await;
        assert_eq!((launcher.handles(), launcher.live_records()), (vec![], vec![]), "dropped at {nth}");
        tokio::task::yield_now().await;
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "dropped at {nth}");
    }
}

/// A peer over WebRTC, and what tells whether its connections are freed: each holds the runtime.
fn watched(launcher: &MemoryLauncher, seed: u64) -> (Peer, Weak<TokioRuntime>) {
    let runtime = Arc::new(TokioRuntime);
    let alive = Arc::downgrade(&runtime);
    let transport = WebRtc::builder().runtime(runtime).build();
    let config = Config::default().seed(seed).poll_interval(millis(30)).deadline(millis(10_000));
    let peer = Peer::builder("http://localhost:8100", transport).service(Arc::new(launcher.clone())).config(config);
    (peer.build().unwrap(), alive)
}

/// Drops the peers once they are idle, and fails unless nothing of their connections is in memory then.
async fn assert_freed(how: &str, peers: [(Peer, Weak<TokioRuntime>); 2]) {
    for (peer, alive) in peers {
        peer.wait_idle().await;
        drop(peer);
        assert_eq!(alive.strong_count(), 0, "{how}: what holds the runtime of a peer");
    }
    tokio::task::yield_now().await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "{how}: tasks alive");
}

#[tokio::test]
async fn a_connection_over_webrtc_is_freed_however_it_ends() {
    let launcher = MemoryLauncher::default();
    let room = room();
    for how in ["closed", "dropped", "one side closed, the other dropped", "closed with messages unread"] {
        let (first, second) = (watched(&launcher, 1), watched(&launcher, 2));
        let (a, b) = tokio::join!(first.0.meet(&room), second.0.meet(&room));
        let (a, b) = (a.unwrap(), b.unwrap());
        match how {
            "closed" => {
                tokio::join!(a.close(), b.close());
            }
            "dropped" => drop((a, b)),
            "one side closed, the other dropped" => {
                a.close().await;
                drop(b);
            }
            _ => {
                for number in 0..100 {
                    a.send(Message::text(number.to_string())).await.unwrap();
                }
                tokio::join!(a.close(), b.close());
            }
        }
        assert_freed(how, [first, second]).await;
    }
}

#[tokio::test]
async fn a_connection_over_webrtc_that_is_never_made_is_freed() {
    let launcher = MemoryLauncher::default();
    let room = room();
    for nth in [3, 8, 12, 15, 20, 30] {
        let (first, second) = (watched(&launcher, 1), watched(&launcher, 2));
        let dropped = tokio::time::timeout(millis(5_000), DroppedAt::new(nth, first.0.meet(&room)));
        let (_, other) = tokio::join!(dropped, tokio::time::timeout(millis(100), second.0.meet(&room)));
        drop(other);
        assert_freed(&format!("dropped at await {nth}"), [first, second]).await;
    }
}
