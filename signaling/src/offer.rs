//! What an initiator stores under the room. Pure; the rendezvous and the driver use it.

use std::time::Duration;

use crate::identity::Identity;
use crate::payload::{self, About, Further, PayloadError};
use crate::room::AnswerId;
use crate::sdp::{Sdp, SdpHash};

/// An initiator's session description, and the id under which it waits for the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// The initiator's session description.
    pub sdp: Sdp,
    /// The id under which the initiator polls for the answer.
    pub answer_id: AnswerId,
    /// When it was made, as the time since 1970 on its initiator's clock. The original does not say.
    pub made_at: Option<Duration>,
    /// How long its initiator waits for an answer from then on, at most. The original does not say.
    pub waits_for: Option<Duration>,
    /// The longest time between two polls of the initiator. Offers of the original app do not have it.
    pub looks_every: Option<Duration>,
    /// What its initiator is known by in this room, if it wants to be known.
    pub identity: Option<Identity>,
}

impl Offer {
    /// An offer that says no more than the original's.
    pub fn new(sdp: Sdp, answer_id: AnswerId) -> Self {
        Self { sdp, answer_id, made_at: None, waits_for: None, looks_every: None, identity: None }
    }

    /// Reads an offer that some peer stored. Further fields, and any order of them, are fine.
    ///
    /// # Errors
    ///
    /// For everything that is no usable offer; nothing in `json` can make this panic.
    pub fn from_json(json: &[u8]) -> Result<Self, PayloadError> {
        let (sdp, answer_id, Further { about, .. }) = payload::read("offer", json)?;
        let About { made_at, waits_ms, looks_every_ms, identity } = about.unwrap_or_default();
        Ok(Self {
            sdp,
            answer_id,
            made_at: made_at.map(Duration::from_millis),
            waits_for: waits_ms.map(Duration::from_millis),
            looks_every: looks_every_ms.map(Duration::from_millis),
            identity: identity.map(Identity::from_wire),
        })
    }

    /// Writes the offer as the original does: byte for byte, if it says no more than that.
    ///
    /// # Errors
    ///
    /// When it is larger than a launcher takes.
    pub fn to_json(&self) -> Result<String, PayloadError> {
        let about = About {
            made_at: self.made_at.map(millis),
            waits_ms: self.waits_for.map(millis),
            looks_every_ms: self.looks_every.map(millis),
            identity: self.identity.as_ref().map(|identity| identity.as_str().to_owned()),
        };
        let says_more = *self != Self::new(self.sdp.clone(), self.answer_id.clone());
        let further = Further { about: says_more.then_some(about), offer_hash: None };
        payload::write("offer", &self.sdp, &self.answer_id, &further)
    }

