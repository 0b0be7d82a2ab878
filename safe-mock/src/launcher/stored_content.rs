//! The content of a stored record, for a person to read: as text, as JSON and in hexadecimal digits.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::content::{self, Sealed};
use super::versions::Versions;
use crate::journal::JournalPayload;
use crate::network::{DataMap, Record, Store, TypeTag};

/// How many bytes of content are shown.
const SHOWN_BYTES_MAX: usize = 64 << 10;

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContentView {
    /// How many bytes it has.
    pub bytes: usize,
    /// Whether an app sealed it: what is shown is then what is stored, which that app alone can open.
    pub sealed: bool,
    /// Whether it is longer than what is shown.
    pub cut: bool,
    /// Its bytes in hexadecimal digits.
    pub hex: String,
    /// The same in base64, as the API writes content.
    pub base64: String,
    /// The same as text, if it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The same as JSON, if it is that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
}

/// What is decoded of an offer or answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayloadView {
    /// What the journal tells of it too.
    #[serde(flatten)]
    pub payload: JournalPayload,
    /// The fingerprint of its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Its ICE candidates: kind, protocol and address of each.
    pub candidate_list: Vec<String>,
}

/// The content of a record, as an app would read it; `None` of appendable data, which has items.
pub fn content_of(store: &Store, record: &Record) -> Option<(ContentView, Option<PayloadView>)> {
    let (bytes, sealed) = match record {
        Record::Appendable(_) => return None,
        Record::Immutable(data) => {
            let (bytes, sealed) = opened(Sealed::decode(data.value()).ok(), data.value());
            // What a writer stored is a data map. Content that an app made to look like one is shown so too.
            match DataMap::decode(&bytes) {
                Ok(map) if !sealed => return Some((ContentView::mapped(store, &map), None)),
                _ => (bytes, sealed),
            }
        }
        Record::Directory(_) | Record::DeletedDirectory => (Bytes::new(), false),
        Record::Structured(data) if data.tag == TypeTag::VERSIONED => {
            let latest = Versions::decode(&data.content).and_then(|versions| versions.latest(store));
            opened(latest.ok(), &data.content)
        }
        Record::Structured(data) => opened(content::unpack(data.tag, &data.content).ok(), &data.content),
    };
    let payload = if sealed { None } else { PayloadView::read(&bytes) };
    Some((ContentView::new(&bytes, sealed), payload))
}

/// The content, and whether it is sealed. What does not decode is shown as it is stored.
fn opened(sealed: Option<Sealed>, stored: &Bytes) -> (Bytes, bool) {
    match sealed {
        Some(Sealed::Plain(content)) => (content, false),
        Some(Sealed::Symmetric { ciphertext, .. } | Sealed::Asymmetric(ciphertext)) => (ciphertext.into(), true),
        None => (stored.clone(), false),
    }
}

impl ContentView {
    fn new(bytes: &[u8], sealed: bool) -> Self {
        Self::start(bytes, bytes.len(), sealed)
    }

    /// The content of a data map, of which the first chunk alone is looked at.
    fn mapped(store: &Store, map: &DataMap) -> Self {
        let start = map.read(store, 0..SHOWN_BYTES_MAX as u64).unwrap_or_default();
        Self::start(&start, usize::try_from(map.len()).unwrap_or(usize::MAX), false)
    }

