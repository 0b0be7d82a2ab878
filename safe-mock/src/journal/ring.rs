//! The entries themselves: a queue that forgets its oldest ones.

use std::collections::VecDeque;

use super::counts::Counts;
use super::entry::JournalEntry;
use super::query::JournalQuery;

/// The last requests, oldest first.
#[derive(Debug)]
pub struct Journal {
    /// Boxed, so that the places that a growing queue keeps free are small: a test may have thousands of launchers.
    entries: VecDeque<Box<JournalEntry>>,
    entries_max: usize,
    bytes: usize,
    bytes_max: usize,
    counts: Counts,
    changes: u64,
}

/// A part of what was found.
#[derive(Debug)]
pub struct Found {
    /// The entries, latest first.
    pub entries: Vec<JournalEntry>,
    /// How many bytes they hold.
    pub bytes: usize,
    /// The number before which to look further, if there are earlier entries.
    pub before: Option<u64>,
}

impl Journal {
    /// An empty journal of at most `entries_max` entries and `bytes_max` bytes. Beyond that, the oldest are dropped.
    pub fn new(entries_max: usize, bytes_max: usize) -> Self {
        Self { entries: VecDeque::new(), entries_max, bytes: 0, bytes_max, counts: Counts::default(), changes: 0 }
    }

    /// Adds an entry.
    pub fn push(&mut self, mut entry: Box<JournalEntry>) {
        entry.number = self.counts.write(entry.call);
        self.changes += u64::from(entry.call.is_some());
        if self.entries_max == 0 {
            self.counts.forgotten += 1;
            return;
        }
        let bytes = entry.bytes();
        while self.entries.len() >= self.entries_max || self.bytes.saturating_add(bytes) > self.bytes_max {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(oldest.bytes());
            self.counts.forgotten += 1;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries.push_back(entry);
    }

    /// How many bytes the entries hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many entries of calls it was given, and how often it was cleared. Requests that are no call of the API do not count.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many entries were written and forgotten.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The number that the next entry gets.
    pub fn next_number(&self) -> u64 {
        self.counts.written + 1
    }

    /// The latest entries that match: at most `limit`, and of little more than `bytes_max` bytes, among the latest
    /// [`LOOKED_AT_MAX`] before `query.before`.
    pub fn find(&self, query: &JournalQuery, limit: usize, bytes_max: usize) -> Found {
        let first = self.entries.front().map_or(0, |oldest| oldest.number);
        let end = query
            .before
            .map_or(usize::MAX, |before| usize::try_from(before.saturating_sub(first)).unwrap_or(usize::MAX));
        let end = end.min(self.entries.len());
        let mut found = Found { entries: Vec::new(), bytes: 0, before: None };
        for (index, entry) in self.entries.range(..end).enumerate().rev() {
            if query.after.is_some_and(|number| entry.number <= number) {
                break;
            }
            if found.entries.len() == limit || found.bytes >= bytes_max || end - index > LOOKED_AT_MAX {
                found.before = Some(entry.number + 1);
                break;
            }
            if query.matches(entry) {
                found.bytes += entry.bytes();
                found.entries.push((**entry).clone());
            }
        }
        found
    }

    /// Removes all entries, and returns them: to drop many takes time. Numbers and counts go on.
    pub fn take(&mut self) -> impl Sized + use<> {
        self.bytes = 0;
        self.changes += 1;
        std::mem::take(&mut self.entries)
    }
}

/// How many entries [`Journal::find`] looks at.
pub const LOOKED_AT_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::call::Call;
    use crate::journal::JournalApp;

    fn journal() -> Journal {
        let mut journal = Journal::new(3, 1 << 20);
        for (method, path, status) in
            [("GET", "/auth", 401), ("POST", "/auth", 200), ("GET", "/health", 200), ("PUT", "/auth", 404)]
        {
            journal.push(JournalEntry::new(Duration::ZERO, Duration::ZERO, method, path, status).into());
        }
        journal
    }

    fn numbers(query: &JournalQuery) -> Vec<u64> {
        let limit = query.limit.unwrap_or(usize::MAX);
        journal().find(query, limit, usize::MAX).entries.iter().rev().map(|entry| entry.number).collect()
    }

    fn entry(path: &str) -> Box<JournalEntry> {
        JournalEntry::new(Duration::ZERO, Duration::ZERO, "GET", path, 200).into()
    }

    fn of_health() -> Box<JournalEntry> {
        JournalEntry { call: Some(Call::Health), ..*entry("/health") }.into()
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
    fn it_finds_by_call_app_record_peer_and_room() {
        let mut journal = Journal::new(10, 1 << 20);
        journal.push(entry("/none"));
        let all = JournalEntry {
            call: Some(Call::Put),
            app: Some(JournalApp::new("id", "vendor", "name").into()),
            record: Some("record".into()),
            peer: Some("alice".into()),
            room: Some("room1".into()),
            ..*entry("/all")
        };
        journal.push(all.into());
        let found = |change: fn(&mut JournalQuery)| {
            let mut query = JournalQuery::default();
            change(&mut query);
            journal.find(&query, 10, usize::MAX).entries.len()
        };
        for (right, wrong) in [
            (
                (|query| query.call = Some(Call::Put)) as fn(&mut JournalQuery),
                (|query| query.call = Some(Call::Post)) as fn(&mut JournalQuery),
            ),
            (|query| query.app = Some("id".into()), |query| query.app = Some("name".into())),
            (|query| query.record = Some("record".into()), |query| query.record = Some("rec".into())),
            (|query| query.peer = Some("alice".into()), |query| query.peer = Some("Alice".into())),
            (|query| query.room = Some("room1".into()), |query| query.room = Some("room".into())),
        ] {
            assert_eq!((found(right), found(wrong)), (1, 0));
        }
    }

    #[test]
    fn what_is_forgotten_is_counted_and_what_is_cleared_is_not() {
        let mut journal = journal();
        let counts = |journal: &Journal| (journal.counts().written, journal.counts().forgotten);
        assert_eq!(counts(&journal), (4, 1));
        drop(journal.take());
        assert_eq!(counts(&journal), (4, 1));
        journal.push(of_health());
        assert_eq!((counts(&journal), journal.entries[0].number), ((5, 1), 5));
        let mut none = Journal::new(0, 1 << 20);
        none.push(of_health());
        assert_eq!(counts(&none), (1, 1));
        assert_eq!(none.counts().summary(Duration::ZERO).calls, [(Call::Health, 1)].into());
    }

    #[test]
    fn a_part_ends_after_its_bytes() {
        let mut journal = Journal::new(100, 1 << 20);
        for _ in 0..10 {
            journal.push(entry("/"));
        }
        let size = entry("/").bytes();
        let found = journal.find(&JournalQuery::default(), usize::MAX, size * 3);
        assert_eq!((found.entries.len(), found.before), (3, Some(8)));
        let found = journal.find(&JournalQuery::default(), usize::MAX, size * 10);
        assert_eq!((found.entries.len(), found.before), (10, None));
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
                let found = journal.find(&query, limit, usize::MAX);
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
                prop_assert_eq!(journal.bytes(), journal.entries.iter().map(|entry| entry.bytes()).sum::<usize>());
                prop_assert!(journal.bytes() <= 10_000 && journal.entries.len() <= 20);
            }
        }
    }
}
