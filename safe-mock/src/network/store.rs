//! The store: one record for each name, and the four operations on it (launcher behaviour §5.2).
//!
//! Each operation is decided at once. Of racing writers one wins, because the caller holds the lock of the store.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;

use super::appendable_data::AppendableData;
use super::data_id::{DataId, DataName, TypeTag};
use super::data_map::Chunks;
use super::directory::Directory;
use super::error::{GetError, MutationError, TreeError};
use super::history::{History, ReadContext, WriteContext};
use super::immutable_data::ImmutableData;
use super::structured_data::StructuredData;

/// The overhead of a record beside its content and keys, in bytes: name, tag, version and the entry in the map.
const RECORD_OVERHEAD_BYTES: usize = 256;

/// Something stored under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Structured data, deleted or not.
    Structured(StructuredData),
    /// Immutable data.
    Immutable(ImmutableData),
    /// A directory.
    Directory(Box<Directory>),
    /// What a deleted directory leaves: who has kept its id reads that it was deleted.
    DeletedDirectory,
    /// Appendable data.
    Appendable(Box<AppendableData>),
}

impl Record {
    /// How many bytes it takes in a store.
    pub fn cost(&self) -> usize {
        RECORD_OVERHEAD_BYTES
            + match self {
                Self::Structured(data) => data.held_bytes(),
                Self::Immutable(data) => data.value().len(),
                Self::Directory(directory) => directory.held_bytes(),
                Self::DeletedDirectory => 0,
                Self::Appendable(data) => size_of::<AppendableData>() + data.held_bytes(),
            }
    }
}

/// All stored objects of one network.
#[derive(Debug)]
pub struct Store {
    pub(super) records: BTreeMap<DataName, Record>,
    pub(super) bytes: usize,
    pub(super) bytes_max: usize,
    history: History,
    write_context: WriteContext,
    pub(super) changes: u64,
}

