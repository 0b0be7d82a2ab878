//! A line that a peer program writes to stdout: an event of the contract, or log.

use serde::Deserialize;
use signaling::Role;

/// The most characters of a line that a report shows.
pub(super) const SHOWN_CHARS_MAX: usize = 300;

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// An event of the contract.
    Event(ProgramEvent),
    /// Anything else.
    Log(String),
    /// It begins as an event, and is none: why.
    Broken(String),
    /// It is no text: it is not UTF-8.
    Binary,
}

/// An event of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum ProgramEvent {
    /// The channel to the other peer is open.
    Connected { role: WrittenRole },
    /// A message arrived. One that is no text has no `text`.
    Message { text: Option<String> },
    /// The peer met no other peer.
    Failed { reason: String },
    /// The channel is closed.
    Closed,
}

/// A role, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WrittenRole {
    Initiator,
    Recipient,
}

impl From<WrittenRole> for Role {
    fn from(written: WrittenRole) -> Self {
        match written {
            WrittenRole::Initiator => Self::Initiator,
            WrittenRole::Recipient => Self::Recipient,
        }
    }
}

impl Line {
    /// Reads a line without its end. It may have any bytes.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else { return Self::Binary };
        let text = text.trim();
        if !begins_as_event(text) {
            return Self::Log(shown(text));
        }
        match serde_json::from_str(text) {
            Ok(event) => Self::Event(event),
            Err(error) => {
                let why = shown(&error.to_string());
                Self::Broken(format!("it wrote an event that cannot be read ({why}): {}", shown(text)))
            }
        }
    }
}

/// Whether the text is a JSON object with an `event`, or begins as one.
fn begins_as_event(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Any {
        #[serde(rename = "event")]
        _event: String,
    }
    let Some(inside) = text.strip_prefix('{') else { return false };
    inside.trim_start().starts_with("\"event\"") || serde_json::from_str::<Any>(text).is_ok()
}

/// The text, cut if it is long.
pub(super) fn shown(text: &str) -> String {
    let start: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    start + more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Line {
        Line::read(text.as_bytes())
    }

    #[test]
    fn the_events_of_the_contract_are_read_with_further_fields() {
        let connected = Line::Event(ProgramEvent::Connected { role: WrittenRole::Recipient });
        assert_eq!(read(r#"{"event":"connected","role":"recipient"}"#), connected);
        assert_eq!(read(r#" {"role": "recipient", "event": "connected", "more": [1]} "#), connected);
        assert_eq!(
            read(r#"{"event":"message","text":"hi"}"#),
            Line::Event(ProgramEvent::Message { text: Some("hi".to_owned()) })
        );
        assert_eq!(read(r#"{"event":"closed","reason":"left"}"#), Line::Event(ProgramEvent::Closed));
    }

    #[test]
    fn any_other_line_is_log() {
        for text in ["", "offer published", "{}", r#"{"level":"info"}"#, "{ not JSON", "[1]"] {
            assert_eq!(read(text), Line::Log(text.to_owned()));
        }
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_binary() {
        assert_eq!(Line::read(&[0xff, 0x00, b'a']), Line::Binary);
        assert_eq!(Line::read(b"{\"event\":\"closed\"}\xc3"), Line::Binary);
    }

    #[test]
    fn half_an_event_an_unknown_one_and_one_without_its_field_are_broken() {
        for text in [
            r#"{"event":"connec"#,
            r#"{ "event": "connected"}"#,
            r#"{"event":"connected","role":"boss"}"#,
            r#"{"event":"explodes"}"#,
            r#"{"event":"failed"}"#,
        ] {
            assert!(matches!(read(text), Line::Broken(why) if why.contains("cannot be read")), "{text}");
        }
    }

    #[test]
    fn a_long_line_is_cut() {
        let Line::Log(text) = read(&"x".repeat(10_000)) else { panic!("it is log") };
        assert_eq!(text.chars().count(), SHOWN_CHARS_MAX + 1);
    }
}
