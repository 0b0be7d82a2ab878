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
    /// The path as sent, without its query.
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
        Self { number: 0, at, took, method: method.to_owned(), path: path.to_owned(), status, session, fault: None }
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
    /// At most this many, the latest.
    pub limit: Option<usize>,
}

impl JournalQuery {
    fn matches(&self, entry: &JournalEntry) -> bool {
        self.method.as_ref().is_none_or(|method| entry.method.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|text| entry.path.contains(text))
            && self.status.is_none_or(|status| entry.status == status)
            && self.session.is_none_or(|session| entry.session == Some(session))
            && self.after.is_none_or(|number| entry.number > number)
    }
}

/// The last requests, oldest first.
#[derive(Debug)]
pub struct Journal {
    entries: VecDeque<JournalEntry>,
    entries_max: usize,
    written: u64,
}

impl Journal {
    /// An empty journal of at most `entries_max` entries. Beyond that, the oldest is dropped.
    pub fn new(entries_max: usize) -> Self {
        Self { entries: VecDeque::new(), entries_max, written: 0 }
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: JournalEntry) {
        self.written += 1;
        if self.entries_max == 0 {
            return;
        }
        if self.entries.len() == self.entries_max {
            self.entries.pop_front();
        }
        self.entries.push_back(JournalEntry { number: self.written, ..entry });
    }

    /// The entries that match, oldest first.
    pub fn find(&self, query: &JournalQuery) -> Vec<JournalEntry> {
        let limit = query.limit.unwrap_or(usize::MAX);
        let latest = self.entries.iter().rev().filter(|entry| query.matches(entry)).take(limit);
        let mut found: Vec<_> = latest.cloned().collect();
        found.reverse();
        found
    }

    /// Removes all entries. Numbers go on counting.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::new(3);
        for (method, path, status) in
            [("GET", "/auth", 401), ("POST", "/auth", 200), ("GET", "/health", 200), ("PUT", "/auth", 404)]
        {
            journal.push(JournalEntry::new(Duration::ZERO, Duration::ZERO, method, path, status, None));
        }
        journal
    }

    fn numbers(query: &JournalQuery) -> Vec<u64> {
        journal().find(query).iter().map(|entry| entry.number).collect()
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
        assert_eq!(numbers(&JournalQuery { limit: Some(1), ..JournalQuery::default() }), [4]);
        assert_eq!(numbers(&JournalQuery { session: Some(1), ..JournalQuery::default() }), [0; 0]);
    }
}
