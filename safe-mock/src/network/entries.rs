//! The entries of a directory: in the order in which they were added, and by name.
//!
//! Each look-up and each change takes logarithmic time, so that a directory of many files costs no more than its parts.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What an entry takes in the two maps beside its name and its value, in bytes.
const ENTRY_OVERHEAD_BYTES: usize = 112;

/// Values by name. No two have the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<T> {
    by_place: BTreeMap<u64, (Arc<str>, T)>,
    places: BTreeMap<Arc<str>, u64>,
    next: u64,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { by_place: BTreeMap::new(), places: BTreeMap::new(), next: 0 }
    }
}

impl<T> Entries<T> {
    /// What an entry of this name takes beside what its value holds elsewhere, in bytes.
    pub fn entry_bytes(name: &str) -> usize {
        ENTRY_OVERHEAD_BYTES + name.len() + size_of::<T>()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Whether there is one of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.by_place.get(self.places.get(name)?).map(|(_, value)| value)
    }

    /// The value of a name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.by_place.get_mut(self.places.get(name)?).map(|(_, value)| value)
    }

    /// Adds an entry behind the others. Returns whether the name was free; otherwise nothing has changed.
    pub fn add(&mut self, name: Arc<str>, value: T) -> bool {
        if self.contains(&name) {
            return false;
        }
        self.places.insert(Arc::clone(&name), self.next);
        self.by_place.insert(self.next, (name, value));
        self.next += 1;
        true
    }

    /// Removes an entry.
    pub fn remove(&mut self, name: &str) -> Option<(Arc<str>, T)> {
        let place = self.places.remove(name)?;
        self.by_place.remove(&place)
    }

    /// Gives an entry another name, at its place in the order. Returns whether there is such an entry and the new name was free, or
    /// its own.
    pub fn rename(&mut self, name: &str, new_name: Arc<str>) -> bool {
        if self.contains(&new_name) {
            return *new_name == *name;
        }
        let Some(place) = self.places.remove(name) else { return false };
        if let Some((name, _)) = self.by_place.get_mut(&place) {
            *name = Arc::clone(&new_name);
        }
        self.places.insert(new_name, place);
        true
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &T)> {
        self.by_place.values().map(|(name, value)| (name, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(entries: &Entries<u32>) -> Vec<(&str, u32)> {
        entries.iter().map(|(name, value)| (&**name, *value)).collect()
    }

    #[test]
    fn a_renamed_entry_keeps_its_place_and_a_removed_one_loses_it() {
        let mut entries = Entries::default();
        for (name, value) in [("b", 1), ("a", 2), ("c", 3)] {
            assert!(entries.add(name.into(), value));
        }
        assert!(!entries.add("a".into(), 4));
        assert!(entries.rename("b", "z".into()) && entries.rename("a", "a".into()));
        assert!(!entries.rename("b", "y".into()) && !entries.rename("z", "c".into()));
        assert_eq!(listed(&entries), [("z", 1), ("a", 2), ("c", 3)]);
        assert_eq!(entries.remove("z"), Some(("z".into(), 1)));
        assert!(entries.add("z".into(), 5));
        assert_eq!(listed(&entries), [("a", 2), ("c", 3), ("z", 5)]);
        assert_eq!((entries.get("z"), entries.get("b"), entries.count()), (Some(&5), None, 3));
    }

    proptest! {
        #[test]
        fn entries_are_a_list_of_pairs_with_unique_names(changes in proptest::collection::vec((0..3_u8, "[a-d]", "[a-d]"), 0..40)) {
            let mut entries = Entries::default();
            let mut list: Vec<(String, u32)> = Vec::new();
            for (value, (change, name, new_name)) in (0..).zip(changes) {
                let at = list.iter().position(|(other, _)| *other == name);
                let is_free = list.iter().all(|(other, _)| *other != new_name);
                match change {
                    0 => {
                        prop_assert_eq!(entries.add(name.as_str().into(), value), at.is_none());
                        if at.is_none() {
                            list.push((name, value));
                        }
                    }
                    1 => prop_assert_eq!(entries.remove(&name).map(|(_, value)| value), at.map(|at| list.remove(at).1)),
                    _ => {
                        let renamed = entries.rename(&name, new_name.as_str().into());
                        prop_assert_eq!(renamed, at.is_some() && is_free || new_name == name && at.is_some());
                        if let (true, Some(at)) = (renamed, at) {
                            list[at].0 = new_name;
                        }
                    }
                }
                let expected: Vec<_> = list.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                prop_assert_eq!(listed(&entries), expected);
            }
        }
    }
}
