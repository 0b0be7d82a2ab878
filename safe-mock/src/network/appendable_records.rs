//! The operations of the store on appendable data (wider behaviour §1.9).

use super::appendable_data::{Append, AppendableData};
use super::data_id::DataId;
use super::error::{GetError, MutationError};
use super::store::{Record, Store};

impl Store {
    /// Copies out appendable data. The copy shares its items with what is stored.
    ///
    /// # Errors
    /// Nothing under that name, or something of another kind.
    pub fn get_appendable(&self, id: DataId) -> Result<AppendableData, GetError> {
        match self.record(id.name()) {
            Some(Record::Appendable(data)) if data.data_id() == id => Ok((**data).clone()),
            _ => Err(GetError::NoSuchData),
        }
    }

    /// Stores new appendable data. Its version, signature and size are not checked.
    ///
    /// # Errors
    /// `DataExists` if the name has a record, even a deleted one; `NetworkFull`.
    pub fn put_appendable(&mut self, data: AppendableData) -> Result<(), MutationError> {
        if self.record(data.name).is_some() {
            return Err(MutationError::DataExists);
        }
        self.insert(data.name, Record::Appendable(Box::new(data)))
    }

    /// Stores the next version of appendable data, to which the items remain that it does not delete.
    ///
    /// # Errors
    /// Nothing there, another kind, or not a valid successor; `NetworkFull`.
    pub fn post_appendable(&mut self, candidate: AppendableData) -> Result<(), MutationError> {
        let stored = match self.record(candidate.name) {
            None => return Err(MutationError::NoSuchData),
            Some(Record::Appendable(stored)) if stored.data_id() == candidate.data_id() => stored,
            Some(_) => return Err(MutationError::InvalidOperation),
        };
        if !stored.accepts(&candidate) {
            return Err(MutationError::InvalidSuccessor);
        }
        let next = stored.followed_by(candidate);
        self.insert(next.name, Record::Appendable(Box::new(next)))
    }

    /// Appends an item, in the time that it takes to find its place.
    ///
    /// # Errors
    /// Nothing there, another kind, or the item is not admitted; `NetworkFull`.
    pub fn append(&mut self, append: Append) -> Result<(), MutationError> {
        let stored = match self.records.get_mut(&append.to.name()) {
            None => return Err(MutationError::NoSuchData),
            Some(Record::Appendable(stored)) if stored.data_id() == append.to => stored,
            Some(_) => return Err(MutationError::InvalidOperation),
        };
        if !stored.admits(&append) {
            return Err(MutationError::InvalidSuccessor);
        }
        let bytes = self.bytes + append.item.held_bytes();
        if bytes > self.bytes_max {
            return Err(MutationError::NetworkFull);
        }
        stored.items.insert(append.item);
        self.bytes = bytes;
        self.changes += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::super::data_id::{DataName, TypeTag};
    use super::super::item::{Appended, Item};
    use super::super::structured_data::{PublicKey, StructuredData};
    use super::*;
    use crate::network::ItemSet;

    const NAME: DataName = DataName([3; 32]);

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn data() -> AppendableData {
        AppendableData::new(NAME, None, &key(1))
    }

    fn append(number: u32) -> Append {
        let mut name = [0; 32];
        name[..4].copy_from_slice(&number.to_be_bytes());
        let item = Appended::new(DataId::Immutable(DataName(name)), &key(2));
        Append { to: data().data_id(), version: 0, signer: item.signer, item: Item::Public(item) }
    }

    fn store_with(data: AppendableData) -> Store {
        let mut store = Store::new(usize::MAX);
        store.put_appendable(data).unwrap();
        store
    }

    #[test]
    fn a_name_has_one_record_of_any_kind() {
        let mut store = store_with(data());
        let structured = StructuredData::new(TypeTag::UNVERSIONED, NAME, vec![], 0, &key(1));
        assert_eq!(store.put(structured.clone()), Err(MutationError::DataExists));
        assert_eq!(store.post(structured.successor(&key(1)).unwrap()), Err(MutationError::InvalidOperation));
        assert_eq!(store.put_appendable(data()), Err(MutationError::DataExists));
        let mut other = Store::new(usize::MAX);
        other.put(structured.clone()).unwrap();
        assert_eq!(other.put_appendable(data()), Err(MutationError::DataExists));
        assert_eq!(other.post_appendable(data()), Err(MutationError::InvalidOperation));
        assert_eq!(other.append(append(1)), Err(MutationError::InvalidOperation));
        other.delete(structured.emptied(&key(1)).unwrap()).unwrap();
        assert_eq!(other.put_appendable(data()), Err(MutationError::DataExists));
    }

    #[test]
    fn what_was_never_saved_cannot_be_changed() {
        let mut store = Store::new(usize::MAX);
        assert_eq!(store.get_appendable(data().data_id()), Err(GetError::NoSuchData));
        assert_eq!(store.post_appendable(data()), Err(MutationError::NoSuchData));
        assert_eq!(store.append(append(1)), Err(MutationError::NoSuchData));
    }

    #[test]
    fn the_other_kind_of_the_same_name_is_not_found() {
        let store = store_with(data());
        assert_eq!(store.get_appendable(DataId::PrivateAppendable(NAME)), Err(GetError::NoSuchData));
        assert!(!store.contains(&DataId::PrivateAppendable(NAME)) && store.contains(&DataId::PublicAppendable(NAME)));
    }

    #[test]
    fn appended_items_count_and_deleted_ones_count_no_more_once_they_are_cleared() {
        let mut store = store_with(data());
        let empty = store.bytes();
        for number in 0..1_000 {
            store.append(append(number)).unwrap();
        }
        assert!(store.bytes() - empty >= 1_000 * size_of::<Item>());
        let full = store.bytes();
        assert_eq!(store.append(append(1)), Err(MutationError::InvalidSuccessor));
        assert_eq!(store.bytes(), full);
        let mut copy = store.get_appendable(data().data_id()).unwrap();
        std::mem::swap(&mut copy.items, &mut copy.deleted);
        let deleting = copy.successor(&key(1)).unwrap();
        store.post_appendable(deleting.clone()).unwrap();
        assert_eq!(store.bytes(), full);
        let mut clearing = deleting.successor(&key(1)).unwrap();
        clearing.deleted = ItemSet::default();
        store.post_appendable(clearing).unwrap();
        assert_eq!(store.bytes(), empty);
    }

    #[test]
    fn a_full_store_takes_no_more_items() {
        let filled = store_with(data()).bytes();
        let mut store = Store::new(filled + append(1).item.held_bytes());
        store.put_appendable(data()).unwrap();
        assert_eq!(store.append(append(1)), Ok(()));
        assert_eq!(store.append(append(2)), Err(MutationError::NetworkFull));
        assert!(
            store.get_appendable(data().data_id()).unwrap().is_owned_by(&PublicKey(key(1).verifying_key().to_bytes()))
        );
    }
}
