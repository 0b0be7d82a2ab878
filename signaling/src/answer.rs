//! What a recipient stores under the offer's answer id. Pure; the rendezvous and the driver use it.

use crate::payload::{self, PayloadError};
use crate::room::AnswerId;
use crate::sdp::Sdp;

/// A recipient's session description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The recipient's session description.
    pub sdp: Sdp,
    /// The recipient's own answer id. The original sends it, and nobody ever looks there.
    pub answer_id: AnswerId,
}

impl Answer {
    /// Reads an answer that some peer stored. Further fields, and any order of them, are fine.
    ///
    /// # Errors
    ///
    /// For everything that is no usable answer; nothing in `json` can make this panic.
    pub fn from_json(json: &[u8]) -> Result<Self, PayloadError> {
        let (sdp, answer_id) = payload::read("answer", json)?;
        Ok(Self { sdp, answer_id })
    }

    /// Writes the answer byte for byte as the original does.
    ///
    /// # Errors
    ///
    /// When it is larger than a launcher takes.
    pub fn to_json(&self) -> Result<String, PayloadError> {
        payload::write("answer", &self.sdp, &self.answer_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = r#"{"payload":{"type":"answer","sdp":"v=0\r\n"},"targetId":"room1-0.37"}"#;

    #[test]
    fn an_answer_is_written_as_the_original_writes_it_and_read_again() {
        let answer = Answer { sdp: Sdp::new("v=0\r\n"), answer_id: AnswerId::new("room1-0.37").unwrap() };
        assert_eq!(answer.to_json().unwrap(), STORED);
        assert_eq!(Answer::from_json(STORED.as_bytes()), Ok(answer));
    }

    #[test]
    fn an_offer_is_no_answer() {
        let offer = STORED.replace("answer", "offer");
        let wrong = PayloadError::WrongType { expected: "answer", found: "offer".into() };
        assert_eq!(Answer::from_json(offer.as_bytes()), Err(wrong));
    }

    #[test]
    fn an_answer_of_ten_megabytes_is_refused_unread() {
        let bytes = 10_000_000;
        assert_eq!(Answer::from_json(&vec![b'a'; bytes]), Err(PayloadError::TooLarge { bytes }));
    }
}
