//! How launchers reach the network they share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};
use tokio::time::{Duration, Instant};

use super::view::RecordView;
use crate::network::{DataName, Record, Store};

/// What a network holds at most unless told otherwise, in bytes.
pub const NETWORK_BYTES_MAX: usize = 1 << 30;

/// A SAFE network in memory. Clones are the same network; give one to several launchers and their users meet.
#[derive(Debug, Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Mutex<Store>,
    launchers: AtomicU64,
    began: Instant,
}

impl Network {
    /// An empty network that holds up to [`NETWORK_BYTES_MAX`].
    pub fn new() -> Self {
        Self::with_bytes_max(NETWORK_BYTES_MAX)
    }

    /// An empty network that answers `NetworkFull` rather than hold more than `bytes_max` bytes.
    pub fn with_bytes_max(bytes_max: usize) -> Self {
        let store = Mutex::new(Store::new(bytes_max));
        Self { shared: Arc::new(Shared { store, launchers: AtomicU64::new(0), began: Instant::now() }) }
    }

    /// Whether both are the same network.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// A copy of what is stored, by name.
    pub fn records(&self) -> Vec<(DataName, Record)> {
        self.lock().records().map(|(name, record)| (*name, record.clone())).collect()
    }

    /// All that is stored, as somebody sees it who wants to know what is left, in the order of names.
    pub fn record_views(&self) -> Vec<RecordView> {
        self.lock().records().map(|(name, record)| RecordView::new(name, record)).collect()
    }

    /// The bytes taken, overhead included.
    pub fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    /// A number for the next launcher on this network, so that launchers of one seed still have accounts of their own.
    pub(crate) fn enrol(&self) -> u64 {
        self.shared.launchers.fetch_add(1, Ordering::Relaxed)
    }

    /// Time since it began: one for all launchers, whenever each of them started.
    pub(crate) fn now(&self) -> Duration {
        self.shared.began.elapsed()
    }

    /// The store, alone. Taken after the launcher's own lock, never before.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock()
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}