    /// Content of `length` bytes, of which `bytes` are the first.
    fn start(bytes: &[u8], length: usize, sealed: bool) -> Self {
        let shown = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
        let cut = shown.len() < length;
        // A character that the cut divides is no reason to show no text.
        let text = match std::str::from_utf8(shown) {
            Ok(text) => Some(text),
            Err(error) if cut && error.error_len().is_none() => std::str::from_utf8(&shown[..error.valid_up_to()]).ok(),
            Err(_) => None,
        };
        Self {
            bytes: length,
            sealed,
            cut,
            hex: hex(shown),
            base64: STANDARD.encode(shown),
            text: text.map(ToOwned::to_owned),
            json: if cut || sealed { None } else { serde_json::from_slice(shown).ok() },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

impl PayloadView {
    fn read(content: &[u8]) -> Option<Self> {
        let payload = JournalPayload::read(content)?;
        let stored: Value = serde_json::from_slice(content).ok()?;
        let sdp = stored["payload"]["sdp"].as_str().unwrap_or_default();
        let attribute = |name: &'static str| sdp.lines().filter_map(move |line| line.strip_prefix(name));
        Some(Self {
            payload,
            fingerprint: attribute("a=fingerprint:").next().map(ToOwned::to_owned),
            candidate_list: attribute("a=candidate:").map(candidate).collect(),
        })
    }
}

/// A candidate in the order in which a person reads it (RFC 8839, section 5.1); as it stands, if it has another form.
fn candidate(line: &str) -> String {
    let words: Vec<_> = line.split_ascii_whitespace().collect();
    match words.as_slice() {
        [_, _, protocol, _, address, port, "typ", kind, ..] => {
            format!("{kind} {} {address}:{port}", protocol.to_lowercase())
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::network::{DraftContent, ImmutableData};

    #[test]
    fn content_is_shown_as_text_json_and_hexadecimal_digits() {
        let view = ContentView::new(&Bytes::from_static(b"{\"a\":1}"), false);
        assert_eq!(
            (view.text.as_deref(), &view.hex[..4], view.json),
            (Some("{\"a\":1}"), "7b22", Some(json!({"a": 1})))
        );
        let view = ContentView::new(&Bytes::from_static(b"\xff\x00"), false);
        assert_eq!((view.text, view.hex.as_str(), view.base64.as_str(), view.cut), (None, "ff00", "/wA=", false));
    }

    #[test]
    fn long_content_is_cut_between_characters() {
        let view = ContentView::new(format!("a{}", "ä".repeat(SHOWN_BYTES_MAX)).as_bytes(), false);
        assert!(view.cut && view.json.is_none());
        assert_eq!(view.text.map(|text| text.len()), Some(SHOWN_BYTES_MAX - 1));
        assert_eq!((view.bytes, view.hex.len()), (SHOWN_BYTES_MAX * 2 + 1, SHOWN_BYTES_MAX * 2));
    }

    #[test]
    fn content_of_a_writer_is_shown_and_not_its_data_map() {
        let mut store = Store::new(usize::MAX);
        for (content, text) in [(b"hi".to_vec(), Some("hi")), (b"hi".repeat(2_000), None), (vec![7; 3 << 20], None)] {
            let mut draft = DraftContent::default();
            draft.push(&content);
            let map = draft.finish(&mut store).unwrap();
            let record = Record::Immutable(ImmutableData::new(Sealed::Plain(map.encode().into()).encode()));
            let (view, _) = content_of(&store, &record).unwrap();
            assert_eq!((view.bytes, view.cut), (content.len(), content.len() > SHOWN_BYTES_MAX));
            assert!(text.is_none() || view.text.as_deref() == text);
        }
    }

    #[test]
    fn sealed_content_is_not_read_as_anything() {
        let (bytes, sealed) = opened(Some(Sealed::Asymmetric(b"{}".to_vec())), &Bytes::new());
        let view = ContentView::new(&bytes, sealed);
        assert!(view.sealed && view.json.is_none());
    }

    #[test]
    fn an_offer_is_decoded_with_its_fingerprint_and_candidates() {
        let sdp = "v=0\r\na=fingerprint:sha-256 AB:CD\r\na=candidate:1 1 UDP 2 192.0.2.7 50000 typ host generation 0\r\na=candidate:odd\r\n";
        let offer = json!({"payload": {"type": "offer", "sdp": sdp}, "targetId": "room1-0.5"});
        let view = PayloadView::read(offer.to_string().as_bytes()).unwrap();
        assert_eq!(view.fingerprint.as_deref(), Some("sha-256 AB:CD"));
        assert_eq!(view.candidate_list, ["host udp 192.0.2.7:50000", "odd"]);
    }
}
