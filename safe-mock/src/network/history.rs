//! Earlier states of structured data, for launchers that see the network late.
//!
//! Every change is kept with the state before it, for a bounded time and number. Time is an argument of reads and
//! writes. A reader sees the state after the last change that is visible to it. So a visible change hides all changes
//! before it, and no reader ever sees a mix of two.
//!
//! Immutable data never changes and is visible at once: it is named by its content, so a reader of structured data that
//! points to it finds it.

use std::collections::VecDeque;
use std::time::Duration;

use super::data_id::DataName;
use super::structured_data::StructuredData;

/// How many changes are kept.
pub const CHANGES_MAX: usize = 8_192;

/// How many bytes of replaced content are kept.
pub const CHANGED_BYTES_MAX: usize = 16 << 20;

/// How long a change is kept after it is visible to all.
pub const CHANGES_KEPT: Duration = Duration::from_mins(10);

/// The number of a launcher on its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LauncherId(pub u64);

/// When and by which launcher something is written, and how long it stays hidden from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteContext {
    /// Time since the network was created.
    pub now: Duration,
    /// The launcher.
    pub by: LauncherId,
    /// How long other launchers see the state before.
    pub hidden_for: Duration,
}

/// When and by which launcher something is read, and how old the state is that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadContext {
    /// Time since the network was created.
    pub now: Duration,
    /// The launcher.
    pub by: LauncherId,
    /// The age of the state that it sees.
    pub stale_by: Duration,
}

#[derive(Debug)]
struct Change {
    name: DataName,
    before: Option<StructuredData>,
    written: WriteContext,
}

impl Change {
    fn visible_to_all_at(&self) -> Duration {
        self.written.now.saturating_add(self.written.hidden_for)
    }

    /// `as_of` is `None` for a time before the network was created.
    fn is_visible_to(&self, reader: LauncherId, as_of: Option<Duration>) -> bool {
        let seen_at = if reader == self.written.by { self.written.now } else { self.visible_to_all_at() };
        Some(seen_at) <= as_of
    }

    fn bytes(&self) -> usize {
        self.before.as_ref().map_or(0, StructuredData::held_bytes)
    }
}

/// The changes that are kept, oldest first.
#[derive(Debug, Default)]
pub struct History {
    changes: VecDeque<Change>,
    bytes: usize,
    /// From then on, every change is visible to all.
    hidden_until: Duration,
}

impl History {
    /// Adds a change, with the state before it. The oldest changes are dropped, and then count as visible to all.
    pub fn push(&mut self, name: DataName, before: Option<StructuredData>, written: WriteContext) {
        let change = Change { name, before, written };
        self.bytes += change.bytes();
        if written.hidden_for > Duration::ZERO {
            self.hidden_until = self.hidden_until.max(change.visible_to_all_at());
        }
        self.changes.push_back(change);
        while self.changes.front().is_some_and(|oldest| self.is_forgotten(oldest, written.now)) {
            self.bytes -= self.changes.pop_front().map_or(0, |change| change.bytes());
        }
    }

    fn is_forgotten(&self, oldest: &Change, now: Duration) -> bool {
        self.changes.len() > CHANGES_MAX
            || self.bytes > CHANGED_BYTES_MAX
            || oldest.visible_to_all_at().saturating_add(CHANGES_KEPT) < now
    }

