//! Who stored what: the last writes of each record.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::time::Duration;

use lru::LruCache;
use serde::Serialize;

use crate::network::DataName;

/// Of how many records writes are kept: those that were written last.
const RECORDS_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// How many writes of one record are kept.
const WRITES_MAX: usize = 20;

/// A write of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Write {
    /// The version that was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// When its request arrived, since the network was created.
    #[serde(rename = "atMs", with = "crate::millis::fractional")]
    pub at: Duration,
    /// The number of the launcher on its network, from 1.
    pub launcher: u64,
    /// The number of the request in the journal of that launcher.
    pub request: u64,
    /// The size of what was stored, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// The last writes, by record.
#[derive(Debug)]
pub struct Writes {
    records: LruCache<DataName, VecDeque<Write>>,
}

impl Default for Writes {
    fn default() -> Self {
        // Created without a capacity, so that an idle network allocates nothing.
        Self { records: LruCache::unbounded() }
    }
}

impl Writes {
    /// Adds a write.
    pub fn add(&mut self, record: DataName, write: Write) {
        let writes = self.records.get_or_insert_mut(record, VecDeque::new);
        writes.push_front(write);
        writes.truncate(WRITES_MAX);
        while self.records.len() > RECORDS_MAX.get() {
            self.records.pop_lru();
        }
    }

    /// The last writes of a record, latest first.
    pub fn of(&self, record: DataName) -> impl Iterator<Item = Write> {
        self.records.peek(&record).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(version: u64) -> Write {
        Write { version: Some(version), at: Duration::ZERO, launcher: 1, request: 1, bytes: None }
    }

    #[test]
    fn the_last_writes_are_kept_latest_first() {
        let mut writes = Writes::default();
        let record = DataName([1; 32]);
        for version in 0..WRITES_MAX as u64 + 5 {
            writes.add(record, write(version));
        }
        let versions: Vec<_> = writes.of(record).filter_map(|write| write.version).collect();
        assert_eq!((versions.len(), versions[0], versions[WRITES_MAX - 1]), (WRITES_MAX, 24, 5));
    }

    #[test]
    fn the_records_are_bounded_and_the_last_ones_stay() {
        let mut writes = Writes::default();
        let record = |number: usize| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_le_bytes());
            DataName(name)
        };
        for number in 0..RECORDS_MAX.get() + 10 {
            writes.add(record(number), write(0));
        }
        assert_eq!(writes.records.len(), RECORDS_MAX.get());
        assert_eq!((writes.of(record(9)).count(), writes.of(record(10)).count()), (0, 1));
    }
}
