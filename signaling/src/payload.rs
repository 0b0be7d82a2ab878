//! The JSON both sides store, as the original writes it (the launcher's behaviour page, §10.2):
//! `{"payload":{"type":"offer"|"answer","sdp":"…"},"targetId":"…"}`, keys in this order, no spaces.
//!
//! Offers and answers have the same form; `offer` and `answer` give it a meaning. Each has one further field, after those of
//! the original app, which ignores it. An invalid further field counts as absent: another app may have written it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::printable::Printable;
use crate::room::{AnswerId, NameError};
use crate::sdp::Sdp;

/// The largest payload, in bytes. A create request of 100 KiB, the launcher's limit for JSON, carries no more than this
/// (§2.4), so nothing larger can be published by the original.
pub const MAX_PAYLOAD_BYTES: usize = 76_740;

/// Why a stored text is no valid offer or answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// It is larger than the limit of the launcher.
    #[error("it has {bytes} bytes; at most {MAX_PAYLOAD_BYTES} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is no JSON object of this form.
    #[error("it is not the JSON of a session description: {}", Printable(.0))]
    Malformed(String),
    /// It has another type: an answer in place of an offer, or an offer in place of an answer, or neither.
    #[error("it is of type {found:?}, not {expected:?}")]
    WrongType {
        /// The expected type.
        expected: &'static str,
        /// The actual type.
        found: String,
    },
    /// Its session description is empty.
    #[error("its session description is empty")]
    NoSdp,
    /// Its `targetId` is invalid.
    #[error("its targetId is invalid: {0}")]
    BadTargetId(#[from] NameError),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    payload: WrittenDescription<'a>,
    target_id: &'a str,
    #[serde(flatten)]
    further: &'a Further,
}

#[derive(Serialize)]
struct WrittenDescription<'a> {
    r#type: &'static str,
    sdp: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    payload: ReadDescription,
    target_id: String,
    #[serde(flatten)]
    further: Further,
}

/// The fields that the original app does not write.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Further {
    /// Of an offer: facts about its initiator.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<About>,
    /// Of an answer: the hash of the offer that it answers.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) offer_hash: Option<String>,
}

/// Facts about an initiator.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// When it made its offer, in milliseconds of Unix time.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) made_at: Option<u64>,
    /// How long it waits for an answer at most, in milliseconds from then on.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) waits_ms: Option<u64>,
    /// The longest time between two of its polls, in milliseconds.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) looks_every_ms: Option<u64>,
    /// The identity of the peer, if it has one.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<String>,
}

fn if_understood<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(|value| serde_json::from_value(value).ok())
}

#[derive(Deserialize)]
struct ReadDescription {
    r#type: String,
    sdp: String,
}

pub(crate) fn write(
    kind: &'static str,
    sdp: &Sdp,
    target_id: &AnswerId,
    further: &Further,
) -> Result<String, PayloadError> {
    let payload = WrittenDescription { r#type: kind, sdp: sdp.as_str() };
    let written = Written { payload, target_id: target_id.as_str(), further };
    let json = serde_json::to_string(&written).map_err(|error| PayloadError::Malformed(error.to_string()))?;
    if json.len() > MAX_PAYLOAD_BYTES {
        return Err(PayloadError::TooLarge { bytes: json.len() });
    }
    Ok(json)
}

pub(crate) fn read(kind: &'static str, json: &[u8]) -> Result<(Sdp, AnswerId, Further), PayloadError> {
    if json.len() > MAX_PAYLOAD_BYTES {
        return Err(PayloadError::TooLarge { bytes: json.len() });
    }
    let read: Read = serde_json::from_slice(json).map_err(|error| PayloadError::Malformed(reason(&error)))?;
    if read.payload.r#type != kind {
        return Err(PayloadError::WrongType { expected: kind, found: shortened(&read.payload.r#type) });
    }
    if read.payload.sdp.is_empty() {
        return Err(PayloadError::NoSdp);
    }
    Ok((Sdp::new(read.payload.sdp), AnswerId::new(read.target_id)?, read.further))
}

/// The parser's message may quote the other peer's text, which may be a session description or very long.
fn reason(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a field is missing or of the wrong type",
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is no JSON",
    };
    format!("{what}, at column {} of line {}", error.column(), error.line())
}

fn shortened(text: &str) -> String {
    text.chars().take(20).collect()
}
