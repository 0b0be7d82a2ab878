//! The way from one launcher to the network: open, late or closed.
//!
//! Everything that an operation does in the network goes through here, so that one call can see it in another way than the
//! next.

use parking_lot::MutexGuard;

use super::error::LauncherError;
use super::network::Network;
use crate::fault::Sight;
use crate::network::{DataName, Occasion, Onlooker, Site, Store, StructuredData, TypeTag};

/// One launcher's way to its network.
#[derive(Debug)]
pub struct Reach {
    network: Network,
    site: Site,
    /// How the operation that runs now sees the network.
    pub sight: Sight,
}

impl Reach {
    /// An open way to `network`, for the launcher of this number there.
    pub fn new(network: Network, launcher: u64) -> Self {
        Self { network, site: Site(launcher), sight: Sight::default() }
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
        store.on(Occasion { now: self.network.now(), site: self.site, hidden_for: self.sight.hidden_for });
        Ok(store)
    }

    /// The structured data that is seen from here.
    ///
    /// # Errors
    /// Nothing of that name and tag is seen, or the network is out of reach.
    pub fn fetch(&self, name: DataName, tag: TypeTag) -> Result<StructuredData, LauncherError> {
        self.check()?;
        let store = self.network.lock();
        let onlooker = Onlooker { now: self.network.now(), site: self.site, stale_by: self.sight.stale_by };
        Ok(store.get_structured_as_seen(name, tag, onlooker)?)
    }

    fn check(&self) -> Result<(), LauncherError> {
        if self.sight.cut_off { Err(LauncherError::RequestTimeout) } else { Ok(()) }
    }
}