    /// What an answer to it names it by.
    pub fn hash(&self) -> SdpHash {
        self.sdp.hash()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payload::MAX_PAYLOAD_BYTES;
    use crate::room::{NameError, RoomName};

    const STORED: &str = r#"{"payload":{"type":"offer","sdp":"v=0\r\n"},"targetId":"room1-0.84"}"#;

    fn offer() -> Offer {
        Offer::new(Sdp::new("v=0\r\n"), AnswerId::new("room1-0.84").unwrap())
    }

    #[test]
    fn an_offer_is_written_as_the_original_writes_it() {
        assert_eq!(offer().to_json().unwrap(), STORED);
    }

    #[test]
    fn further_fields_and_another_order_are_read() {
        let json = r#"{"x":[1],"targetId":"room1-0.84", "payload":{"sdp":"v=0\r\n","y":null,"type":"offer"}}"#;
        assert_eq!(Offer::from_json(json.as_bytes()), Ok(offer()));
    }

    #[test]
    fn what_an_offer_says_besides_stands_behind_what_the_original_writes() {
        let mut said = offer();
        said.made_at = Some(Duration::from_millis(1_700_000_000_123));
        said.waits_for = Some(Duration::from_mins(2));
        said.looks_every = Some(Duration::from_secs(2));
        let json = said.to_json().unwrap();
        let about = r#","about":{"madeAt":1700000000123,"waitsMs":120000,"looksEveryMs":2000}}"#;
        assert_eq!(json, STORED.strip_suffix('}').unwrap().to_owned() + about);
        assert_eq!(Offer::from_json(json.as_bytes()), Ok(said));
    }

    #[test]
    fn invalid_further_fields_of_another_app_count_as_absent() {
        for about in ["7", "null", r#"{"madeAt":"now","looksEveryMs":-1,"identity":[]}"#, r#"{"x":1}"#] {
            let json = format!(r#"{},"about":{about}}}"#, STORED.strip_suffix('}').unwrap());
            assert_eq!(Offer::from_json(json.as_bytes()), Ok(offer()), "{about}");
        }
    }

    #[test]
    fn every_other_text_is_a_typed_error() {
        let read = |json: &str| Offer::from_json(json.as_bytes()).unwrap_err();
        for malformed in [
            "",
            "null",
            "[]",
            "7",
            "{",
            "\u{0}",
            r#"{"payload":{"type":"offer"},"targetId":"a"}"#,
            r#"{"payload":{"sdp":"v=0"},"targetId":"a"}"#,
            r#"{"payload":{"type":"offer","sdp":"v=0"}}"#,
            r#"{"payload":{"type":"offer","sdp":7},"targetId":"a"}"#,
            r#"{"payload":"offer","targetId":"a"}"#,
        ] {
            assert!(matches!(read(malformed), PayloadError::Malformed(_)), "{malformed}");
        }
        let answer = r#"{"payload":{"type":"answer","sdp":"v=0"},"targetId":"a"}"#;
        assert_eq!(read(answer), PayloadError::WrongType { expected: "offer", found: "answer".into() });
        let empty = r#"{"payload":{"type":"offer","sdp":""},"targetId":"a"}"#;
        assert_eq!(read(empty), PayloadError::NoSdp);
        let nowhere = r#"{"payload":{"type":"offer","sdp":"v=0"},"targetId":""}"#;
        assert_eq!(read(nowhere), PayloadError::BadTargetId(NameError::Empty));
        assert!(matches!(Offer::from_json(&[0xff, 0xfe]), Err(PayloadError::Malformed(_))));
    }

    #[test]
    fn an_offer_larger_than_a_launcher_takes_is_neither_read_nor_written() {
        let bytes = 10 * 1024 * 1024;
        assert_eq!(Offer::from_json(&vec![b' '; bytes]), Err(PayloadError::TooLarge { bytes }));
        let huge = Offer { sdp: Sdp::new("x".repeat(MAX_PAYLOAD_BYTES)), ..offer() };
        assert!(matches!(huge.to_json(), Err(PayloadError::TooLarge { .. })));
    }

    #[test]
    fn an_error_quotes_no_session_description() {
        let json = r#"{"payload":"c=IN IP4 192.0.2.7","targetId":"a"}"#;
        let text = Offer::from_json(json.as_bytes()).unwrap_err().to_string();
        assert!(!text.contains("192.0.2.7"), "{text}");
    }

    #[test]
    fn json_nested_without_end_is_refused() {
        assert!(Offer::from_json(&vec![b'['; 70_000]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            sdp in ".{1,200}",
            id in "[ -ÿ]{1,40}",
            [made_at, waits_for, looks_every] in prop::array::uniform3(prop::option::of(any::<u64>())),
            identity in prop::option::of(".{0,20}"),
        ) {
            let offer = Offer {
                made_at: made_at.map(Duration::from_millis),
                waits_for: waits_for.map(Duration::from_millis),
                looks_every: looks_every.map(Duration::from_millis),
                identity: identity.map(|name| Identity::of(&RoomName::new("room1").unwrap(), &name)),
                ..Offer::new(Sdp::new(sdp), AnswerId::new(id).unwrap())
            };
            prop_assert_eq!(Offer::from_json(offer.to_json().unwrap().as_bytes()), Ok(offer));
        }

        #[test]
        fn no_bytes_make_it_panic(json: Vec<u8>) {
            let _ = Offer::from_json(&json);
        }
    }
}
