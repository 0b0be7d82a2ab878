//! The operations that are not in the order yet: a list from which each can be removed and restored in constant time.

/// Places 0, 1, 2, ... as a doubly linked list, in that order. A removed place keeps its links, so that places can be
/// restored in the reverse order of their removal.
#[derive(Debug)]
pub(super) struct Pending {
    /// By place; the last entry belongs to the head of the ring, which is no place.
    next: Vec<usize>,
    previous: Vec<usize>,
}

impl Pending {
    /// A list of this number of places.
    pub(super) fn all(places: usize) -> Self {
        let ring = places + 1;
        let next = (0..ring).map(|place| (place + 1) % ring).collect();
        let previous = (0..ring).map(|place| (place + places) % ring).collect();
        Self { next, previous }
    }

    /// The first pending place.
    pub(super) fn first(&self) -> Option<usize> {
        self.after(self.head())
    }

    /// The next pending place after this one, which may have been removed just before.
    pub(super) fn after(&self, place: usize) -> Option<usize> {
        let next = self.next[place];
        (next != self.head()).then_some(next)
    }

    /// Removes a pending place.
    pub(super) fn remove(&mut self, place: usize) {
        let (previous, next) = (self.previous[place], self.next[place]);
        self.next[previous] = next;
        self.previous[next] = previous;
    }

    /// Restores the place that was removed last.
    pub(super) fn restore(&mut self, place: usize) {
        let (previous, next) = (self.previous[place], self.next[place]);
        self.next[previous] = place;
        self.previous[next] = place;
    }

    fn head(&self) -> usize {
        self.next.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(pending: &Pending) -> Vec<usize> {
        std::iter::successors(pending.first(), |place| pending.after(*place)).collect()
    }

    #[test]
    fn a_removed_place_is_missing_until_it_is_restored() {
        let mut pending = Pending::all(4);
        let mut before = Vec::new();
        for place in [1, 2, 0, 3] {
            before.push((place, listed(&pending)));
            pending.remove(place);
        }
        assert_eq!(before[3].1, [3]);
        assert_eq!(listed(&pending), [0; 0]);
        for (place, before) in before.into_iter().rev() {
            pending.restore(place);
            assert_eq!(listed(&pending), before);
        }
    }

    #[test]
    fn a_list_of_no_places_is_empty() {
        assert_eq!(Pending::all(0).first(), None);
    }

    #[test]
    fn a_walk_continues_from_a_place_that_was_just_removed() {
        let mut pending = Pending::all(3);
        pending.remove(1);
        assert_eq!(pending.after(1), Some(2));
    }
}
