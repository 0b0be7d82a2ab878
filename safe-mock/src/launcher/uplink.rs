//! The connection of one launcher to its network: open, delayed or partitioned.
//!
//! Every operation uses the network through it, so that each call can have its own view of the network.

use parking_lot::MutexGuard;

use super::error::LauncherError;
use super::network::Network;
use super::readable_content::ReadableContent;
use crate::fault::NetworkView;
use crate::network::{DataMap, DataName, LauncherId, ReadContext, Store, StructuredData, TypeTag, WriteContext};

/// The connection of one launcher to its network.
#[derive(Debug)]
pub struct Uplink {
    network: Network,
    launcher: LauncherId,
    /// How the current operation sees the network.
    pub view: NetworkView,
}

impl Uplink {
    /// An open connection to `network`, for the launcher with this number.
    pub fn new(network: Network, launcher: u64) -> Self {
        Self { network, launcher: LauncherId(launcher), view: NetworkView::default() }
    }

    /// The number of the launcher.
    pub fn launcher(&self) -> LauncherId {
        self.launcher
    }

    /// The network itself, even if it is unreachable.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Locks the store, to change it or to read its current state.
    ///
    /// # Errors
    /// The network is unreachable.
    pub fn store(&self) -> Result<MutexGuard<'_, Store>, LauncherError> {
        self.check()?;
        let mut store = self.network.lock();
        store.set_write_context(WriteContext {
            now: self.network.now(),
            by: self.launcher,
            hidden_for: self.view.hidden_for,
        });
        Ok(store)
    }

    /// The structured data that this launcher sees.
    ///
    /// # Errors
    /// Nothing of that name and tag is seen, or the network is unreachable.
    pub fn fetch(&self, name: DataName, tag: TypeTag) -> Result<StructuredData, LauncherError> {
        self.check()?;
        let store = self.network.lock();
        let reader = ReadContext { now: self.network.now(), by: self.launcher, stale_by: self.view.stale_by };
        Ok(store.get_structured(name, tag, reader)?)
    }

    /// The content of a data map, to be read part by part.
    ///
    /// # Errors
    /// The network is needed for it, and is unreachable.
    pub fn content(&self, map: DataMap) -> Result<ReadableContent, LauncherError> {
        if matches!(map, DataMap::Chunks(_)) {
            self.check()?;
        }
        Ok(ReadableContent::new(&self.network, map))
    }

    fn check(&self) -> Result<(), LauncherError> {
        if self.view.partitioned { Err(LauncherError::RequestTimeout) } else { Ok(()) }
    }
}
