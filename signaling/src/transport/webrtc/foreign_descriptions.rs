//! Tests: two real peers meet though each sees the other's description in the words of another stack.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout;

use super::{DescriptionError, WebRtc, WebRtcSession};
use crate::ice_config::IceConfig;
use crate::sdp::Sdp;
use crate::transport::error::TransportError;
use crate::transport::message::Message;
use crate::transport::{Channel as _, Session as _, Transport as _};

/// Longer than anything here takes, so that a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(20);

fn transport() -> WebRtc {
    WebRtc::builder().addresses(["127.0.0.1:0"]).build()
}

/// Lets a recipient answer an offer as `change` leaves it.
async fn answered(change: impl Fn(&str) -> String) -> (WebRtcSession, WebRtcSession, Sdp) {
    let (transport, ice) = (transport(), IceConfig::default());
    let (initiator, offer) = transport.offer(&ice).await.unwrap();
    let (recipient, answer) = transport.answer(&Sdp::new(change(offer.as_str())), &ice).await.unwrap();
    (initiator, recipient, answer)
}

/// Lets the initiator accept the answer, and a message go each way.
async fn assert_meet(mut initiator: WebRtcSession, recipient: WebRtcSession, answer: &str, what: &str) {
    let meeting = async {
        initiator.accept(&Sdp::new(answer)).await.unwrap();
        let (ours, theirs) = tokio::join!(initiator.open(), recipient.open());
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        ours.send(Message::text("there")).await.unwrap();
        theirs.send(Message::text("back")).await.unwrap();
        assert_eq!(theirs.receive().await, Some(Message::text("there")));
        assert_eq!(ours.receive().await, Some(Message::text("back")));
    };
    assert!(timeout(PATIENCE, meeting).await.is_ok(), "{what}: no meeting");
}

/// Two peers meet, each of which sees the description of the other as `change` leaves it.
async fn assert_meet_if_both(change: fn(&str) -> String, what: &str) {
    let (initiator, recipient, answer) = answered(change).await;
    assert_meet(initiator, recipient, &change(answer.as_str()), what).await;
}

fn fingerprint(sdp: &str) -> String {
    sdp.lines().find(|line| line.starts_with("a=fingerprint:")).unwrap().to_owned()
}

/// The description with another fingerprint before and after its own, which is written in capitals.
fn with_more_fingerprints(sdp: &str) -> String {
    let own = fingerprint(sdp);
    let other = |algorithm: &str, bytes| format!("a=fingerprint:{algorithm} {}", vec!["AB"; bytes].join(":"));
    let capitals = own.replace("sha-256", "SHA-256");
    sdp.replace(&own, &[other("sha-512", 64), capitals, other("sha-384", 48)].join("\r\n"))
}

/// The description with candidates that cannot be used, before and after its own.
fn with_unusable_candidates(sdp: &str) -> String {
    let lines = [
        "a=candidate:",
        "a=candidate:1 1 udp 2130706431 peer.example 40000 typ host",
        "a=candidate:1 1 udp 2130706431 0a1b2c3d.local 40000 typ host",
        "a=candidate:1 1 udp 2130706431 fe80::1%eth0 40000 typ host",
        "a=candidate:1 1 udp 2130706431 999.1.1.1 40000 typ host",
        "a=candidate:1 1 udp 2130706431 192.0.2.7 400010 typ host",
        "a=candidate:1 1 udp 2130706431 192.0.2.7 40000 typ token",
        "a=candidate:1 1 ssltcp 2130706431 192.0.2.7 443 typ host",
        "a=candidate:1 1 tcp 2130706431 192.0.2.7 9 typ host tcptype active",
        "a=candidate:1 1 udp 4294967296 192.0.2.7 40000 typ host",
        "a=candidate:1 1 udp 2130706431 0.0.0.0 0 typ host",
        "a=candidate:1 1 udp 2130706431 255.255.255.255 9 typ host",
        "a=candidate:1 1 udp 2130706431 224.0.0.251 5353 typ host",
    ];
    let unusable = lines.join("\r\n") + "\r\n";
    format!("{}{unusable}", sdp.replacen("a=candidate:", &format!("{unusable}a=candidate:"), 1))
}

/// The description in the form of browsers until 2018.
fn of_2016(sdp: &str) -> String {
    sdp.replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000")
        .replace("a=sctp-port:5000", "a=sctpmap:5000 webrtc-datachannel 1024")
}

