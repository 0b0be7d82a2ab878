//! What one peer reads from another, and what a user gives to a peer.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use signaling::transport::{Session, Transport};
use signaling::{Answer, IceConfig, LauncherUrl, Offer, PayloadError, RoomName, Sdp, WebRtc};

use crate::fuzzer::Target;

const PAYLOAD: [&str; 8] =
    ["\"payload\"", "\"type\"", "\"offer\"", "\"answer\"", "\"sdp\"", "\"targetId\"", "\"about\"", "\"offerHash\""];

/// What is read is written and read again.
fn payload<T: Debug + PartialEq>(
    input: &[u8],
    read: fn(&[u8]) -> Result<T, PayloadError>,
    write: fn(&T) -> Result<String, PayloadError>,
) -> String {
    match read(input) {
        Ok(value) => match write(&value) {
            Ok(json) => {
                assert_eq!(read(json.as_bytes()), Ok(value));
                "read".to_owned()
            }
            // Escapes can make it longer than it was.
            Err(error) => error.to_string(),
        },
        Err(PayloadError::Malformed(text)) => text.split(" at line").next().unwrap_or_default().to_owned(),
        Err(error) => format!("{:?}", std::mem::discriminant(&error)),
    }
}

#[test]
fn offer() {
    Target::new("offer", &PAYLOAD).run(|input| payload(input, Offer::from_json, Offer::to_json));
}

#[test]
fn answer() {
    Target::new("answer", &PAYLOAD).run(|input| payload(input, Answer::from_json, Answer::to_json));
}

/// The description of another peer is an error at worst. Sockets are on loopback.
#[test]
fn session_description() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = WebRtc::builder().addresses(["127.0.0.1:0"]).gather_wait(Duration::from_secs(1)).build();
    let ice = IceConfig::default();
    let words = &[
        "v=0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=",
        "a=candidate:",
        "\r\n",
        "c=IN IP4 ",
        "a=setup:",
        "a=mid:",
        "a=group:BUNDLE ",
        "a=fingerprint:SHA-256 ",
        "m=application 9 DTLS/SCTP 5000",
        "a=bundle-only",
    ];
    let target = Target::new("session_description", words);
    target.run(|input| {
        let sdp = Sdp::new(String::from_utf8_lossy(input));
        runtime.block_on(async {
            let answered = transport.answer(&sdp, &ice).await.map(|_| ());
            let (mut session, _) = transport.offer(&ice).await.unwrap();
            let accepted = session.accept(&sdp).await;
            format!("{}, {}", kind(&answered), kind(&accepted))
        })
    });
}

fn kind<T, E: Error>(result: &Result<T, E>) -> String {
    let Err(error) = result else { return "read".to_owned() };
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

#[test]
fn ice_servers() {
    let words = &[
        "\"iceServers\"",
        "\"urls\"",
        "\"url\"",
        "stun:",
        "turn:",
        "turns:",
        "?transport=tcp",
        "\"username\"",
        "[::1]",
    ];
    Target::new("ice_servers", words).run(|input| {
        let config = IceConfig::from_json(&String::from_utf8_lossy(input));
        kind(&config)
    });
}

#[test]
fn room_and_launcher() {
    Target::new("room_and_launcher", &["http://", "localhost", "[::1]", ":8100", "@", "/"]).run(|input| {
        let text = String::from_utf8_lossy(input);
        let url = text.parse::<LauncherUrl>();
        if let Ok(url) = &url {
            assert_eq!(url.as_str().parse().as_ref(), Ok(url));
        }
        let room = text.parse::<RoomName>();
        if let Ok(room) = &room {
            assert_eq!(room.as_str(), text);
        }
        format!("{}, {}", url.map_or_else(|error| error.reason.to_owned(), |_| String::new()), kind(&room))
    });
}
