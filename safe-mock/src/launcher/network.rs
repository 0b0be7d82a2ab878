//! The network that launchers share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use parking_lot::{MappedMutexGuard, Mutex, MutexGuard};
use serde::Serialize;
use tokio::time::{Duration, Instant};

use super::directory_view::DirectoryView;
use super::page::{self, Page};
use super::stored_content::{ContentView, PayloadView, content_of};
use super::stored_items::{AppendableView, ItemsView};
use crate::network::{DataName, PublicKey, Record, Store};
use crate::rooms::{Rooms, Write};

/// How many bytes a network holds at most by default.
pub const NETWORK_BYTES_MAX: usize = 1 << 30;

/// A SAFE network in memory. Clones share it, and so do the launchers that are built with it.
#[derive(Debug, Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Mutex<Store>,
    rooms: Mutex<Rooms>,
    launchers: AtomicU64,
    id: OnceLock<u64>,
    began: Instant,
}

impl Network {
    /// An empty network that holds up to [`NETWORK_BYTES_MAX`].
    pub fn new() -> Self {
        Self::with_bytes_max(NETWORK_BYTES_MAX)
    }

    /// An empty network of at most `bytes_max` bytes. Beyond that, writes fail with `NetworkFull`.
    pub fn with_bytes_max(bytes_max: usize) -> Self {
        let store = Mutex::new(Store::new(bytes_max));
        let rooms = Mutex::default();
        Self {
            shared: Arc::new(Shared {
                store,
                rooms,
                launchers: AtomicU64::new(0),
                id: OnceLock::new(),
                began: Instant::now(),
            }),
        }
    }

    /// Whether both are the same network.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// What is stored, in the order of names. Read in parts of 1,000: what changes meanwhile is seen or not.
    pub fn records(&self) -> Vec<RecordView> {
        page::all(|after| self.page(after, None))
    }

    /// A page of what is stored, of the names behind `after`.
    pub(crate) fn page(&self, after: Option<DataName>, limit: Option<usize>) -> Page<RecordView, DataName> {
        let store = self.lock();
        let records = store.records_behind(after);
        Page::of(records.map(|(name, record)| (*name, size_of::<RecordView>(), RecordView::new(name, record))), limit)
    }

    /// What is stored under a name, with its content.
    pub(crate) fn whole_record(&self, name: DataName) -> Option<WholeRecordView> {
        let (record, content, payload, directory, items) = {
            let store = self.lock();
            let record = store.record(name)?;
            let (content, payload) = content_of(&store, record).unzip();
            let directory = match record {
                Record::Directory(directory) => Some(DirectoryView::of(directory, &store)),
                _ => None,
            };
            let items = match record {
                Record::Appendable(data) => Some(ItemsView::new(data)),
                _ => None,
            };
            (RecordView::new(&name, record), content, payload.flatten(), directory, items)
        };
        let versions: Vec<_> = self.rooms().writes(name).collect();
        let current = |write: &&Write| record.version.is_none() || write.version == record.version;
        let stored_by = versions.first().filter(current).copied();
        Some(WholeRecordView { record, content, payload, directory, items, stored_by, versions })
    }

    /// What is stored under a name.
    pub(crate) fn record(&self, name: DataName) -> Option<RecordView> {
        self.lock().record(name).map(|record| RecordView::new(&name, record))
    }

    /// How many bytes it holds, overhead included.
    pub fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    /// A number by which launchers of one network know that they are. Drawn when it is first asked for, and not from the seed: two
    /// networks of one seed are still two.
    pub(crate) fn id(&self) -> u64 {
        // Where there is no chance, the process and the address tell two networks apart.
        let otherwise = || u64::from(std::process::id()) << 32 ^ Arc::as_ptr(&self.shared) as usize as u64;
        *self.shared.id.get_or_init(|| getrandom::u64().unwrap_or_else(|_| otherwise()))
    }

    /// Registers a launcher, and returns its number. Launchers of one seed have different accounts by it.
    pub(crate) fn register(&self) -> u64 {
        self.shared.launchers.fetch_add(1, Ordering::Relaxed)
    }

    /// Time since the network was created: the same for all launchers.
    pub(crate) fn now(&self) -> Duration {
        self.shared.began.elapsed()
    }

    /// Locks the rooms: what its launchers saw. Taken after every other lock, and held for no other.
    pub(crate) fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.shared.rooms.lock()
    }

    /// Locks the rooms, for the URLs of the launchers that listen on a port, by number.
    pub(crate) fn urls(&self) -> MappedMutexGuard<'_, BTreeMap<u64, String>> {
        MutexGuard::map(self.rooms(), |rooms| &mut rooms.urls)
    }

    /// Whether there are several launchers on it.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.launchers.load(Ordering::Relaxed) > 1
    }

    /// Locks the store. Taken after the lock of a launcher, never before.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock()
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a stored record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecordState {
    /// It can be read and its owner can change it.
    Live,
    /// A tombstone that anyone can claim.
    Deleted,
    /// Nobody can use the name again.
    Unclaimable,
    /// Immutable data.
    Immutable,
    /// Appendable data.
    Appendable,
    /// A directory.
    Directory,
}

/// A stored record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecordView {
    /// The name, in base64 as the API writes it.
    pub name: String,
    /// Whether it can be read, claimed or neither.
    pub state: RecordState,
    /// What appendable data is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appendable: Option<AppendableView>,
    /// The type tag of structured data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_tag: Option<u64>,
    /// The version of structured or appendable data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The owner's key in base64, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The size of the stored content, in bytes.
    pub content_bytes: usize,
}

/// A stored record with its content.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub(crate) struct WholeRecordView {
    #[serde(flatten)]
    record: RecordView,
    /// The content, of all but appendable data.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<ContentView>,
    /// The offer or answer in the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<PayloadView>,
    /// The entries of a directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<DirectoryView>,
    /// The items of appendable data.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<ItemsView>,
    /// Who stored this version, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_by: Option<Write>,
    /// The last writes, latest first.
    versions: Vec<Write>,
}

impl RecordView {
    fn new(name: &DataName, record: &Record) -> Self {
        let bare = Self {
            name: name.to_string(),
            state: RecordState::Live,
            appendable: None,
            type_tag: None,
            version: None,
            owner: None,
            content_bytes: 0,
        };
        let key = |owner: &PublicKey| STANDARD.encode(owner.0);
        match record {
            Record::Immutable(data) => {
                Self { state: RecordState::Immutable, content_bytes: data.value().len(), ..bare }
            }
            Record::Directory(directory) => Self {
                state: RecordState::Directory,
                owner: Some(key(&directory.owner)),
                content_bytes: directory.held_bytes(),
                ..bare
            },
            Record::DeletedDirectory => Self { state: RecordState::Deleted, ..bare },
            Record::Structured(data) => Self {
                state: match data.owners.first() {
                    Some(&PublicKey::NOBODY) => RecordState::Unclaimable,
                    _ if data.is_deleted() => RecordState::Deleted,
                    _ => RecordState::Live,
                },
                type_tag: Some(data.tag.0),
                version: Some(data.version),
                owner: data.owners.first().map(key),
                content_bytes: data.content.len(),
                ..bare
            },
            Record::Appendable(data) => Self {
                state: RecordState::Appendable,
                appendable: Some(AppendableView::new(data)),
                version: Some(data.version),
                owner: data.owners.first().map(key),
                content_bytes: data.items.encoded_len() + data.deleted.encoded_len(),
                ..bare
            },
        }
    }
}
