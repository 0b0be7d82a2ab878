//! Data maps: where the content of immutable data or of a file is stored (wider behaviour §2.4).
//!
//! Little content stands in the data map itself. Larger content is divided into chunks, each a record of immutable data.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::bytes::{Reader, Undecodable, Writer};
use super::data_id::DataName;

/// The most bytes of a chunk.
pub const CHUNK_BYTES_MAX: usize = 1 << 20;

/// Content of fewer bytes stands in its data map.
pub const INLINE_BYTES_LIMIT: usize = 3_072;

/// What a chunk takes in a data map, in bytes.
const CHUNK_ENTRY_BYTES: usize = 40;

/// One chunk of some content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// The name of its record.
    name: DataName,
    /// How many bytes of the content there are up to its end.
    end: u64,
}

/// Where content is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataMap {
    /// Here.
    Inline(Bytes),
    /// In these chunks, in their order.
    Chunks(Arc<[Chunk]>),
}

/// The content could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostContent {
    /// A chunk is not in the network.
    Missing,
    /// A chunk is not what the data map says.
    Damaged,
}

/// What stores chunks.
pub trait Chunks {
    /// The chunk of a name.
    fn chunk(&self, name: DataName) -> Option<Bytes>;
}

impl DataMap {
    /// The data map of chunks with these names and lengths.
    pub fn of_chunks(chunks: impl IntoIterator<Item = (DataName, usize)>) -> Self {
        let mut end = 0;
        let with_ends = chunks.into_iter().map(|(name, bytes)| {
            end += bytes as u64;
            Chunk { name, end }
        });
        Self::Chunks(with_ends.collect())
    }

    /// How many bytes the content has.
    pub fn len(&self) -> u64 {
        match self {
            Self::Inline(content) => content.len() as u64,
            Self::Chunks(chunks) => chunks.last().map_or(0, |last| last.end),
        }
    }

    /// How many bytes it holds beside its own fields.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Inline(content) => content.len(),
            Self::Chunks(chunks) => size_of_val::<[Chunk]>(chunks),
        }
    }

    /// The first bytes of a part of the content, as many as one chunk has of it: at most [`CHUNK_BYTES_MAX`], none if the
    /// part is empty. They are not copied.
    ///
    /// # Errors
    /// The chunk is missing or damaged.
    pub fn read(&self, store: &impl Chunks, part: Range<u64>) -> Result<Bytes, LostContent> {
        let part = part.start..part.end.min(self.len());
        if part.is_empty() {
            return Ok(Bytes::new());
        }
        let (bytes, begins, ends) = match self {
            Self::Inline(content) => (content.clone(), 0, self.len()),
            Self::Chunks(chunks) => {
                let index = chunks.partition_point(|chunk| chunk.end <= part.start);
                let begins = index.checked_sub(1).and_then(|before| chunks.get(before)).map_or(0, |chunk| chunk.end);
                let chunk = chunks.get(index).ok_or(LostContent::Damaged)?;
                (store.chunk(chunk.name).ok_or(LostContent::Missing)?, begins, chunk.end)
            }
        };
        if bytes.len() as u64 != ends - begins {
            return Err(LostContent::Damaged);
        }
        let offset = |at: u64| usize::try_from(at - begins).map_err(|_| LostContent::Damaged);
        Ok(bytes.slice(offset(part.start)?..offset(part.end.min(ends))?))
    }

    /// The names of its chunks.
    #[cfg(test)]
    pub fn chunks(&self) -> impl Iterator<Item = DataName> {
        let chunks: &[Chunk] = match self {
            Self::Inline(_) => &[],
            Self::Chunks(chunks) => chunks,
        };
        chunks.iter().map(|chunk| chunk.name)
    }

    /// Its serialised form.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Inline(content) => {
                let mut writer = Writer::with_capacity(12 + content.len());
                writer.index(1).sequence(content);
                writer.finish()
            }
            Self::Chunks(chunks) => {
                let mut writer = Writer::with_capacity(12 + chunks.len() * CHUNK_ENTRY_BYTES);
                writer.index(0).number(chunks.len() as u64);
                let mut begins = 0;
                for chunk in chunks.iter() {
                    writer.raw(&chunk.name.0).number(chunk.end - begins);
                    begins = chunk.end;
                }
                writer.finish()
            }
        }
    }

    /// Decodes the serialised form, of which little content remains a part.
    ///
    /// # Errors
    /// The bytes do not decode, or go on behind the data map.
    pub fn decode(bytes: &Bytes) -> Result<Self, Undecodable> {
        let mut reader = Reader::new(bytes);
        let map = match reader.index()? {
            1 => Self::Inline(bytes.slice_ref(reader.sequence()?)),
            0 => {
                let count = usize::try_from(reader.number()?).map_err(|_| Undecodable)?;
                // Checked before memory is taken for so many.
                if count > bytes.len() / CHUNK_ENTRY_BYTES {
                    return Err(Undecodable);
                }
                let chunks = (0..count).map(|_| {
                    let name = DataName(reader.array()?);
                    let bytes = usize::try_from(reader.number()?).map_err(|_| Undecodable)?;
                    if (1..=CHUNK_BYTES_MAX).contains(&bytes) { Ok((name, bytes)) } else { Err(Undecodable) }
                });
                Self::of_chunks(chunks.collect::<Result<Vec<_>, _>>()?)
            }
            _ => return Err(Undecodable),
        };
        if reader.is_at_end() { Ok(map) } else { Err(Undecodable) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn data_maps_of_impossible_chunks_do_not_decode() {
        let encoded = |length: u64, count: u64| {
            let mut writer = Writer::default();
            writer.index(0).number(count).raw(&[7; 32]).number(length);
            Bytes::from(writer.finish())
        };
        assert!(DataMap::decode(&encoded(5, 1)).is_ok());
        for (length, count) in [(0, 1), (CHUNK_BYTES_MAX as u64 + 1, 1), (u64::MAX, 1), (5, 2), (5, u64::MAX), (5, 0)] {
            assert_eq!(DataMap::decode(&encoded(length, count)), Err(Undecodable), "{length} {count}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            let bytes = Bytes::from(bytes);
            if let Ok(map) = DataMap::decode(&bytes) {
                prop_assert_eq!(map.encode(), bytes);
            }
        }
    }
}
