//! The way from one launcher to the network: open, late or closed.
//!
//! Everything that an operation does in the network goes through here, so that one call can see it in another way than the
//! next.

use parking_lot::MutexGuard;

use super::error::LauncherError;
use super::network::Network;
use crate::fault::NetworkView;
use crate::network::{DataName, LauncherId, ReadContext, Store, StructuredData, TypeTag, WriteContext};

/// One launcher's way to its network.
#[derive(Debug)]
pub struct Uplink {
    network: Network,
    launcher: LauncherId,
    /// How the operation that runs now sees the network.
    pub view: NetworkView,
}

impl Uplink {
    /// An open way to `network`, for the launcher of this number there.
    pub fn new(network: Network, launcher: u64) -> Self {
        Self { network, launcher: LauncherId(launcher), view: NetworkView::default() }
    }

    /// The network itself, whatever the way.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What is stored, to be changed, and to be read as it is now.
    ///
    /// # Errors
    /// The network is out of reach.
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

    /// The structured data that is seen from here.
    ///
    /// # Errors
    /// Nothing of that name and tag is seen, or the network is out of reach.
    pub fn fetch(&self, name: DataName, tag: TypeTag) -> Result<StructuredData, LauncherError> {
        self.check()?;
        let store = self.network.lock();
        let reader = ReadContext { now: self.network.now(), by: self.launcher, stale_by: self.view.stale_by };
        Ok(store.get_structured(name, tag, reader)?)
    }

    fn check(&self) -> Result<(), LauncherError> {
        if self.view.partitioned { Err(LauncherError::RequestTimeout) } else { Ok(()) }
    }
}