#[tokio::test]
async fn peers_meet_whatever_stands_beside_what_they_need() {
    assert_meet_if_both(with_more_fingerprints, "more fingerprints").await;
    assert_meet_if_both(with_unusable_candidates, "unusable candidates").await;
    assert_meet_if_both(of_2016, "the form of 2016").await;
    assert_meet_if_both(|sdp| sdp.replace("\r\n", "\n"), "lines without a carriage return").await;
    assert_meet_if_both(|sdp| sdp.replace(" udp ", " UDP "), "capitals").await;
    assert_meet_if_both(|sdp| sdp.replace("a=mid:0\r\n", "").replace("a=group:BUNDLE 0\r\n", ""), "no groups").await;
}

#[tokio::test]
async fn every_offer_that_may_begin_the_handshake_is_answered_passive() {
    for (offered, expected) in
        [("active", "passive"), ("holdconn", "passive"), ("passive", "active"), ("actpass", "passive")]
    {
        let change = |sdp: &str| sdp.replace("a=setup:actpass", &format!("a=setup:{offered}"));
        let (initiator, recipient, answer) = answered(change).await;
        assert!(answer.as_str().contains(&format!("a=setup:{expected}\r\n")), "{offered}: {answer:?}");
        assert_meet(initiator, recipient, answer.as_str(), offered).await;
    }
}

/// Puts sections before that of the data channel, which hold what was in it of the transport.
fn with_media_before(sdp: &str) -> String {
    let (session, data) = sdp.split_once("m=application").unwrap();
    let is_transport = |line: &&str| ["a=ice-", "a=candidate:", "a=setup:"].iter().any(|start| line.starts_with(start));
    let transport: Vec<_> = data.lines().filter(is_transport).collect();
    let data: Vec<_> = data.lines().filter(|line| !is_transport(line)).collect();
    let session = session.replace("BUNDLE 0", "BUNDLE a v 0");
    let media = |name: &str, mid: &str, lines: &str| {
        format!(
            "m={name} 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na=sendrecv\r\na=rtpmap:96 x/90000\r\n{lines}\r\n"
        )
    };
    let [audio, video] =
        [media("audio", "a", &transport.join("\r\n")), media("video", "v", "a=ice-ufrag:x\r\na=ice-pwd:y")];
    format!("{session}{audio}{video}m=application{}\r\n", data.join("\r\n"))
}

#[tokio::test]
async fn an_offer_of_audio_video_and_a_data_channel_connects_by_the_data_channel() {
    let (initiator, recipient, answer) = answered(with_media_before).await;
    let (session, sections) = answer.as_str().split_once("m=audio 9 ").unwrap();
    let (_, data) = sections.split_once("m=application").unwrap();
    assert!(session.contains("a=group:BUNDLE a v 0\r\n"), "{session}");
    // The initiator has made no sections for media.
    assert_meet(initiator, recipient, &format!("{session}m=application{data}"), "audio and video").await;
}

/// The reason why a description cannot be used.
fn reason(error: &TransportError) -> DescriptionError {
    let TransportError::BadRemoteDescription(source) = error else { panic!("{error}") };
    source.downcast_ref::<DescriptionError>().unwrap().clone()
}

/// A change of a description, and whether an error is the one that is expected then.
type Case<'a> = (&'a dyn Fn(&str) -> String, fn(&DescriptionError) -> bool);

