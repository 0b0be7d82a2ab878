//! What an initiator stores under the room. Pure; the rendezvous and the driver use it.

use crate::payload::{self, PayloadError};
use crate::room::AnswerId;
use crate::sdp::Sdp;

/// An initiator's session description, and the id under which it waits for the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The initiator's session description.
    pub sdp: Sdp,
    /// Where the initiator looks for the answer.
    pub answer_id: AnswerId,
}

impl Offer {
    /// Reads an offer that some peer stored. Further fields, and any order of them, are fine.
    ///
    /// # Errors
    ///
    /// For everything that is no usable offer; nothing in `json` can make this panic.
    pub fn from_json(json: &[u8]) -> Result<Self, PayloadError> {
        let (sdp, answer_id) = payload::read("offer", json)?;
        Ok(Self { sdp, answer_id })
    }

    /// Writes the offer byte for byte as the original does.
    ///
    /// # Errors
    ///
    /// When it is larger than a launcher takes.
    pub fn to_json(&self) -> Result<String, PayloadError> {
        payload::write("offer", &self.sdp, &self.answer_id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payload::MAX_PAYLOAD_BYTES;
    use crate::room::NameError;

    const STORED: &str = r#"{"payload":{"type":"offer","sdp":"v=0\r\n"},"targetId":"room1-0.84"}"#;

    fn offer() -> Offer {
        Offer { sdp: Sdp::new("v=0\r\n"), answer_id: AnswerId::new("room1-0.84").unwrap() }
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
        fn what_is_written_is_read_again(sdp in ".{1,200}", id in "[ -ÿ]{1,40}") {
            let offer = Offer { sdp: Sdp::new(sdp), answer_id: AnswerId::new(id).unwrap() };
            prop_assert_eq!(Offer::from_json(offer.to_json().unwrap().as_bytes()), Ok(offer));
        }

        #[test]
        fn no_bytes_make_it_panic(json: Vec<u8>) {
            let _ = Offer::from_json(&json);
        }
    }
}
