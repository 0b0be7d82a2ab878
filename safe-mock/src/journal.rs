//! The journal: the last requests that a launcher answered.
//!
//! Bounded, and without bodies, headers or query strings, so that it holds no secret.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

/// One answered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalEntry {
    /// Counts up from 1, without gaps.
    pub number: u64,
    /// When it arrived, since the launcher started.
    #[serde(rename = "atMs", with = "crate::millis")]
    pub at: Duration,
    /// How long the answer took.
    #[serde(rename = "tookUs", serialize_with = "micros")]
    pub took: Duration,
    /// The method.
    pub method: String,
    /// The path as sent, without its query. Of a path of more than 2,000 bytes the start, and its length.
    pub path: String,
    /// The status of the answer; 0 where a fault broke the connection instead.
    pub status: u16,
    /// The number of the session that sent it, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// The faults that struck, by name and joined by `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

fn micros<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// The longest method or path that is kept whole, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;

/// The text; the start of a long one, with its length.
fn shortened(text: &str) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text.to_owned();
    }
    format!("{}... ({} bytes)", &text[..text.floor_char_boundary(TEXT_BYTES_MAX)], text.len())
}

impl JournalEntry {
    /// An entry; the journal gives it its number.
    pub(crate) fn new(
        at: Duration,
        took: Duration,
        method: &str,
        path: &str,
        status: u16,
        session: Option<u64>,
    ) -> Self {
        Self { number: 0, at, took, method: shortened(method), path: shortened(path), status, session, fault: None }
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.method.len() + self.path.len() + self.fault.as_ref().map_or(0, String::len)
    }
}

/// Which entries to find. An absent field matches everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    /// Only this method.
    pub method: Option<String>,
    /// Only paths that contain this text.
    pub path: Option<String>,
    /// Only this status.
    pub status: Option<u16>,
    /// Only this session.
    pub session: Option<u64>,
    /// Only entries with a higher number.
    pub after: Option<u64>,
    /// Only entries with a lower number.
    pub before: Option<u64>,
    /// At most this many, the latest.
    pub limit: Option<usize>,
}

impl JournalQuery {
    fn matches(&self, entry: &JournalEntry) -> bool {
        self.method.as_ref().is_none_or(|method| entry.method.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|text| entry.path.contains(text))
            && self.status.is_none_or(|status| entry.status == status)
            && self.session.is_none_or(|session| entry.session == Some(session))
    }
}

/// The last requests, oldest first.
#[derive(Debug)]
pub struct Journal {
    entries: VecDeque<JournalEntry>,
    entries_max: usize,
    bytes: usize,
    bytes_max: usize,
    written: u64,
}

/// A part of what was found.
#[derive(Debug)]
pub struct Found {
    /// The entries, latest first.
    pub entries: Vec<JournalEntry>,
    /// The number before which to look further, if there are earlier entries.
    pub before: Option<u64>,
}

impl Journal {
    /// An empty journal of at most `entries_max` entries and `bytes_max` bytes. Beyond that, the oldest are dropped.
    pub fn new(entries_max: usize, bytes_max: usize) -> Self {
        Self { entries: VecDeque::new(), entries_max, bytes: 0, bytes_max, written: 0 }
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: JournalEntry) {
        self.written += 1;
        if self.entries_max == 0 {
            return;
        }
        let bytes = entry.bytes();
        while self.entries.len() >= self.entries_max || self.bytes.saturating_add(bytes) > self.bytes_max {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.bytes());
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries.push_back(JournalEntry { number: self.written, ..entry });
    }

    /// How many bytes the entries hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The latest entries that match: at most `limit`, among the latest [`LOOKED_AT_MAX`] before `query.before`.
    pub fn find(&self, query: &JournalQuery, limit: usize) -> Found {
        let first = self.entries.front().map_or(0, |oldest| oldest.number);
        let end = query
            .before
            .map_or(usize::MAX, |before| usize::try_from(before.saturating_sub(first)).unwrap_or(usize::MAX));
        let end = end.min(self.entries.len());
        let mut found = Found { entries: Vec::new(), before: None };
        for (index, entry) in self.entries.range(..end).enumerate().rev() {
            if query.after.is_some_and(|number| entry.number <= number) {
                break;
            }
            if found.entries.len() == limit || end - index > LOOKED_AT_MAX {
                found.before = Some(entry.number + 1);
                break;
            }
            if query.matches(entry) {
                found.entries.push(entry.clone());
            }
        }
        found
    }

