//! Content that an app sends in pieces, until it is stored as chunks and has a data map (wider behaviour §2.4).

use super::data_id::{DataId, DataName};
use super::data_map::{CHUNK_BYTES_MAX, DataMap, INLINE_BYTES_LIMIT};
use super::error::MutationError;
use super::immutable_data::ImmutableData;
use super::store::Store;

/// Content that comes in pieces, until it is stored.
#[derive(Debug, Default)]
pub struct DraftContent {
    /// The chunks that were stored before, with their lengths.
    stored: Vec<(DataName, usize)>,
    /// Whole chunks that are not stored yet.
    whole: Vec<ImmutableData>,
    /// The last chunk, which is not whole.
    last: Vec<u8>,
}

impl DraftContent {
    /// Appends a piece.
    pub fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let (head, rest) = piece.split_at(piece.len().min(CHUNK_BYTES_MAX - self.last.len()));
            self.make_room(head.len());
            self.last.extend_from_slice(head);
            piece = rest;
            if self.last.len() == CHUNK_BYTES_MAX {
                self.whole.push(ImmutableData::new(std::mem::take(&mut self.last)));
            }
        }
    }

    /// Takes no more memory than a chunk needs.
    fn make_room(&mut self, bytes: usize) {
        let needed = self.last.len() + bytes;
        if needed > self.last.capacity() {
            let capacity = needed.next_power_of_two().min(CHUNK_BYTES_MAX);
            self.last.reserve_exact(capacity - self.last.len());
        }
    }

    /// How many bytes it holds that are in no store.
    pub fn held_bytes(&self) -> usize {
        self.whole.len() * CHUNK_BYTES_MAX + self.last.len() + size_of_val(self.stored.as_slice())
    }

    /// Stores the content. It goes on: what is pushed then is appended, and can be stored again. Content that stands in its
    /// data map is taken out of it, and new content begins (wider behaviour §2.4).
    ///
    /// # Errors
    /// The network refuses a chunk, or has lost one that was stored before; the content is still the same.
    pub fn store(&mut self, store: &mut Store) -> Result<DataMap, MutationError> {
        if self.is_inline() {
            return Ok(DataMap::Inline(std::mem::take(&mut self.last).into()));
        }
        self.store_whole_chunks(store)?;
        let last = ImmutableData::new(self.last.clone());
        self.store_last(store, last)
    }

    /// As [`DraftContent::store`], for content that does not go on: its last chunk is not copied either.
    ///
    /// # Errors
    /// As [`DraftContent::store`].
    pub fn finish(mut self, store: &mut Store) -> Result<DataMap, MutationError> {
        if self.is_inline() {
            return Ok(DataMap::Inline(self.last.into()));
        }
        self.store_whole_chunks(store)?;
        let last = ImmutableData::new(std::mem::take(&mut self.last));
        self.store_last(store, last)
    }

    fn is_inline(&self) -> bool {
        self.stored.is_empty() && self.whole.is_empty() && self.last.len() < INLINE_BYTES_LIMIT
    }

    fn store_whole_chunks(&mut self, store: &mut Store) -> Result<(), MutationError> {
        let is_lost = |(name, _): &(DataName, usize)| !store.contains(&DataId::Immutable(*name));
        if self.stored.iter().any(is_lost) {
            return Err(MutationError::NoSuchData);
        }
        for chunk in &self.whole {
            store.put_immutable(chunk.clone())?;
        }
        self.stored.extend(self.whole.drain(..).map(|chunk| (chunk.name(), chunk.value().len())));
        Ok(())
    }

    fn store_last(&self, store: &mut Store, last: ImmutableData) -> Result<DataMap, MutationError> {
        let entry = (last.name(), last.value().len());
        if entry.1 == 0 {
            return Ok(DataMap::of_chunks(self.stored.iter().copied()));
        }
        store.put_immutable(last)?;
        Ok(DataMap::of_chunks(self.stored.iter().copied().chain([entry])))
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::super::data_map::LostContent;
    use super::*;

    fn content(length: usize) -> Vec<u8> {
        (0..=250).cycle().take(length).collect()
    }

    fn store() -> Store {
        Store::new(usize::MAX)
    }

    fn draft(content: &[u8]) -> DraftContent {
        let mut draft = DraftContent::default();
        draft.push(content);
        draft
    }

    fn read(map: &DataMap, store: &Store, mut part: Range<u64>) -> Result<Vec<u8>, LostContent> {
        let mut read = Vec::new();
        loop {
            let piece = map.read(store, part.clone())?;
            assert!(piece.len() <= CHUNK_BYTES_MAX);
            if piece.is_empty() {
                return Ok(read);
            }
            part.start += piece.len() as u64;
            read.extend_from_slice(&piece);
        }
    }

    #[test]
    fn little_content_stands_in_the_data_map_and_more_in_chunks() {
        for (length, chunks) in [
            (0, 0),
            (1, 0),
            (3_071, 0),
            (3_072, 1),
            (CHUNK_BYTES_MAX, 1),
            (CHUNK_BYTES_MAX + 1, 2),
            (2 * CHUNK_BYTES_MAX + 7, 3),
        ] {
            let mut store = store();
            let map = draft(&content(length)).finish(&mut store).unwrap();
            assert_eq!((map.len(), map.chunks().count()), (length as u64, chunks));
            assert_eq!(read(&map, &store, 0..u64::MAX).unwrap(), content(length), "{length}");
            assert_eq!(draft(&content(length)).store(&mut store).unwrap(), map);
        }
    }

    #[test]
    fn content_that_was_stored_goes_on_unless_it_stood_in_its_data_map() {
        let mut store = store();
        for (length, kept) in [(100, 0), (3_071, 0), (3_072, 3_072), (CHUNK_BYTES_MAX, CHUNK_BYTES_MAX)] {
            let mut draft = draft(&content(length));
            let first = draft.store(&mut store).unwrap();
            draft.push(b"more");
            let second = draft.store(&mut store).unwrap();
            assert_eq!(read(&first, &store, 0..u64::MAX).unwrap(), content(length));
            assert_eq!(read(&second, &store, 0..u64::MAX).unwrap(), [&content(kept)[..], b"more"].concat());
        }
    }

    #[test]
    fn chunks_that_are_stored_are_held_no_more() {
        let mut store = store();
        let mut draft = draft(&content(3 * CHUNK_BYTES_MAX));
        assert_eq!(draft.held_bytes(), 3 * CHUNK_BYTES_MAX);
        draft.store(&mut store).unwrap();
        assert!(draft.held_bytes() < 1_000);
    }

    #[test]
    fn content_that_a_full_network_refuses_can_be_stored_later() {
        let mut draft = draft(&content(3 * CHUNK_BYTES_MAX));
        assert_eq!(draft.store(&mut Store::new(2 * CHUNK_BYTES_MAX)), Err(MutationError::NetworkFull));
        let mut store = store();
        let map = draft.store(&mut store).unwrap();
        assert_eq!(read(&map, &store, 0..u64::MAX).unwrap(), content(3 * CHUNK_BYTES_MAX));
    }

    #[test]
    fn a_chunk_that_is_gone_or_of_another_length_is_an_error() {
        let mut filled = store();
        let mut draft = draft(&content(2 * CHUNK_BYTES_MAX));
        let map = draft.store(&mut filled).unwrap();
        assert_eq!(read(&map, &store(), 0..5), Err(LostContent::Missing));
        assert_eq!(draft.store(&mut store()), Err(MutationError::NoSuchData));
        let name = map.chunks().next().unwrap();
        assert_eq!(read(&DataMap::of_chunks([(name, 5)]), &filled, 0..5), Err(LostContent::Damaged));
    }

    proptest! {
        #[test]
        fn every_part_of_content_in_pieces_reads_as_it_was_written(
            pieces in proptest::collection::vec(0..5_000_usize, 0..6),
            start in 0..20_000_usize,
            length in 0..20_000_usize,
        ) {
            let whole = content(pieces.iter().sum());
            let (mut draft, mut rest) = (DraftContent::default(), whole.as_slice());
            for piece in pieces {
                let (head, tail) = rest.split_at(piece);
                draft.push(head);
                rest = tail;
            }
            let mut store = store();
            let map = draft.finish(&mut store).unwrap();
            let end = start + length;
            let part = &whole[whole.len().min(start)..whole.len().min(end)];
            prop_assert_eq!(read(&map, &store, start as u64..end as u64).unwrap(), part);
            prop_assert_eq!(DataMap::decode(&map.encode().into()), Ok(map));
        }
    }
}
