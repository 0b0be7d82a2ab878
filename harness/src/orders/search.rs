//! Depth first through all executions. Pure: it is given the options at each point, and returns the one to choose.

use super::error::ExploreError;
use super::schedule::{Choice, Schedule};

/// Which choices were taken, and which are left.
#[derive(Debug, Default)]
pub(super) struct Search {
    path: Vec<Point>,
    /// How far the execution under way has come on the path.
    depth: usize,
}

/// A point at which a choice was taken.
#[derive(Debug)]
struct Point {
    options: Vec<Choice>,
    taken: usize,
}

impl Search {
    /// What to choose at this point of the execution under way: the next option that is left to try, or else the first.
    /// `None` where there is no option.
    ///
    /// # Errors
    /// The options were others here before.
    pub(super) fn choose(&mut self, options: Vec<Choice>) -> Result<Option<Choice>, ExploreError> {
        match self.path.get(self.depth) {
            Some(point) if point.options != options => {
                return Err(ExploreError::NotRepeatable { after: self.schedule().to_string() });
            }
            None if options.is_empty() => return Ok(None),
            None => self.path.push(Point { options, taken: 0 }),
            Some(_) => {}
        }
        let point = &self.path[self.depth];
        self.depth += 1;
        Ok(point.options.get(point.taken).copied())
    }

    /// The choices of the execution under way.
    pub(super) fn schedule(&self) -> Schedule {
        let path = self.path.iter().take(self.depth);
        Schedule::new(path.filter_map(|point| point.options.get(point.taken).copied()).collect())
    }

    /// The execution has ended: goes on to the next. `false` if there is no other.
    pub(super) fn next_execution(&mut self) -> bool {
        self.depth = 0;
        while let Some(point) = self.path.last_mut() {
            point.taken += 1;
            if point.taken < point.options.len() {
                return true;
            }
            self.path.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::orders::schedule::PEERS;
    use crate::scenario::PeerIndex;

    /// Every order of `first` requests of one peer and `second` of the other, as the search finds them.
    fn orders(first: usize, second: usize) -> Vec<String> {
        let mut search = Search::default();
        let mut orders = Vec::new();
        loop {
            let mut left = [first, second];
            let index = |peer_index| usize::from(peer_index == PeerIndex::Second);
            let options = |left: &[usize; 2]| {
                PEERS.into_iter().filter(|peer_index| left[index(*peer_index)] > 0).map(Choice::Release).collect()
            };
            while let Some(Choice::Release(peer_index)) = search.choose(options(&left)).unwrap() {
                left[index(peer_index)] -= 1;
            }
            orders.push(search.schedule().to_string());
            if !search.next_execution() {
                return orders;
            }
        }
    }

    #[test]
    fn the_orders_of_two_and_one_are_these_three() {
        assert_eq!(orders(2, 1), ["112", "121", "211"]);
    }

    #[test]
    fn another_choice_than_before_is_an_error() {
        let mut search = Search::default();
        let [first, second] = PEERS.map(Choice::Release);
        search.choose(vec![first, second]).unwrap();
        search.choose(vec![first, second]).unwrap();
        assert!(search.next_execution());
        search.choose(vec![first, second]).unwrap();
        for other in [vec![second], vec![]] {
            let refused = search.choose(other).unwrap_err();
            assert!(matches!(refused, ExploreError::NotRepeatable { after } if after == "1"));
        }
        assert_eq!(search.choose(vec![first, second]).unwrap(), Some(second));
    }

    #[test]
    fn each_order_is_found_once_and_none_is_left_out() {
        for (first, second) in (0..6).flat_map(|first| (0..6).map(move |second| (first, second))) {
            let found = orders(first, second);
            // Of so many requests, those of the first peer can stand in so many places.
            let places = (1..=first).fold(1, |ways, place| ways * (second + place) / place);
            assert_eq!(found.len(), places);
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), places);
            for order in found {
                assert_eq!((order.matches('1').count(), order.matches('2').count()), (first, second));
            }
        }
    }
}
