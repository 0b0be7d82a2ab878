//! The offer or answer in content that a client stores or reads, as its requests and the launcher's journal show it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use safe_mock::{JournalPayload, PayloadType};
use serde::Deserialize;
use signaling::Sdp;

use super::event::Description;

/// An offer or an answer that is stored, or that a client would store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Whether it is an offer or an answer.
    pub kind: Description,
    /// Its session description. Of a payload in a journal it is the hash, which stands for the text.
    pub sdp: Sdp,
    /// Of an offer: the id under which its initiator looks for the answer.
    pub answer_id: String,
    /// The SHA-256 of the session description, in base64.
    pub hash: String,
    /// Of an answer: the hash of the offer that it answers, if it says so.
    pub offer_hash: Option<String>,
}

impl Payload {
    /// Reads content; `None` if it is neither an offer nor an answer.
    pub(crate) fn read(content: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Stored {
            payload: SessionDescription,
        }
        #[derive(Deserialize)]
        struct SessionDescription {
            sdp: String,
        }
        let said = JournalPayload::read(content)?;
        let Stored { payload: SessionDescription { sdp } } = serde_json::from_slice(content).ok()?;
        Some(Self { sdp: Sdp::new(sdp), ..Self::of_journal(&said) })
    }

    /// Reads the content in the body of a request that creates or changes a record.
    pub(crate) fn in_request(body: &Bytes) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            data: String,
        }
        let Body { data } = serde_json::from_slice(body).ok()?;
        Self::read(&STANDARD.decode(data).ok()?)
    }

    /// The payload of an entry of a launcher's journal.
    pub(crate) fn of_journal(said: &JournalPayload) -> Self {
        Self {
            kind: match said.kind {
                PayloadType::Offer => Description::Offer,
                PayloadType::Answer => Description::Answer,
            },
            sdp: Sdp::new(said.sdp_hash.as_str()),
            answer_id: said.answer_id.clone(),
            hash: said.sdp_hash.clone(),
            offer_hash: said.offer_hash.clone(),
        }
    }
}
