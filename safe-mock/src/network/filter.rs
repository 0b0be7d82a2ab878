//! The filter of appendable data: which accounts may append.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::bytes::{Reader, Undecodable, Writer};
use super::structured_data::PublicKey;

/// How many bytes a key takes in memory, its place in the set included.
const KEY_BYTES: usize = 2 * size_of::<PublicKey>();

/// What the keys of a filter mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// All accounts may append but those with these keys.
    BlackList,
    /// Only the accounts with these keys may append.
    WhiteList,
}

/// Which accounts may append. The owner is no exception (wider behaviour §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    kind: FilterKind,
    keys: Arc<BTreeSet<PublicKey>>,
}

impl Default for Filter {
    /// All may append.
    fn default() -> Self {
        Self { kind: FilterKind::BlackList, keys: Arc::default() }
    }
}

impl Filter {
    /// What its keys mean.
    pub fn kind(&self) -> FilterKind {
        self.kind
    }

    /// Its keys, in ascending order of their bytes.
    pub fn keys(&self) -> &BTreeSet<PublicKey> {
        &self.keys
    }

    /// Whether the account with this key may append.
    pub fn admits(&self, key: &PublicKey) -> bool {
        self.keys.contains(key) == (self.kind == FilterKind::WhiteList)
    }

    /// Makes it the other kind, without keys.
    pub fn toggle(&mut self) {
        self.kind = match self.kind {
            FilterKind::BlackList => FilterKind::WhiteList,
            FilterKind::WhiteList => FilterKind::BlackList,
        };
        self.keys = Arc::default();
    }

    /// Adds a key; a key that is there already stays.
    pub fn insert(&mut self, key: PublicKey) {
        if !self.keys.contains(&key) {
            Arc::make_mut(&mut self.keys).insert(key);
        }
    }

    /// Removes a key, if it is there.
    pub fn remove(&mut self, key: &PublicKey) {
        if self.keys.contains(key) {
            Arc::make_mut(&mut self.keys).remove(key);
        }
    }

    /// How many bytes its keys hold in memory.
    pub fn held_bytes(&self) -> usize {
        KEY_BYTES * self.keys.len()
    }

    /// The size of the serialised form, in bytes.
    pub fn encoded_len(&self) -> usize {
        12 + 40 * self.keys.len()
    }

    /// Appends the serialised form.
    pub fn write(&self, writer: &mut Writer) {
        let index = match self.kind {
            FilterKind::BlackList => 0,
            FilterKind::WhiteList => 1,
        };
        writer.index(index).number(self.keys.len() as u64);
        for key in self.keys.iter() {
            writer.sequence(&key.0);
        }
    }

    /// Reads the serialised form.
    ///
    /// # Errors
    /// The bytes end early, or the kind or a length is wrong.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Undecodable> {
        let kind = match reader.index()? {
            0 => FilterKind::BlackList,
            1 => FilterKind::WhiteList,
            _ => return Err(Undecodable),
        };
        let mut keys = BTreeSet::new();
        for _ in 0..reader.number()? {
            keys.insert(PublicKey(reader.sized_sequence()?));
        }
        Ok(Self { kind, keys: Arc::new(keys) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_black_list_admits_all_others_and_a_white_list_only_its_keys() {
        let [listed, other] = [PublicKey([1; 32]), PublicKey([2; 32])];
        let mut filter = Filter::default();
        filter.insert(listed);
        assert!(!filter.admits(&listed) && filter.admits(&other));
        filter.toggle();
        assert!(!filter.admits(&listed) && !filter.admits(&other));
        filter.insert(listed);
        assert!(filter.admits(&listed) && !filter.admits(&other));
        filter.remove(&listed);
        assert!(!filter.admits(&listed));
    }
}