    /// Removes all entries, and returns them: to drop many takes time. Numbers go on counting.
    pub fn take(&mut self) -> impl Sized + use<> {
        self.bytes = 0;
        std::mem::take(&mut self.entries)
    }
}

/// How many entries [`Journal::find`] looks at.
pub const LOOKED_AT_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::new(3, 1 << 20);
        for (method, path, status) in
            [("GET", "/auth", 401), ("POST", "/auth", 200), ("GET", "/health", 200), ("PUT", "/auth", 404)]
        {
            journal.push(JournalEntry::new(Duration::ZERO, Duration::ZERO, method, path, status, None));
        }
        journal
    }

    fn numbers(query: &JournalQuery) -> Vec<u64> {
        let limit = query.limit.unwrap_or(usize::MAX);
        journal().find(query, limit).entries.iter().rev().map(|entry| entry.number).collect()
    }

    fn entry(path: &str) -> JournalEntry {
        JournalEntry::new(Duration::ZERO, Duration::ZERO, "GET", path, 200, None)
    }

    #[test]
    fn it_forgets_the_oldest() {
        assert_eq!(numbers(&JournalQuery::default()), [2, 3, 4]);
    }

    #[test]
    fn it_finds_by_method_path_status_and_number() {
        assert_eq!(numbers(&JournalQuery { method: Some("get".into()), ..JournalQuery::default() }), [3]);
        assert_eq!(numbers(&JournalQuery { path: Some("auth".into()), ..JournalQuery::default() }), [2, 4]);
        assert_eq!(numbers(&JournalQuery { status: Some(200), ..JournalQuery::default() }), [2, 3]);
        assert_eq!(numbers(&JournalQuery { after: Some(3), ..JournalQuery::default() }), [4]);
        assert_eq!(numbers(&JournalQuery { before: Some(3), ..JournalQuery::default() }), [2]);
        assert_eq!(numbers(&JournalQuery { before: Some(9), ..JournalQuery::default() }), [2, 3, 4]);
        assert_eq!(numbers(&JournalQuery { limit: Some(1), ..JournalQuery::default() }), [4]);
        assert_eq!(numbers(&JournalQuery { session: Some(1), ..JournalQuery::default() }), [0; 0]);
    }

    #[test]
    fn the_start_of_a_long_path_is_kept_with_its_length() {
        assert_eq!(entry(&"p".repeat(TEXT_BYTES_MAX)).path.len(), TEXT_BYTES_MAX);
        let path = entry(&"ä".repeat(30_000)).path;
        assert!(path.len() < TEXT_BYTES_MAX + 30 && path.ends_with("ä... (60000 bytes)"), "{path}");
    }

    #[test]
    fn every_entry_is_found_in_parts_however_many_there_are() {
        let mut journal = Journal::new(usize::MAX, usize::MAX);
        for number in 0..LOOKED_AT_MAX * 3 + 7 {
            journal.push(entry(if number % 10 == 0 { "/tenth" } else { "/other" }));
        }
        for (path, limit, parts) in [("/", usize::MAX, 4), ("/", 500, 7), ("/tenth", usize::MAX, 4), ("/no", 1, 4)] {
            let mut query = JournalQuery { path: Some(path.into()), ..JournalQuery::default() };
            let mut numbers = Vec::new();
            let mut looks = 0;
            loop {
                let found = journal.find(&query, limit);
                numbers.extend(found.entries.iter().map(|entry| entry.number));
                looks += 1;
                query.before = found.before;
                if found.before.is_none() {
                    break;
                }
            }
            let mut all =
                journal.entries.iter().rev().filter(|entry| entry.path.contains(path)).map(|entry| entry.number);
            assert!(numbers.iter().copied().eq(all.by_ref()), "{path}");
            assert_eq!(looks, parts, "{path} {limit}");
        }
    }

    proptest! {
        #[test]
        fn the_counter_equals_the_sum_over_the_entries(lengths in proptest::collection::vec(0..3_000_usize, 0..40)) {
            let mut journal = Journal::new(20, 10_000);
            for length in lengths {
                journal.push(entry(&"p".repeat(length)));
                prop_assert_eq!(journal.bytes(), journal.entries.iter().map(JournalEntry::bytes).sum::<usize>());
                prop_assert!(journal.bytes() <= 10_000 && journal.entries.len() <= 20);
            }
        }
    }
}