    /// The state of a name that `reader` sees; `current` is the current one.
    pub fn seen<'a>(
        &'a self,
        name: DataName,
        current: Option<&'a StructuredData>,
        reader: ReadContext,
    ) -> Option<&'a StructuredData> {
        let as_of = reader.now.checked_sub(reader.stale_by);
        let nothing_hidden = as_of >= Some(self.hidden_until);
        let mut seen = current;
        for change in self.changes.iter().rev() {
            if nothing_hidden && Some(change.written.now) <= as_of {
                break;
            }
            if change.name == name {
                if change.is_visible_to(reader.by, as_of) {
                    break;
                }
                seen = change.before.as_ref();
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    use super::*;
    use crate::network::TypeTag;

    const NAME: DataName = DataName([1; 32]);
    const WRITER: LauncherId = LauncherId(1);
    const OTHER: LauncherId = LauncherId(2);

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn version(version: u64) -> StructuredData {
        StructuredData::new(TypeTag::UNVERSIONED, NAME, vec![0; 10], version, &SigningKey::from_bytes(&[1; 32]))
    }

    /// Version 0 is put at 1 s, 1 at 2 s, 2 at 3 s; version 1 is hidden from others for `hidden_for` ms.
    fn history(hidden_for: u64) -> History {
        let mut history = History::default();
        for (before, now, hidden_for) in [(None, 1_000, 0), (Some(0), 2_000, hidden_for), (Some(1), 3_000, 0)] {
            let written = WriteContext { now: at(now), by: WRITER, hidden_for: at(hidden_for) };
            history.push(NAME, before.map(version), written);
        }
        history
    }

    fn seen(history: &History, current: u64, reader: ReadContext) -> Option<u64> {
        history.seen(NAME, Some(&version(current)), reader).map(|data| data.version)
    }

    fn stale(now: u64, by: u64) -> ReadContext {
        ReadContext { now: at(now), by: WRITER, stale_by: at(by) }
    }

    #[test]
    fn a_stale_reader_sees_an_earlier_state() {
        let history = history(0);
        for (by, version) in [(0, Some(2)), (1_000, Some(2)), (1_001, Some(1)), (2_500, Some(0)), (3_001, None)] {
            assert_eq!(seen(&history, 2, stale(4_000, by)), version, "{by} ms ago");
        }
        assert_eq!(seen(&history, 2, stale(4_000, 60_000)), None);
    }

    #[test]
    fn another_name_is_not_affected() {
        let other = StructuredData { name: DataName([2; 32]), ..version(7) };
        let reader = stale(4_000, 4_000);
        assert_eq!(history(0).seen(other.name, Some(&other), reader).map(|data| data.version), Some(7));
    }

    #[test]
    fn a_hidden_change_is_visible_to_its_writer_at_once_and_to_others_later() {
        let mut history = History::default();
        history.push(NAME, None, WriteContext { now: at(1_000), by: WRITER, hidden_for: at(500) });
        for (launcher, now, version) in
            [(WRITER, 1_000, Some(0)), (OTHER, 1_000, None), (OTHER, 1_499, None), (OTHER, 1_500, Some(0))]
        {
            let reader = ReadContext { now: at(now), by: launcher, stale_by: Duration::ZERO };
            assert_eq!(seen(&history, 0, reader), version, "{launcher:?} at {now} ms");
        }
    }

    #[test]
    fn a_visible_change_hides_the_hidden_changes_before_it() {
        let reader = ReadContext { now: at(3_000), by: OTHER, stale_by: Duration::ZERO };
        assert_eq!(seen(&history(60_000), 2, reader), Some(2));
    }

    proptest! {
        #[test]
        fn a_reader_without_delay_never_sees_an_earlier_version_again(
            writes in proptest::collection::vec((0..3_u64, 0..5_u64, 0..20_u64), 1..12),
        ) {
            let key = SigningKey::from_bytes(&[1; 32]);
            let template = StructuredData::new(TypeTag::UNVERSIONED, NAME, Vec::new(), 0, &key);
            let version = |version| StructuredData { version, ..template.clone() };
            let mut history = History::default();
            let mut current = None;
            let mut last_seen = [None; 3];
            let mut now = 0;
            for (next, (launcher, pause, hidden_for)) in (0..).zip(writes) {
                let written = WriteContext { now: at(now), by: LauncherId(launcher), hidden_for: at(hidden_for) };
                history.push(NAME, current.replace(version(next)), written);
                for tick in now..=now + pause {
                    for (launcher, last) in (0..).zip(&mut last_seen) {
                        let reader = ReadContext { now: at(tick), by: LauncherId(launcher), stale_by: Duration::ZERO };
                        let seen = history.seen(NAME, current.as_ref(), reader).map(|data| data.version);
                        prop_assert!(seen >= *last, "{seen:?} after {last:?} at {tick} from {launcher}");
                        *last = seen;
                    }
                }
                prop_assert_eq!(last_seen[usize::try_from(launcher).unwrap()], Some(next), "its own write");
                now += pause;
            }
        }
    }

    #[test]
    fn kept_changes_are_bounded_in_number_bytes_and_time() {
        let written = |now| WriteContext { now: at(now), by: WRITER, hidden_for: Duration::ZERO };
        let mut many = History::default();
        for _ in 0..=CHANGES_MAX {
            many.push(NAME, None, written(0));
        }
        assert_eq!(many.changes.len(), CHANGES_MAX);

        let mut large = History::default();
        for _ in 0..3 {
            let keys = version(0).held_bytes() - version(0).content.len();
            let content = vec![0; CHANGED_BYTES_MAX / 2 - keys].into();
            let data = StructuredData { content, ..version(0) };
            large.push(NAME, Some(data), written(0));
        }
        assert_eq!((large.changes.len(), large.bytes), (2, CHANGED_BYTES_MAX));

        let mut old = history(0);
        old.push(NAME, None, written(2_001 + 600_000));
        assert_eq!(old.changes.len(), 2);
    }
}
