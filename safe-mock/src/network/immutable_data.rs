//! Immutable data: bytes that are named by their hash. Versioned structured data stores its contents in it.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::data_id::DataName;

/// Bytes whose name is their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImmutableData {
    name: DataName,
    value: Bytes,
}

impl ImmutableData {
    /// Names the bytes.
    pub fn new(value: impl Into<Bytes>) -> Self {
        let value = value.into();
        Self { name: DataName(Sha256::digest(&value).into()), value }
    }

    /// Its name.
    pub fn name(&self) -> DataName {
        self.name
    }

    /// The bytes.
    pub fn value(&self) -> &Bytes {
        &self.value
    }
}
