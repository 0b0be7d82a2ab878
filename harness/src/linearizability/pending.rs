//! The operations that are not in an order yet: a list from which any can be taken, and put back, at once.

/// Places 0, 1, 2, ... as a doubly linked list, in that order. The links of a place that was taken stay as they were,
/// so that places are put back in the reverse order of their taking.
#[derive(Debug)]
pub(super) struct Pending {
    /// By place; the last entry belongs to the ring's head, which is no place.
    next: Vec<usize>,
    previous: Vec<usize>,
}

impl Pending {
    /// All of so many places.
    pub(super) fn all(places: usize) -> Self {
        let ring = places + 1;
        let next = (0..ring).map(|place| (place + 1) % ring).collect();
        let previous = (0..ring).map(|place| (place + places) % ring).collect();
        Self { next, previous }
    }

    /// The first that is pending.
    pub(super) fn first(&self) -> Option<usize> {
        self.after(self.head())
    }

    /// The next that is pending after this place, which may have just been taken.
    pub(super) fn after(&self, place: usize) -> Option<usize> {
        let next = self.next[place];
        (next != self.head()).then_some(next)
    }

    /// Takes a place that is pending.
    pub(super) fn take(&mut self, place: usize) {
        let (previous, next) = (self.previous[place], self.next[place]);
        self.next[previous] = next;
        self.previous[next] = previous;
    }

    /// Puts back the place that was taken last.
    pub(super) fn put_back(&mut self, place: usize) {
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
    fn what_is_taken_is_gone_until_it_is_put_back() {
        let mut pending = Pending::all(4);
        let mut before = Vec::new();
        for place in [1, 2, 0, 3] {
            before.push((place, listed(&pending)));
            pending.take(place);
        }
        assert_eq!(before[3].1, [3]);
        assert_eq!(listed(&pending), [0; 0]);
        for (place, before) in before.into_iter().rev() {
            pending.put_back(place);
            assert_eq!(listed(&pending), before);
        }
    }

    #[test]
    fn of_no_places_none_is_pending() {
        assert_eq!(Pending::all(0).first(), None);
    }

    #[test]
    fn a_walk_goes_on_from_a_place_that_was_just_taken() {
        let mut pending = Pending::all(3);
        pending.take(1);
        assert_eq!(pending.after(1), Some(2));
    }
}
