//! One entry of the journal: a request, its answer, and what the launcher knows of it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::ContentDigest;
use super::payload::JournalPayload;
use super::shortened::shortened;
use crate::call::Call;

/// One answered request. In JSON, a field that is not known is left out.
///
/// What an operation read or stored was noted by the operation itself, under its lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalEntry {
    /// Counts up from 1, without gaps.
    pub number: u64,
    /// When it arrived, since the launcher started.
    #[serde(rename = "atMs", with = "crate::millis::fractional")]
    pub at: Duration,
    /// How long the answer took.
    #[serde(rename = "tookUs", serialize_with = "serialize_micros", deserialize_with = "deserialize_micros")]
    pub took: Duration,
    /// The method.
    pub method: String,
    /// The path as sent, without its query. Of a path of more than 2,000 bytes the start, and its length.
    pub path: String,
    /// The status of the answer; 0 where a fault broke the connection instead.
    pub status: u16,
    /// What it asked for, in the word of fault rules; absent for the control plane and for a preflight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The number of the session that sent it, or that it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// The number of the account of that session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<u64>,
    /// The app of that session, or that asked for one.
    #[serde(default, with = "shared", skip_serializing_if = "Option::is_none")]
    pub app: Option<Arc<JournalApp>>,
    /// The handle in its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<u64>,
    /// The handle that its answer gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<u64>,
    /// The name of the record that it was about, in base64 as the API writes it: that behind its handle, or in its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The version of the snapshot that it made or used. Of a put, post, delete or unclaim: the version that it stored, or
    /// would have stored if it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The content that a read answered, that a create or patch brought, or that a put or post stored or would have
    /// stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<JournalContent>,
    /// What that content says, if it is an offer or an answer, and not sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<JournalPayload>>,
    /// The `errorCode` of the answer that the launcher made. A fault may have lost that answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i32>,
    /// The faults that struck, by name and joined by `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The text of its header `x-mock-peer`. Of a text of more than 200 bytes the start, and its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The text of its header `x-mock-room`, as `peer`. Without that header the name of the room whose offer or answer is in the
    /// record, where an offer told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What it was in the words of meetings, if it belongs to one: "poll 3 of room1: nothing yet".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// Why it failed, or found nothing, and what would have been right. It is the header `x-mock-why` of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// An app, as the journal names it. Of a text of more than 200 bytes the start, and its length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalApp {
    /// Its id.
    pub id: String,
    /// Its vendor.
    pub vendor: String,
    /// Its readable name.
    pub name: String,
}

/// Content, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalContent {
    /// How many bytes it has.
    pub bytes: u64,
    /// Its digest. Content that the app seals is not to be known by anybody else, so it has none, although the launcher
    /// sees it. Neither has content of more than 1 MiB, nor content that is sent as a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<ContentDigest>,
}

/// The longest method or path that is kept whole, in bytes.
const PATH_BYTES_MAX: usize = 2_000;

/// The longest name of an app, peer or room that is kept whole, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// The largest content that has a digest, in bytes: it takes a millisecond or two.
const DIGESTED_BYTES_MAX: usize = 1 << 20;

impl JournalEntry {
    /// An entry of which nothing else is known; the journal gives it its number. Times are cut to microseconds, as they
    /// are in JSON.
    pub(crate) fn new(at: Duration, took: Duration, method: &str, path: &str, status: u16) -> Self {
        let [method, path] = [method, path].map(|text| shortened(text, PATH_BYTES_MAX));
        let [at, took] = [at, took].map(|time| Duration::from_micros(micros(time)));
        Self {
            number: 0,
            at,
            took,
            method,
            path,
            status,
            call: None,
            session: None,
            account: None,
            app: None,
            handle: None,
            given: None,
            record: None,
            version: None,
            content: None,
            payload: None,
            error_code: None,
            fault: None,
            peer: None,
            room: None,
            told: None,
            why: None,
        }
    }

    /// The text of a header, in the length that the journal keeps.
    pub(crate) fn name_in(header: &[u8]) -> String {
        shortened(&String::from_utf8_lossy(header), NAME_BYTES_MAX)
    }

    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.record, &self.fault, &self.peer, &self.room, &self.told, &self.why];
        size_of::<Self>()
            + size_of::<Box<Self>>()
            + self.method.len()
            + self.path.len()
            + texts.into_iter().flatten().map(String::len).sum::<usize>()
            + self.app.as_ref().map_or(0, |app| app.bytes())
            + self.payload.as_ref().map_or(0, |payload| payload.bytes())
    }
}

impl JournalApp {
    pub(crate) fn new(id: &str, vendor: &str, name: &str) -> Self {
        let [id, vendor, name] = [id, vendor, name].map(|text| shortened(text, NAME_BYTES_MAX));
        Self { id, vendor, name }
    }

    /// How many bytes it holds, its own fields included.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.vendor.len() + self.name.len()
    }
}

impl JournalContent {
    /// Content that may be told by its digest.
    pub(crate) fn of(content: &[u8]) -> Self {
        let is_small = content.len() <= DIGESTED_BYTES_MAX;
        Self { digest: is_small.then(|| ContentDigest::of(content)), ..Self::of_size(content.len() as u64) }
    }

    /// Content of which only the size may be told.
    pub(crate) fn of_size(bytes: u64) -> Self {
        Self { bytes, digest: None }
    }
}

/// The entries of one session share its app.
mod shared {
    use super::{Arc, Deserialize, Deserializer, JournalApp, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(super) fn serialize<S: Serializer>(app: &Option<Arc<JournalApp>>, serializer: S) -> Result<S::Ok, S::Error> {
        app.as_deref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<JournalApp>>, D::Error> {
        Ok(Option::<JournalApp>::deserialize(deserializer)?.map(Arc::new))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn serialize_micros<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(micros(*duration))
}

fn deserialize_micros<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> JournalEntry {
        JournalEntry::new(Duration::from_nanos(1_234_567_891), Duration::from_nanos(4_999), "GET", path, 200)
    }

    #[test]
    fn the_start_of_a_long_path_is_kept_with_its_length() {
        assert_eq!(entry(&"p".repeat(PATH_BYTES_MAX)).path.len(), PATH_BYTES_MAX);
        let path = entry(&"ä".repeat(30_000)).path;
        assert!(path.len() < PATH_BYTES_MAX + 30 && path.ends_with("ä... (60000 bytes)"), "{path}");
    }

    #[test]
    fn an_entry_without_facts_has_the_fields_of_every_request_alone() {
        assert_eq!(
            serde_json::to_value(entry("/health")).unwrap(),
            serde_json::json!({
                "number": 0, "atMs": 1_234.567, "tookUs": 4, "method": "GET", "path": "/health", "status": 200,
            })
        );
    }

    #[test]
    fn large_content_is_told_by_its_size_alone() {
        assert!(JournalContent::of(&vec![0; DIGESTED_BYTES_MAX]).digest.is_some());
        let large = JournalContent::of(&vec![0; DIGESTED_BYTES_MAX + 1]);
        assert_eq!(large, JournalContent { bytes: (1 << 20) + 1, digest: None });
    }
}
