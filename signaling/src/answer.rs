//! What a recipient stores under the offer's answer id. Pure; the rendezvous and the driver use it.

use crate::payload::{self, Further, PayloadError};
use crate::room::AnswerId;
use crate::sdp::{Sdp, SdpHash};

/// A recipient's session description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The recipient's session description.
    pub sdp: Sdp,
    /// The recipient's own answer id. The original app sends it; no peer ever reads that record.
    pub answer_id: AnswerId,
    /// The offer that it answers. Answers of the original app do not have it.
    pub offer_hash: Option<SdpHash>,
}

impl Answer {
    /// An answer that says no more than the original's.
    pub fn new(sdp: Sdp, answer_id: AnswerId) -> Self {
        Self { sdp, answer_id, offer_hash: None }
    }

    /// Reads an answer that some peer stored. Further fields, and any order of them, are fine.
    ///
    /// # Errors
    ///
    /// For everything that is no usable answer; nothing in `json` can make this panic.
    pub fn from_json(json: &[u8]) -> Result<Self, PayloadError> {
        let (sdp, answer_id, Further { offer_hash, .. }) = payload::read("answer", json)?;
        Ok(Self { sdp, answer_id, offer_hash: offer_hash.map(SdpHash::from_wire) })
    }

    /// Writes the answer as the original does: byte for byte, if it says no more than that.
    ///
    /// # Errors
    ///
    /// When it is larger than a launcher takes.
    pub fn to_json(&self) -> Result<String, PayloadError> {
        let offer_hash = self.offer_hash.as_ref().map(|hash| hash.as_str().to_owned());
        payload::write("answer", &self.sdp, &self.answer_id, &Further { about: None, offer_hash })
    }

    /// Whether it may be an answer to this offer: it says so, or does not say.
    pub fn may_answer(&self, offer: &Sdp) -> bool {
        self.offer_hash.as_ref().is_none_or(|hash| *hash == offer.hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = r#"{"payload":{"type":"answer","sdp":"v=0\r\n"},"targetId":"room1-0.37"}"#;

    #[test]
    fn an_answer_is_written_as_the_original_writes_it_and_read_again() {
        let answer = Answer::new(Sdp::new("v=0\r\n"), AnswerId::new("room1-0.37").unwrap());
        assert_eq!(answer.to_json().unwrap(), STORED);
        assert_eq!(Answer::from_json(STORED.as_bytes()), Ok(answer));
    }

    #[test]
    fn an_answer_fits_the_offer_that_it_names_and_one_of_the_original_fits_any() {
        let [offer, newer] = ["an offer", "a newer offer"].map(Sdp::new);
        let mut answer = Answer::from_json(STORED.as_bytes()).unwrap();
        assert!(answer.may_answer(&offer) && answer.may_answer(&newer));
        answer.offer_hash = Some(offer.hash());
        let json = answer.to_json().unwrap();
        assert!(
            json.ends_with(r#","targetId":"room1-0.37","offerHash":"OzgGouAwOGnym6y4z1LlgG9wtHfYkJQBzUcnV4VVOJA="}"#),
            "{json}"
        );
        let read = Answer::from_json(json.as_bytes()).unwrap();
        assert!(read.may_answer(&offer) && !read.may_answer(&newer));
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
