//! The items of appendable data: an ordered set with an index, whose copies share what neither has changed.
//!
//! Items stand in chunks behind reference counts. A copy takes a pointer a chunk, a change copies at most one chunk, and the
//! item of an index is found by the lengths of the chunks.

use std::sync::Arc;

use super::item::Item;

/// The most items in a chunk.
const CHUNK_ITEMS_MAX: usize = 256;

/// For how many more items a full chunk takes memory.
const GROWTH: usize = 16;

/// An ordered set of items.
#[derive(Debug, Clone, Default)]
pub struct ItemSet {
    /// In order, none of them empty.
    chunks: Vec<Arc<Vec<Item>>>,
    len: usize,
    encoded_len: usize,
    held_bytes: usize,
}

impl ItemSet {
    /// How many items it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The size of the serialised form of all items, in bytes.
    pub fn encoded_len(&self) -> usize {
        self.encoded_len
    }

    /// How many bytes the items hold in memory, as if no copy shared them.
    pub fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The `n`-th smallest item.
    pub fn get(&self, n: usize) -> Option<&Item> {
        let (chunk, place) = self.place(n)?;
        self.chunks.get(chunk)?.get(place)
    }

    /// Whether it has this item.
    pub fn contains(&self, item: &Item) -> bool {
        self.find(item).is_some()
    }

    /// Adds an item. Returns whether it was not there before.
    pub fn insert(&mut self, item: Item) -> bool {
        let (encoded, held) = (item.encoded_len(), item.held_bytes());
        if self.chunks.is_empty() {
            self.chunks.push(Arc::new(vec![item]));
        } else {
            // Behind the last item is the end of the last chunk.
            let index = self.chunk_for(&item).min(self.chunks.len() - 1);
            let Some(chunk) = self.chunks.get_mut(index) else { return false };
            let Err(place) = chunk.binary_search(&item) else { return false };
            let items = Arc::make_mut(chunk);
            // A vector that doubles would hold more than is counted.
            if items.len() == items.capacity() {
                items.reserve_exact(GROWTH);
            }
            items.insert(place, item);
            if items.len() > CHUNK_ITEMS_MAX {
                let upper = items.split_off(items.len() / 2);
                items.shrink_to_fit();
                self.chunks.insert(index + 1, Arc::new(upper));
            }
        }
        self.len += 1;
        self.encoded_len += encoded;
        self.held_bytes += held;
        true
    }

    /// Takes out the `n`-th smallest item.
    pub fn take(&mut self, n: usize) -> Option<Item> {
        let (chunk, place) = self.place(n)?;
        self.take_at(chunk, place)
    }

    /// Takes out an item. Returns whether it was there.
    pub fn remove(&mut self, item: &Item) -> bool {
        self.find(item).and_then(|(chunk, place)| self.take_at(chunk, place)).is_some()
    }

    fn take_at(&mut self, index: usize, place: usize) -> Option<Item> {
        let chunk = self.chunks.get_mut(index)?;
        if place >= chunk.len() {
            return None;
        }
        let item = Arc::make_mut(chunk).remove(place);
        if chunk.is_empty() {
            self.chunks.remove(index);
        }
        self.len -= 1;
        self.encoded_len -= item.encoded_len();
        self.held_bytes -= item.held_bytes();
        Some(item)
    }

    /// The chunk and the place in it of the `n`-th smallest item.
    fn place(&self, n: usize) -> Option<(usize, usize)> {
        let mut before = 0;
        for (index, chunk) in self.chunks.iter().enumerate() {
            if n - before < chunk.len() {
                return Some((index, n - before));
            }
            before += chunk.len();
        }
        None
    }

    /// The chunk and the place in it of an item.
    fn find(&self, item: &Item) -> Option<(usize, usize)> {
        let index = self.chunk_for(item);
        let place = self.chunks.get(index)?.binary_search(item).ok()?;
        Some((index, place))
    }

    /// The first chunk that does not end before an item.
    fn chunk_for(&self, item: &Item) -> usize {
        self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last < item))
    }
}

impl FromIterator<Item> for ItemSet {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        let mut items: Vec<Item> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        Self {
            len: items.len(),
            encoded_len: items.iter().map(Item::encoded_len).sum(),
            held_bytes: items.iter().map(Item::held_bytes).sum(),
            chunks: items.chunks(CHUNK_ITEMS_MAX / 2).map(|chunk| Arc::new(chunk.to_vec())).collect(),
        }
    }
}

impl PartialEq for ItemSet {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for ItemSet {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bytes::Bytes;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;

    use super::*;

    fn item(number: u16) -> Item {
        Item::Private(Bytes::copy_from_slice(&number.to_be_bytes()))
    }

    #[test]
    fn it_has_what_an_ordered_set_has_whatever_is_added_and_taken_out() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let changes = prop::collection::vec((0..4_u8, 0..1_500_u16), 0..3_000);
        for _ in 0..8 {
            let changes = changes.new_tree(&mut runner).unwrap().current();
            let (mut set, mut model) = (ItemSet::default(), BTreeSet::new());
            for (change, number) in changes {
                match change {
                    0 => {
                        let n = usize::from(number);
                        let expected = model.iter().nth(n).cloned();
                        assert_eq!(set.get(n).cloned(), expected);
                        assert_eq!(set.take(n), expected);
                        expected.map(|item| model.remove(&item));
                    }
                    1 => assert_eq!(set.remove(&item(number)), model.remove(&item(number))),
                    _ => assert_eq!(set.insert(item(number)), model.insert(item(number))),
                }
                assert_eq!(set.contains(&item(number)), model.contains(&item(number)));
            }
            assert!(set.iter().eq(model.iter()));
            assert_eq!(set, model.into_iter().collect());
            assert_eq!(set.encoded_len(), set.iter().map(Item::encoded_len).sum::<usize>());
            assert_eq!(set.held_bytes(), set.iter().map(Item::held_bytes).sum::<usize>());
            assert_eq!(set.len(), set.iter().count());
        }
    }

    #[test]
    fn a_copy_keeps_what_it_had_and_shares_all_chunks_but_the_changed_one() {
        let mut set: ItemSet = (0..1_000).map(item).collect();
        let copy = set.clone();
        set.insert(item(5_000));
        set.take(0);
        assert_eq!((set.len(), copy.len()), (1_000, 1_000));
        assert_eq!(copy.get(0), Some(&item(0)));
        let shared = |chunk: &&Arc<Vec<Item>>| Arc::strong_count(chunk) == 2;
        assert_eq!(copy.chunks.iter().filter(shared).count(), copy.chunks.len() - 2);
    }
}
