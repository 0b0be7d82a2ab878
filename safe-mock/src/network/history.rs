//! What stood under each name a while ago, for those who see the network late.
//!
//! Every change of structured data is kept here with what it replaced, for a bounded time and number. Time is a plain
//! number that whoever writes and reads brings along. What an onlooker sees under a name is what the last change left
//! there that it can see; so a change that is seen hides all before it, and nobody ever sees parts of two.
//!
//! Immutable data never changes and is seen by everybody at once: it is named by its content, and whoever sees structured
//! data that points to it finds it.

use std::collections::VecDeque;
use std::time::Duration;

use super::data_id::DataName;
use super::structured_data::StructuredData;

/// How many changes are remembered.
pub const CHANGES_MAX: usize = 8_192;

/// How many bytes of replaced content are remembered.
pub const CHANGED_BYTES_MAX: usize = 16 << 20;

/// How long changes are remembered once everybody sees them.
pub const CHANGES_KEPT: Duration = Duration::from_mins(10);

/// From where the network is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Site(pub u64);

/// When and from where something is written, and how long it stays hidden from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Occasion {
    /// Time since the network began.
    pub now: Duration,
    /// From where.
    pub site: Site,
    /// How long other sites see what stood there before.
    pub hidden_for: Duration,
}

/// When and from where something is read, and how old it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Onlooker {
    /// Time since the network began.
    pub now: Duration,
    /// From where.
    pub site: Site,
    /// How long ago it sees the network.
    pub stale_by: Duration,
}

#[derive(Debug)]
struct Change {
    name: DataName,
    before: Option<StructuredData>,
    occasion: Occasion,
}

impl Change {
    fn seen_by_all_at(&self) -> Duration {
        self.occasion.now.saturating_add(self.occasion.hidden_for)
    }

    /// `as_of` is nothing for a time before the network began.
    fn is_seen_from(&self, site: Site, as_of: Option<Duration>) -> bool {
        let seen_at = if site == self.occasion.site { self.occasion.now } else { self.seen_by_all_at() };
        Some(seen_at) <= as_of
    }

    fn bytes(&self) -> usize {
        self.before.as_ref().map_or(0, |data| data.content.len())
    }
}

/// The changes that are remembered, oldest first.
#[derive(Debug, Default)]
pub struct History {
    changes: VecDeque<Change>,
    bytes: usize,
    /// From then on, everybody sees every change.
    hidden_until: Duration,
}

impl History {
    /// Remembers a change and what it replaced. The oldest are forgotten, and then count as seen by everybody.
    pub fn push(&mut self, name: DataName, before: Option<StructuredData>, occasion: Occasion) {
        let change = Change { name, before, occasion };
        self.bytes += change.bytes();
        if occasion.hidden_for > Duration::ZERO {
            self.hidden_until = self.hidden_until.max(change.seen_by_all_at());
        }
        self.changes.push_back(change);
        while self.changes.front().is_some_and(|oldest| self.is_forgotten(oldest, occasion.now)) {
            self.bytes -= self.changes.pop_front().map_or(0, |change| change.bytes());
        }
    }

    fn is_forgotten(&self, oldest: &Change, now: Duration) -> bool {
        self.changes.len() > CHANGES_MAX
            || self.bytes > CHANGED_BYTES_MAX
            || oldest.seen_by_all_at().saturating_add(CHANGES_KEPT) < now
    }

