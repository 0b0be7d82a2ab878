//! The journal: the last requests a launcher answered, for tests and people that ask what happened.
//!
//! Bounded, and without bodies, headers or query strings: nothing in it opens anything.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One answered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up from 1; gaps never occur.
    pub number: u64,
    /// When it came, in milliseconds since the launcher started.
    pub at_ms: u64,
    /// How long the answer took, in microseconds.
    pub took_us: u64,
    /// The method.
    pub method: String,
    /// The path as sent, without its query.
    pub path: String,
    /// The status of the answer; 0 where a fault broke the connection instead.
    pub status: u16,
    /// The session that asked, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// The faults that struck, by name and joined by `+`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Entry {
    /// An entry that gets its number when it is written down.
    pub fn new(at: Duration, took: Duration, method: &str, path: &str, status: u16, session: Option<u64>) -> Self {
        Self {
            number: 0,
            at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            session,
            fault: None,
        }
    }
}

/// Which entries to find; what is absent matches everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
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
    /// At most so many, the latest.
    pub limit: Option<usize>,
}

impl Query {
    fn matches(&self, entry: &Entry) -> bool {
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
    entries: VecDeque<Entry>,
    entries_max: usize,
    written: u64,
}

impl Journal {
    /// An empty one that forgets the oldest rather than hold more than `entries_max`.
    pub fn new(entries_max: usize) -> Self {
        Self { entries: VecDeque::new(), entries_max, written: 0 }
    }

    /// Writes one down.
    pub fn push(&mut self, entry: Entry) {
        self.written += 1;
        if self.entries_max == 0 {
            return;
        }
        if self.entries.len() == self.entries_max {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { number: self.written, ..entry });
    }

    /// The entries that match, oldest first.
    pub fn find(&self, query: &Query) -> Vec<Entry> {
        let limit = query.limit.unwrap_or(usize::MAX);
        let latest = self.entries.iter().rev().filter(|entry| query.matches(entry)).take(limit);
        let mut found: Vec<_> = latest.cloned().collect();
        found.reverse();
        found
    }

    /// Forgets everything; the numbers go on.
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
            journal.push(Entry::new(Duration::ZERO, Duration::ZERO, method, path, status, None));
        }
        journal
    }

    fn numbers(query: &Query) -> Vec<u64> {
        journal().find(query).iter().map(|entry| entry.number).collect()
    }

    #[test]
    fn it_forgets_the_oldest() {
        assert_eq!(numbers(&Query::default()), [2, 3, 4]);
    }

    #[test]
    fn it_finds_by_method_path_status_and_number() {
        assert_eq!(numbers(&Query { method: Some("get".into()), ..Query::default() }), [3]);
        assert_eq!(numbers(&Query { path: Some("auth".into()), ..Query::default() }), [2, 4]);
        assert_eq!(numbers(&Query { status: Some(200), ..Query::default() }), [2, 3]);
        assert_eq!(numbers(&Query { after: Some(3), ..Query::default() }), [4]);
        assert_eq!(numbers(&Query { limit: Some(1), ..Query::default() }), [4]);
        assert_eq!(numbers(&Query { session: Some(1), ..Query::default() }), [0; 0]);
    }
}