impl Store {
    /// An empty store of at most `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            records: BTreeMap::new(),
            bytes: 0,
            bytes_max,
            history: History::default(),
            write_context: WriteContext::default(),
            changes: 0,
        }
    }

    /// How often something was stored or deleted, and how often all was.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Sets when and by which launcher the next writes are made.
    pub fn set_write_context(&mut self, write_context: WriteContext) -> &mut Self {
        self.write_context = write_context;
        self
    }

    /// Copies out the structured data that `reader` sees, which may be an earlier version.
    ///
    /// # Errors
    /// Nothing under that name, or something of another tag or kind.
    pub fn get_structured(
        &self,
        name: DataName,
        tag: TypeTag,
        reader: ReadContext,
    ) -> Result<StructuredData, GetError> {
        found(self.history.seen(name, self.structured(name), reader), tag)
    }

    /// What is stored under a name now.
    pub fn record(&self, name: DataName) -> Option<&Record> {
        self.records.get(&name)
    }

    fn structured(&self, name: DataName) -> Option<&StructuredData> {
        match self.records.get(&name) {
            Some(Record::Structured(data)) => Some(data),
            _ => None,
        }
    }

    /// Copies out immutable data.
    ///
    /// # Errors
    /// Nothing under that name, or something of another kind.
    pub fn get_immutable(&self, name: DataName) -> Result<ImmutableData, GetError> {
        match self.records.get(&name) {
            Some(Record::Immutable(data)) => Ok(data.clone()),
            _ => Err(GetError::NoSuchData),
        }
    }

    /// Whether a record of this name, kind and tag is stored.
    pub fn contains(&self, id: &DataId) -> bool {
        match (id, self.records.get(&id.name())) {
            (DataId::Structured(_, tag), Some(Record::Structured(data))) => data.tag == *tag,
            (DataId::Immutable(_), Some(Record::Immutable(_))) => true,
            (id, Some(Record::Appendable(data))) => data.data_id() == *id,
            _ => false,
        }
    }

    /// Stores immutable data; storing it again is no change.
    ///
    /// # Errors
    /// `DataExists` if the name has another record, `NetworkFull`.
    pub fn put_immutable(&mut self, data: ImmutableData) -> Result<(), MutationError> {
        let name = data.name();
        match self.records.get(&name) {
            Some(Record::Immutable(_)) => Ok(()),
            Some(_) => Err(MutationError::DataExists),
            None => self.insert(name, Record::Immutable(data)),
        }
    }

    /// Stores new structured data, or claims a deleted one with the next version.
    ///
    /// # Errors
    /// The name is taken, or its tombstone requires another version; `NetworkFull`.
    pub fn put(&mut self, data: StructuredData) -> Result<(), MutationError> {
        match self.records.get(&data.name) {
            None => self.insert(data.name, Record::Structured(data)),
            Some(Record::Structured(stored)) if stored.is_deleted() => {
                if stored.version.checked_add(1) == Some(data.version) {
                    self.insert(data.name, Record::Structured(data))
                } else {
                    Err(MutationError::InvalidSuccessor)
                }
            }
            Some(Record::Structured(stored)) if stored.tag == TypeTag::ACCOUNT => Err(MutationError::AccountExists),
            Some(_) => Err(MutationError::DataExists),
        }
    }

    /// Replaces live structured data by its successor.
    ///
    /// # Errors
    /// Nothing there, deleted, of another kind, or not a valid successor; `NetworkFull`.
    pub fn post(&mut self, candidate: StructuredData) -> Result<(), MutationError> {
        self.check_successor(&candidate)?;
        self.insert(candidate.name, Record::Structured(candidate))
    }

    /// Replaces live structured data by a tombstone.
    ///
    /// # Errors
    /// As [`Store::post`].
    pub fn delete(&mut self, candidate: StructuredData) -> Result<(), MutationError> {
        self.check_successor(&candidate)?;
        self.insert(candidate.name, Record::Structured(candidate.into_tombstone()))
    }

    fn check_successor(&self, candidate: &StructuredData) -> Result<(), MutationError> {
        match self.records.get(&candidate.name) {
            None => Err(MutationError::NoSuchData),
            Some(Record::Structured(stored)) if stored.is_deleted() => Err(MutationError::InvalidOperation),
            Some(Record::Structured(stored)) if stored.accepts(candidate) => Ok(()),
            Some(Record::Structured(_)) => Err(MutationError::InvalidSuccessor),
            Some(_) => Err(MutationError::InvalidOperation),
        }
    }

    /// Stores a record in the place of what has its name.
    ///
    /// # Errors
    /// `NetworkFull`.
    pub(super) fn insert(&mut self, name: DataName, record: Record) -> Result<(), MutationError> {
        let replaced = self.records.get(&name).map_or(0, Record::cost);
        let bytes = self.bytes - replaced + record.cost();
        if bytes > self.bytes_max && record.cost() > replaced {
            return Err(MutationError::NetworkFull);
        }
        self.bytes = bytes;
        self.changes += 1;
        let is_structured = matches!(record, Record::Structured(_));
        let before = match self.records.insert(name, record) {
            Some(Record::Structured(data)) => Some(data),
            _ => None,
        };
        if is_structured {
            self.history.push(name, before, self.write_context);
        }
        Ok(())
    }

    /// The overhead of a record, in bytes.
    pub(super) const OVERHEAD_BYTES: usize = RECORD_OVERHEAD_BYTES;

    /// Fails where so many more bytes would be more than the network holds.
    ///
    /// # Errors
    /// `NetworkFull`.
    pub(super) fn check_room(&self, growth: usize) -> Result<(), MutationError> {
        let is_full = growth > 0 && self.bytes.saturating_add(growth) > self.bytes_max;
        if is_full { Err(MutationError::NetworkFull) } else { Ok(()) }
    }

    /// Changes a directory, which grows by at most `growth` bytes. Its size is known, so that it need not be counted anew.
    ///
    /// # Errors
    /// There is none, or the network is full.
    pub(super) fn change_directory<T>(
        &mut self,
        id: DataName,
        growth: usize,
        change: impl FnOnce(&mut Directory) -> T,
    ) -> Result<T, TreeError> {
        self.check_room(growth)?;
        let Some(Record::Directory(directory)) = self.records.get_mut(&id) else { return Err(TreeError::NoDirectory) };
        let before = directory.held_bytes();
        let result = change(directory);
        self.bytes = self.bytes - before + directory.held_bytes();
        self.changes += 1;
        Ok(result)
    }

    /// Leaves a tombstone in the place of a directory, and returns the directory.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn bury_directory(&mut self, id: DataName) -> Result<Box<Directory>, TreeError> {
        let Some(record @ Record::Directory(_)) = self.records.get_mut(&id) else { return Err(TreeError::NoDirectory) };
        let buried = std::mem::replace(record, Record::DeletedDirectory);
        let Record::Directory(directory) = buried else { return Err(TreeError::NoDirectory) };
        self.bytes -= directory.held_bytes();
        self.changes += 1;
        Ok(directory)
    }

    /// Removes everything, and returns it: to drop many records takes time.
    pub fn take(&mut self) -> Stored {
        self.bytes = 0;
        self.changes += 1;
        Stored { records: std::mem::take(&mut self.records), _history: std::mem::take(&mut self.history) }
    }

    /// What is stored under the names behind `after`, by name.
    pub fn records_behind(&self, after: Option<DataName>) -> impl Iterator<Item = (&DataName, &Record)> {
        let first = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.records.range((first, Bound::Unbounded))
    }

    /// How many bytes it holds, overhead included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What a network stored before it was emptied.
#[derive(Debug)]
pub struct Stored {
    records: BTreeMap<DataName, Record>,
    _history: History,
}

impl Stored {
    /// Drops up to `count` records. Returns whether more are left.
    pub fn drop_some(&mut self, count: usize) -> bool {
        for _ in 0..count {
            if self.records.pop_first().is_none() {
                return false;
            }
        }
        true
    }
}

impl Chunks for Store {
    fn chunk(&self, name: DataName) -> Option<Bytes> {
        self.get_immutable(name).ok().map(|data| data.value().clone())
    }
}