    /// What `onlooker` sees under a name where `current` stands.
    pub fn seen<'a>(
        &'a self,
        name: DataName,
        current: Option<&'a StructuredData>,
        onlooker: Onlooker,
    ) -> Option<&'a StructuredData> {
        let as_of = onlooker.now.checked_sub(onlooker.stale_by);
        let nothing_hidden = as_of >= Some(self.hidden_until);
        let mut seen = current;
        for change in self.changes.iter().rev() {
            if nothing_hidden && Some(change.occasion.now) <= as_of {
                break;
            }
            if change.name == name {
                if change.is_seen_from(onlooker.site, as_of) {
                    break;
                }
                seen = change.before.as_ref();
            }
        }
        seen
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    use super::*;
    use crate::network::TypeTag;

    const NAME: DataName = DataName([1; 32]);
    const WRITER: Site = Site(1);
    const OTHER: Site = Site(2);

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn version(version: u64) -> StructuredData {
        StructuredData::new(TypeTag::UNVERSIONED, NAME, vec![0; 10], version, &SigningKey::from_bytes(&[1; 32]))
    }

    /// Version 0 put at 1 s, 1 at 2 s, 2 at 3 s; the second is hidden from others for `hidden_for` ms.
    fn history(hidden_for: u64) -> History {
        let mut history = History::default();
        for (before, now, hidden_for) in [(None, 1_000, 0), (Some(0), 2_000, hidden_for), (Some(1), 3_000, 0)] {
            let occasion = Occasion { now: at(now), site: WRITER, hidden_for: at(hidden_for) };
            history.push(NAME, before.map(version), occasion);
        }
        history
    }

    fn seen(history: &History, current: u64, onlooker: Onlooker) -> Option<u64> {
        history.seen(NAME, Some(&version(current)), onlooker).map(|data| data.version)
    }

    fn stale(now: u64, by: u64) -> Onlooker {
        Onlooker { now: at(now), site: WRITER, stale_by: at(by) }
    }

    #[test]
    fn a_stale_onlooker_sees_what_stood_there_then() {
        let history = history(0);
        for (by, version) in [(0, Some(2)), (1_000, Some(2)), (1_001, Some(1)), (2_500, Some(0)), (3_001, None)] {
            assert_eq!(seen(&history, 2, stale(4_000, by)), version, "{by} ms ago");
        }
        assert_eq!(seen(&history, 2, stale(4_000, 60_000)), None);
    }

    #[test]
    fn another_name_is_not_touched() {
        let other = StructuredData { name: DataName([2; 32]), ..version(7) };
        let onlooker = stale(4_000, 4_000);
        assert_eq!(history(0).seen(other.name, Some(&other), onlooker).map(|data| data.version), Some(7));
    }

    #[test]
    fn a_hidden_change_is_seen_by_its_writer_at_once_and_by_others_later() {
        let mut history = History::default();
        history.push(NAME, None, Occasion { now: at(1_000), site: WRITER, hidden_for: at(500) });
        for (site, now, version) in
            [(WRITER, 1_000, Some(0)), (OTHER, 1_000, None), (OTHER, 1_499, None), (OTHER, 1_500, Some(0))]
        {
            let onlooker = Onlooker { now: at(now), site, stale_by: Duration::ZERO };
            assert_eq!(seen(&history, 0, onlooker), version, "{site:?} at {now} ms");
        }
    }

    #[test]
    fn a_change_that_is_seen_hides_the_hidden_ones_before_it() {
        let onlooker = Onlooker { now: at(3_000), site: OTHER, stale_by: Duration::ZERO };
        assert_eq!(seen(&history(60_000), 2, onlooker), Some(2));
    }

    proptest! {
        #[test]
        fn whoever_sees_the_network_without_delay_never_sees_it_go_back(
            writes in proptest::collection::vec((0..3_u64, 0..5_u64, 0..20_u64), 1..12),
        ) {
            let key = SigningKey::from_bytes(&[1; 32]);
            let template = StructuredData::new(TypeTag::UNVERSIONED, NAME, Vec::new(), 0, &key);
            let version = |version| StructuredData { version, ..template.clone() };
            let mut history = History::default();
            let mut current = None;
            let mut last_seen = [None; 3];
            let mut now = 0;
            for (next, (site, pause, hidden_for)) in (0..).zip(writes) {
                let occasion = Occasion { now: at(now), site: Site(site), hidden_for: at(hidden_for) };
                history.push(NAME, current.replace(version(next)), occasion);
                for tick in now..=now + pause {
                    for (site, last) in (0..).zip(&mut last_seen) {
                        let onlooker = Onlooker { now: at(tick), site: Site(site), stale_by: Duration::ZERO };
                        let seen = history.seen(NAME, current.as_ref(), onlooker).map(|data| data.version);
                        prop_assert!(seen >= *last, "{seen:?} after {last:?} at {tick} from {site}");
                        *last = seen;
                    }
                }
                prop_assert_eq!(last_seen[usize::try_from(site).unwrap()], Some(next), "its own write");
                now += pause;
            }
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_in_number_bytes_and_time() {
        let occasion = |now| Occasion { now: at(now), site: WRITER, hidden_for: Duration::ZERO };
        let mut many = History::default();
        for _ in 0..=CHANGES_MAX {
            many.push(NAME, None, occasion(0));
        }
        assert_eq!(many.changes.len(), CHANGES_MAX);

        let mut large = History::default();
        for _ in 0..3 {
            let data = StructuredData { content: vec![0; CHANGED_BYTES_MAX / 2].into(), ..version(0) };
            large.push(NAME, Some(data), occasion(0));
        }
        assert_eq!((large.changes.len(), large.bytes), (2, CHANGED_BYTES_MAX));

        let mut old = history(0);
        old.push(NAME, None, occasion(2_001 + 600_000));
        assert_eq!(old.changes.len(), 2);
    }
}