#[tokio::test]
async fn a_description_that_cannot_be_used_is_a_typed_error_at_once_in_both_roles_and_leaves_no_task() {
    use DescriptionError::{
        BadFingerprint, DataChannelRejected, FingerprintAlgorithm, NoCandidate, NoDataChannel, NoFingerprint,
    };
    let without = |sdp: &str, start: &str| {
        let kept: Vec<_> = sdp.lines().filter(|line| !line.starts_with(start)).collect();
        kept.join("\r\n") + "\r\n"
    };
    let cases: [Case<'_>; 8] = [
        (
            &|sdp| sdp.replace("sha-256", "sha-384"),
            |error| matches!(error, FingerprintAlgorithm { found } if found == &["sha-384"]),
        ),
        (&|sdp| sdp.replace("sha-256 ", "sha-256 00:"), |error| *error == BadFingerprint),
        (&|sdp| without(sdp, "a=fingerprint"), |error| *error == NoFingerprint),
        (&|sdp| without(sdp, "a=candidate"), |error| matches!(error, NoCandidate { left_out } if left_out.is_empty())),
        (
            &|sdp| sdp.replace(" udp ", " tcp "),
            |error| matches!(error, NoCandidate { left_out } if !left_out.is_empty()),
        ),
        (&|sdp| sdp.replace("127.0.0.1", "0.0.0.0"), |error| matches!(error, NoCandidate { .. })),
        (&|sdp| sdp.replace("m=application 9", "m=application 0"), |error| *error == DataChannelRejected),
        (&|sdp| sdp.replace("m=application", "m=audio"), |error| matches!(error, NoDataChannel { .. })),
    ];
    let (transport, ice) = (transport(), IceConfig::default());
    for (n, (change, is_expected)) in cases.iter().enumerate() {
        let (mut initiator, offer) = transport.offer(&ice).await.unwrap();
        let refused = transport.answer(&Sdp::new(change(offer.as_str())), &ice).await.unwrap_err();
        assert!(is_expected(&reason(&refused)), "offer {n}: {refused}");
        let (_recipient, answer) = transport.answer(&offer, &ice).await.unwrap();
        let refused = initiator.accept(&Sdp::new(change(answer.as_str()))).await.unwrap_err();
        assert!(is_expected(&reason(&refused)), "answer {n}: {refused}");
    }
    timeout(PATIENCE, transport.wait_idle()).await.unwrap();
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
}

#[tokio::test]
async fn an_answer_that_was_refused_changes_nothing_and_another_one_is_accepted() {
    let (mut initiator, recipient, answer) = answered(str::to_owned).await;
    let two = format!("{answer}m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", answer = answer.as_str());
    let refused = initiator.accept(&Sdp::new(two)).await.unwrap_err();
    assert_eq!(reason(&refused), DescriptionError::OtherSections { found: 2 });
    assert_meet(initiator, recipient, answer.as_str(), "after another answer").await;
}

/// Why a recipient gets no channel whose offer `change` has changed. The initiator accepts the answer, or is silent.
async fn no_channel(change: impl Fn(&str) -> String, accepts: bool) -> TransportError {
    let transport = transport();
    let ice = IceConfig::default().patience(Duration::from_millis(500));
    let (mut initiator, offer) = transport.offer(&ice).await.unwrap();
    let (recipient, answer) = transport.answer(&Sdp::new(change(offer.as_str())), &ice).await.unwrap();
    if accepts {
        initiator.accept(&answer).await.unwrap();
    }
    let failed = timeout(PATIENCE, recipient.open()).await.unwrap().unwrap_err();
    drop(initiator);
    timeout(PATIENCE, transport.wait_idle()).await.unwrap();
    failed
}

#[tokio::test]
async fn a_failure_says_whether_the_other_peer_was_reached_and_whether_anything_could_be_tried() {
    let with_wrong_fingerprint = |sdp: &str| {
        let wrong = format!("a=fingerprint:sha-256 {}", vec!["AB"; 32].join(":"));
        sdp.replace(&fingerprint(sdp), &wrong)
    };
    let failed = no_channel(with_wrong_fingerprint, true).await;
    assert!(matches!(failed, TransportError::HandshakeFailed), "{failed}");
    for hidden in ["2001:db8::7", "0a1b2c3d.local"] {
        let failed = no_channel(|sdp| sdp.replace(" 127.0.0.1 ", &format!(" {hidden} ")), false).await;
        assert!(matches!(failed, TransportError::NoCandidatePair), "{hidden}: {failed}");
    }
    let failed = no_channel(str::to_owned, false).await;
    assert!(matches!(failed, TransportError::ConnectionFailed), "{failed}");
}

/// Names of multicast DNS are not looked up here.
#[tokio::test]
async fn a_peer_that_hides_its_addresses_is_met_since_it_knows_those_of_this_side() {
    let hidden = |sdp: &str| sdp.replace(" 127.0.0.1 ", " 0a1b2c3d.local ");
    let (initiator, recipient, answer) = answered(hidden).await;
    assert_meet(initiator, recipient, answer.as_str(), "a hidden initiator").await;
    let (initiator, recipient, answer) = answered(str::to_owned).await;
    assert_meet(initiator, recipient, &hidden(answer.as_str()), "a hidden recipient").await;
}
