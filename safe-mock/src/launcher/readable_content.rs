//! Stored content, to be read part by part.

use std::ops::Range;

use bytes::Bytes;

use super::error::LauncherError;
use super::network::Network;
use crate::network::data_map::LostContent;
use crate::network::{DataMap, GetError};

/// Content and the network that stores it.
#[derive(Debug, Clone)]
pub struct ReadableContent {
    network: Network,
    map: DataMap,
}

impl ReadableContent {
    /// The content of a data map.
    pub fn new(network: &Network, map: DataMap) -> Self {
        Self { network: network.clone(), map }
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.map.len()
    }

    /// The first bytes of a part of it, at most one chunk of them; none if the part is empty.
    ///
    /// # Errors
    /// They are not in the network, or damaged.
    pub fn read(&self, part: Range<u64>) -> Result<Bytes, LauncherError> {
        Ok(self.map.read(&*self.network.lock(), part)?)
    }
}

impl From<LostContent> for LauncherError {
    fn from(lost: LostContent) -> Self {
        match lost {
            LostContent::Missing => GetError::NoSuchData.into(),
            LostContent::Damaged => Self::Undecodable,
        }
    }
}
