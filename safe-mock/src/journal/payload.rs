//! The offer or the answer in content, as far as the journal tells it.
//!
//! The form is that of the original app (launcher behaviour §10.2), with the further fields of the `signaling` crate. This
//! reader is a second one on purpose: docs/decisions/0002-client-and-mock-define-their-json-separately.md says why.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::shortened::shortened;

/// Which session description content has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadType {
    /// That of an initiator.
    Offer,
    /// That of a recipient.
    Answer,
}

/// What content says, if it is an offer or an answer: never the session description itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalPayload {
    /// Whether it is an offer or an answer.
    #[serde(rename = "type")]
    pub kind: PayloadType,
    /// Its `targetId`: of an offer, the id under which its initiator looks for the answer.
    pub answer_id: String,
    /// The SHA-256 of the session description, in base64.
    pub sdp_hash: String,
    /// Of an answer: the hash of the offer that it answers, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_hash: Option<String>,
    /// Of an offer: when it was made, in milliseconds of Unix time on the clock of its initiator, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at_ms: Option<u64>,
    /// Of an offer: how many milliseconds its initiator waits from then on, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_ms: Option<u64>,
    /// Of an offer: the longest time between two polls of its initiator, in milliseconds, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks_every_ms: Option<u64>,
    /// How many ICE candidates of each kind the session description has.
    #[serde(default)]
    pub candidates: Candidates,
}

/// How many ICE candidates there are of each kind (RFC 8445). In JSON, a kind without candidates is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Candidates {
    /// Addresses of the machine.
    #[serde(skip_serializing_if = "is_zero")]
    pub host: u64,
    /// Addresses as a STUN server saw them.
    #[serde(skip_serializing_if = "is_zero")]
    pub srflx: u64,
    /// Addresses as the other peer saw them.
    #[serde(skip_serializing_if = "is_zero")]
    pub prflx: u64,
    /// Addresses at a TURN server.
    #[serde(skip_serializing_if = "is_zero")]
    pub relay: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference to the field")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The largest payload, in bytes. A larger one does not fit into a JSON body of the API (launcher behaviour §2.4).
const PAYLOAD_BYTES_MAX: usize = 76_740;

/// The longest answer id that is kept whole, in bytes. An id of `signaling` is shorter.
const ANSWER_ID_BYTES_MAX: usize = 2_200;

/// The longest hash that is kept whole, in bytes. Other apps write this field.
const HASH_BYTES_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    #[serde(borrow)]
    payload: Description<'a>,
    #[serde(borrow)]
    target_id: Cow<'a, str>,
    /// Flattened, as in `signaling`: serde then checks the texts and numbers of unknown fields too, and both read the same.
    #[serde(flatten)]
    further: Further,
}

/// Another app may have written these fields, so they may be anything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Further {
    #[serde(default)]
    about: Value,
    #[serde(default)]
    offer_hash: Value,
}

#[derive(Deserialize)]
struct Description<'a> {
    #[serde(rename = "type")]
    kind: PayloadType,
    #[serde(borrow)]
    sdp: Cow<'a, str>,
}

impl JournalPayload {
    /// Reads content as the journal does; `None` if it is neither an offer nor an answer.
    pub fn read(content: &[u8]) -> Option<Self> {
        // Most other content is told apart by its size or its first byte.
        let is_likely = content.len() <= PAYLOAD_BYTES_MAX && content.trim_ascii_start().first() == Some(&b'{');
        let stored: Stored<'_> = is_likely.then(|| serde_json::from_slice(content).ok()).flatten()?;
        let Stored { payload: Description { kind, sdp }, target_id, further: Further { about, offer_hash } } = stored;
        if sdp.is_empty() || target_id.is_empty() {
            return None;
        }
        let is_offer = kind == PayloadType::Offer;
        let said = |name| about.get(name).filter(|_| is_offer).and_then(Value::as_u64);
        let offer_hash = offer_hash.as_str().filter(|_| !is_offer);
        Some(Self {
            kind,
            answer_id: shortened(&target_id, ANSWER_ID_BYTES_MAX),
            sdp_hash: STANDARD.encode(Sha256::digest(sdp.as_bytes())),
            offer_hash: offer_hash.map(|hash| shortened(hash, HASH_BYTES_MAX)),
            made_at_ms: said("madeAt"),
            waits_ms: said("waitsMs"),
            looks_every_ms: said("looksEveryMs"),
            candidates: Candidates::of(&sdp),
        })
    }

    /// How many bytes it holds, its own fields included.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.answer_id.len() + self.sdp_hash.len() + self.offer_hash.as_ref().map_or(0, String::len)
    }
}