fn found(data: Option<&StructuredData>, tag: TypeTag) -> Result<StructuredData, GetError> {
    data.filter(|data| data.tag == tag).cloned().ok_or(GetError::NoSuchData)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::super::structured_data::{PublicKey, Signatures};
    use super::*;

    const NAME: DataName = DataName([3; 32]);

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn version(version: u64, owner: u8) -> StructuredData {
        StructuredData::new(TypeTag::UNVERSIONED, NAME, vec![owner], version, &key(owner))
    }

    fn store_with(data: StructuredData) -> Store {
        let mut store = Store::new(usize::MAX);
        store.put(data).unwrap();
        store
    }

    #[test]
    fn a_taken_name_is_refused_to_everybody() {
        let mut store = store_with(version(0, 1));
        assert_eq!(store.put(version(0, 1)), Err(MutationError::DataExists));
        assert_eq!(store.put(version(1, 2)), Err(MutationError::DataExists));
    }

    #[test]
    fn any_first_version_is_stored() {
        assert!(store_with(version(41, 1)).contains(&DataId::Structured(NAME, TypeTag::UNVERSIONED)));
    }

    #[test]
    fn a_tombstone_is_claimed_by_anyone_with_the_next_version_only() {
        let mut store = store_with(version(0, 1));
        store.delete(version(0, 1).emptied(&key(1)).unwrap()).unwrap();
        assert_eq!(store.put(version(1, 2)), Err(MutationError::InvalidSuccessor));
        assert_eq!(store.put(version(3, 2)), Err(MutationError::InvalidSuccessor));
        assert_eq!(store.put(version(2, 2)), Ok(()));
    }

    #[test]
    fn deleted_data_cannot_be_updated_or_deleted_again() {
        let mut store = store_with(version(0, 1));
        let deletion = version(0, 1).emptied(&key(1)).unwrap();
        store.delete(deletion.clone()).unwrap();
        let next = deletion.successor(&key(1)).unwrap();
        assert_eq!(store.post(next.clone()), Err(MutationError::InvalidOperation));
        assert_eq!(store.delete(next), Err(MutationError::InvalidOperation));
    }

    #[test]
    fn unclaimable_data_can_never_be_replaced() {
        let mut store = store_with(version(0, 1));
        let unclaimable = version(0, 1).unclaimable(&key(1)).unwrap();
        store.post(unclaimable.clone()).unwrap();
        assert_eq!(store.put(version(2, 1)), Err(MutationError::DataExists));
        assert_eq!(store.post(unclaimable.successor(&key(1)).unwrap()), Err(MutationError::InvalidSuccessor));
    }

    #[test]
    fn what_was_never_saved_cannot_be_changed() {
        let mut store = Store::new(usize::MAX);
        assert_eq!(store.post(version(1, 1)), Err(MutationError::NoSuchData));
        assert_eq!(store.delete(version(1, 1)), Err(MutationError::NoSuchData));
    }

    #[test]
    fn another_tag_under_the_same_name_is_not_found() {
        let store = store_with(version(0, 1));
        assert_eq!(store.get_structured(NAME, TypeTag::VERSIONED, ReadContext::default()), Err(GetError::NoSuchData));
    }

    #[test]
    fn an_account_packet_keeps_its_name() {
        let mut packet = version(0, 1);
        packet.tag = TypeTag::ACCOUNT;
        let mut store = store_with(packet);
        assert_eq!(store.put(version(0, 2)), Err(MutationError::AccountExists));
    }

    #[test]
    fn immutable_data_blocks_its_name_for_structured_data() {
        let mut store = Store::new(usize::MAX);
        let chunk = ImmutableData::new(b"chunk".to_vec());
        store.put_immutable(chunk.clone()).unwrap();
        assert_eq!(store.put_immutable(chunk.clone()), Ok(()));
        let data = StructuredData::new(TypeTag::UNVERSIONED, chunk.name(), vec![], 0, &key(1));
        assert_eq!(store.put(data.clone()), Err(MutationError::DataExists));
        assert_eq!(store.post(data), Err(MutationError::InvalidOperation));
    }

    #[test]
    fn the_keys_of_crafted_data_count_as_its_content_does() {
        let mut data = version(0, 1);
        data.owners = vec![PublicKey([7; 32]); 1_000];
        data.signatures = Signatures::Given(vec![(PublicKey([7; 32]), [1; 64]); 1_000]);
        assert_eq!(Store::new(128_000).put(data.clone()), Err(MutationError::NetworkFull));
        let store = store_with(data);
        assert!(store.bytes() > 128_000);
    }

    #[test]
    fn a_full_store_refuses_more_but_still_deletes() {
        let mut store = Store::new(RECORD_OVERHEAD_BYTES + version(0, 1).held_bytes());
        store.put(version(0, 1)).unwrap();
        let other = ImmutableData::new(vec![1]);
        assert_eq!(store.put_immutable(other), Err(MutationError::NetworkFull));
        assert_eq!(store.delete(version(0, 1).emptied(&key(1)).unwrap()), Ok(()));
    }
}
