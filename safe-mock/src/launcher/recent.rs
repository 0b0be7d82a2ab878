//! Numbered values, of which the most recently used stay: bounded in number and in bytes.
//!
//! Knows nothing of the values; who inserts one says how many bytes it holds.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Bound;

use lru::LruCache;

/// What an entry takes beside its value, in bytes: its places in the map, the list and the index.
const ENTRY_OVERHEAD_BYTES: usize = 128;

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
}

/// Values by number.
#[derive(Debug)]
pub struct Recent<V> {
    /// Made for the first value: an empty map takes memory, and most launchers of a large run never hold most kinds.
    live: Option<LruCache<u64, Entry<V>>>,
    /// The numbers again, in order: a page of them is found without a look at the others.
    numbers: BTreeSet<u64>,
    bytes: usize,
    entries_max: NonZeroUsize,
    bytes_max: usize,
}

impl<V> Recent<V> {
    /// No value, at most `entries_max` values, and at most `bytes_max` bytes.
    pub fn new(entries_max: NonZeroUsize, bytes_max: usize) -> Self {
        Self { live: None, numbers: BTreeSet::new(), bytes: 0, entries_max, bytes_max }
    }

    /// How many values are held.
    pub fn len(&self) -> usize {
        self.live.as_ref().map_or(0, LruCache::len)
    }

    /// How many bytes they hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a value of so many bytes fits if all others are lost.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        bytes.saturating_add(ENTRY_OVERHEAD_BYTES) <= self.bytes_max
    }

    /// Holds a value of `bytes` under a new number, or in place of the value of that number. It becomes the most
    /// recently used, and stays even if it is too large alone. Returns the values that are lost for it, with their numbers: the
    /// least recently used, and the one of that number.
    pub fn insert(&mut self, number: u64, value: V, bytes: usize) -> Vec<(u64, V)> {
        let mut lost: Vec<_> = self.remove(number).map(|value| (number, value)).into_iter().collect();
        let bytes = bytes.saturating_add(ENTRY_OVERHEAD_BYTES);
        // Made without a capacity, so that it grows with what it holds.
        let live = self.live.get_or_insert_with(LruCache::unbounded);
        while live.len() >= self.entries_max.get() || self.bytes.saturating_add(bytes) > self.bytes_max {
            let Some((least_used, entry)) = live.pop_lru() else { break };
            self.numbers.remove(&least_used);
            self.bytes = self.bytes.saturating_sub(entry.bytes);
            lost.push((least_used, entry.value));
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.numbers.insert(number);
        live.put(number, Entry { value, bytes });
        lost
    }

    /// The value of a number, which becomes the most recently used.
    pub fn get(&mut self, number: u64) -> Option<&V> {
        self.live.as_mut()?.get(&number).map(|entry| &entry.value)
    }

    /// The value of a number.
    pub fn peek(&self, number: u64) -> Option<&V> {
        self.live.as_ref()?.peek(&number).map(|entry| &entry.value)
    }

    /// As [`Recent::peek`], to change the value without a change of its size.
    pub fn peek_mut(&mut self, number: u64) -> Option<&mut V> {
        self.live.as_mut()?.peek_mut(&number).map(|entry| &mut entry.value)
    }

    /// Removes a value.
    pub fn remove(&mut self, number: u64) -> Option<V> {
        let entry = self.live.as_mut()?.pop(&number)?;
        self.numbers.remove(&number);
        self.bytes = self.bytes.saturating_sub(entry.bytes);
        Some(entry.value)
    }

    /// Removes all values, and returns them with the bounds as they were: to drop many takes time.
    pub fn take(&mut self) -> Self {
        let empty = Self::new(self.entries_max, self.bytes_max);
        std::mem::replace(self, empty)
    }

    /// The numbers and values, most recently used first.
    pub fn used_last(&self) -> impl Iterator<Item = (u64, &V)> {
        self.live.iter().flatten().map(|(number, entry)| (*number, &entry.value))
    }

    /// The values with a higher number, in the order of numbers.
    pub fn above(&self, number: u64) -> impl Iterator<Item = (u64, &V)> {
        let numbers = self.numbers.range((Bound::Excluded(number), Bound::Unbounded));
        numbers.filter_map(|number| self.peek(*number).map(|value| (*number, value)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn recent(entries_max: usize, bytes_max: usize) -> Recent<usize> {
        Recent::new(NonZeroUsize::new(entries_max).unwrap(), bytes_max)
    }

    #[test]
    fn a_value_with_many_bytes_displaces_as_many_as_it_needs() {
        let mut held = recent(10, 4 * (ENTRY_OVERHEAD_BYTES + 100));
        for number in 1..=4 {
            assert_eq!(held.insert(number, 100, 100), []);
        }
        held.get(1);
        assert_eq!(held.insert(5, 200, 200).len(), 2);
        assert_eq!(held.used_last().map(|(number, _)| number).collect::<Vec<_>>(), [5, 1, 4]);
    }

    #[test]
    fn a_value_that_is_too_large_alone_displaces_all_others_and_stays() {
        let mut held = recent(10, 1_000);
        held.insert(1, 1, 1);
        assert!(!held.has_room_for(1_000) && held.has_room_for(1_000 - ENTRY_OVERHEAD_BYTES));
        assert_eq!(held.insert(2, 2_000, 2_000), [(1, 1)]);
        assert_eq!(held.len(), 1);
        assert_eq!(held.insert(3, 3, 3), [(2, 2_000)]);
    }

    #[derive(Debug, Clone)]
    enum Operation {
        Insert(u64, usize),
        Get(u64),
        Remove(u64),
        Take,
    }

    fn operation() -> impl Strategy<Value = Operation> {
        prop_oneof![
            6 => (0..20_u64, 0..400_usize).prop_map(|(number, bytes)| Operation::Insert(number, bytes)),
            2 => (0..20_u64).prop_map(Operation::Get),
            2 => (0..20_u64).prop_map(Operation::Remove),
            1 => Just(Operation::Take),
        ]
    }

    proptest! {
        #[test]
        fn the_counter_equals_the_sum_over_what_is_held_after_any_operations(
            operations in proptest::collection::vec(operation(), 0..60),
        ) {
            let mut held = recent(6, 1_500);
            for operation in operations {
                match operation {
                    // Each value is its own size.
                    Operation::Insert(number, bytes) => drop(held.insert(number, bytes, bytes)),
                    Operation::Get(number) => drop(held.get(number).copied()),
                    Operation::Remove(number) => drop(held.remove(number)),
                    Operation::Take => drop(held.take()),
                }
                let sum: usize = held.live.iter().flatten().map(|(_, entry)| entry.value + ENTRY_OVERHEAD_BYTES).sum();
                prop_assert_eq!(held.bytes(), sum);
                prop_assert!(held.bytes() <= 1_500 && held.len() <= 6);
                let mut numbers: Vec<_> = held.used_last().map(|(number, _)| number).collect();
                numbers.sort_unstable();
                prop_assert_eq!(held.above(0).map(|(number, _)| number).collect::<Vec<_>>(),
                    numbers.into_iter().filter(|number| *number > 0).collect::<Vec<_>>());
            }
        }
    }
}