impl Candidates {
    fn of(sdp: &str) -> Self {
        let mut candidates = Self::default();
        for candidate in sdp.lines().filter_map(|line| line.strip_prefix("a=candidate:")) {
            let mut words = candidate.split_ascii_whitespace().skip_while(|word| *word != "typ").skip(1);
            match words.next() {
                Some("host") => candidates.host += 1,
                Some("srflx") => candidates.srflx += 1,
                Some("prflx") => candidates.prflx += 1,
                Some("relay") => candidates.relay += 1,
                _ => {}
            }
        }
        candidates
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(content: &Value) -> Option<JournalPayload> {
        JournalPayload::read(content.to_string().as_bytes())
    }

    #[test]
    fn content_with_an_unknown_field_that_is_no_json_is_no_payload() {
        let json = |x: &[u8]| [br#"{"payload":{"type":"offer","sdp":"s"},"targetId":"a","x":"#, x, br"}"].concat();
        assert!(JournalPayload::read(&json(br#""text""#)).is_some());
        for x in [&b"\"\xff\""[..], br#""\ud800""#, b"1e999"] {
            assert_eq!(JournalPayload::read(&json(x)), None, "{x:?}");
        }
    }

    #[test]
    fn an_offer_of_the_original_app_is_told_by_its_answer_id_and_its_hash() {
        let content = br#"{"payload":{"type":"offer","sdp":"an offer"},"targetId":"room1-0.84"}"#;
        let payload = JournalPayload::read(content).unwrap();
        assert_eq!(
            serde_json::to_value(payload).unwrap(),
            json!({
                "type": "offer",
                "answerId": "room1-0.84",
                "sdpHash": "OzgGouAwOGnym6y4z1LlgG9wtHfYkJQBzUcnV4VVOJA=",
                "candidates": {},
            })
        );
    }

    #[test]
    fn what_an_offer_and_an_answer_say_besides_is_told_where_it_is_understood() {
        let about = json!({"madeAt": 7, "waitsMs": 8, "looksEveryMs": "often", "identity": "secret"});
        let offer =
            json!({"payload": {"type": "offer", "sdp": "v=0"}, "targetId": "a", "about": about, "offerHash": "h"});
        let payload = read(&offer).unwrap();
        assert_eq!((payload.made_at_ms, payload.waits_ms, payload.looks_every_ms), (Some(7), Some(8), None));
        assert_eq!(payload.offer_hash, None);
        let mut answer =
            json!({"payload": {"type": "answer", "sdp": "v=0"}, "targetId": "a", "about": about, "offerHash": "h"});
        assert_eq!(read(&answer).unwrap().offer_hash.as_deref(), Some("h"));
        assert_eq!(read(&answer).unwrap().made_at_ms, None);
        answer["offerHash"] = json!(7);
        answer["about"] = json!([1]);
        assert_eq!(read(&answer).unwrap().offer_hash, None);
    }

    #[test]
    fn candidates_are_counted_by_kind() {
        let sdp = "v=0\r\na=candidate:1 1 udp 2 192.0.2.7 50000 typ host generation 0\r\n\
                   a=candidate:2 1 udp 1 192.0.2.8 50001 typ srflx raddr 192.0.2.7 rport 50000\r\n\
                   a=candidate:3 1 tcp 1 192.0.2.7 9 typ host tcptype active\r\na=candidate:4 typ odd\r\na=candidate:\r\n";
        let offer = json!({"payload": {"type": "offer", "sdp": sdp}, "targetId": "a"});
        let Candidates { host, srflx, prflx, relay } = read(&offer).unwrap().candidates;
        assert_eq!([host, srflx, prflx, relay], [2, 1, 0, 0]);
    }

    #[test]
    fn all_other_content_is_no_payload() {
        for content in [
            json!(null),
            json!([]),
            json!({}),
            json!({"payload": {"type": "offer", "sdp": ""}, "targetId": "a"}),
            json!({"payload": {"type": "offer", "sdp": "v=0"}, "targetId": ""}),
            json!({"payload": {"type": "offer", "sdp": "v=0"}}),
            json!({"payload": {"type": "pranswer", "sdp": "v=0"}, "targetId": "a"}),
            json!({"payload": {"type": "offer", "sdp": "v".repeat(PAYLOAD_BYTES_MAX)}, "targetId": "a"}),
        ] {
            assert_eq!(read(&content), None, "{content}");
        }
        assert_eq!(JournalPayload::read(&b"[".repeat(70_000)), None);
        assert_eq!(JournalPayload::read(&b"{\"a\":".repeat(10_000)), None);
    }

    #[test]
    fn long_texts_of_other_apps_are_cut() {
        let long = "x".repeat(30_000);
        let answer = json!({"payload": {"type": "answer", "sdp": "v=0"}, "targetId": long, "offerHash": long});
        assert!(read(&answer).unwrap().bytes() < ANSWER_ID_BYTES_MAX + HASH_BYTES_MAX + 400);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_no_session_description_is_kept(content: Vec<u8>, sdp in "[a-z]{20,40}") {
            prop_assert_eq!(JournalPayload::read(&content), None);
            let offer = json!({"payload": {"type": "offer", "sdp": sdp}, "targetId": "a"});
            prop_assert!(!serde_json::to_string(&read(&offer)).unwrap().contains(&sdp));
        }
    }
}
