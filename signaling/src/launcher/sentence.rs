//! What a launcher says beside its responses: one sentence on what it saw, in a header that safe-mock alone sends.
//!
//! A session keeps the last one for the meeting that it is used for. The text is foreign: it is shown, and never read for a
//! meaning.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::printable::cause;

/// The header of the sentence.
const WHY: HeaderName = HeaderName::from_static("x-mock-why");

/// How many bytes of the header are read. Of these, as many characters are shown as of another program's error.
const HEADER_BYTES_MAX: usize = 2_000;

/// A sentence of the launcher on what it saw, for example that no other peer has looked for the offer. Its characters are
/// printable, and their number is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LauncherSentence(String);

impl LauncherSentence {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let bytes = headers.get(WHY)?.as_bytes();
        let text = String::from_utf8_lossy(bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes));
        Some(Self(cause(text.trim()))).filter(|sentence| !sentence.0.is_empty())
    }
}

impl fmt::Display for LauncherSentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the launcher said last during one meeting, and the request that it has not answered yet. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Heard(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    sentence: Option<LauncherSentence>,
    unanswered_since: Option<Instant>,
}

impl Heard {
    /// Takes the last sentence: each is given out once.
    pub fn take(&self) -> Option<LauncherSentence> {
        self.0.lock().sentence.take()
    }

    /// Since when the launcher has owed an answer to the last request.
    pub fn unanswered_since(&self) -> Option<Instant> {
        self.0.lock().unanswered_since
    }

    pub(super) fn asked(&self, now: Instant) {
        self.0.lock().unanswered_since = Some(now);
    }

    /// The request ended, with these headers if it was answered.
    pub(super) fn ended(&self, headers: Option<&HeaderMap>) {
        let mut state = self.0.lock();
        state.unanswered_since = None;
        if let Some(sentence) = headers.and_then(LauncherSentence::of) {
            state.sentence = Some(sentence);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn heard(value: &[u8]) -> Option<String> {
        let heard = Heard::default();
        let headers = HeaderMap::from_iter([(WHY, HeaderValue::from_bytes(value).unwrap())]);
        heard.ended(Some(&headers));
        heard.take().map(|sentence| sentence.to_string())
    }

    #[test]
    fn a_sentence_is_bounded_and_printable_whatever_the_header_is() {
        assert_eq!(heard(b" A peer waits in Room1. ").as_deref(), Some("A peer waits in Room1."));
        assert_eq!(heard(b"a\t\xe2\x80\xaeb\xff").as_deref(), Some("a\\t\\u{202e}b\u{fffd}"));
        assert_eq!(heard(b"  "), None);
        assert_eq!(heard(&[b'x'; 9_000]).unwrap().chars().count(), 501);
        let worst = "\u{202e}".repeat(3_000);
        assert!(heard(worst.as_bytes()).unwrap().len() < 10 * HEADER_BYTES_MAX);
    }

    #[test]
    fn an_answer_without_a_sentence_leaves_the_last_one_which_is_given_out_once() {
        let heard = Heard::default();
        let headers = HeaderMap::from_iter([(WHY, HeaderValue::from_static("one"))]);
        heard.ended(Some(&headers));
        heard.ended(Some(&HeaderMap::new()));
        heard.ended(None);
        assert_eq!(heard.take().map(|sentence| sentence.to_string()).as_deref(), Some("one"));
        assert_eq!(heard.take(), None);
    }

    #[test]
    fn a_request_is_unanswered_until_it_ends() {
        let (heard, now) = (Heard::default(), Instant::now());
        heard.asked(now);
        assert_eq!(heard.unanswered_since(), Some(now));
        heard.ended(None);
        assert_eq!(heard.unanswered_since(), None);
    }
}
