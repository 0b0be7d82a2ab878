//! Immutable data: bytes that are named by their hash. Versioned structured data stores its contents in it.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::data_id::DataName;

/// Bytes whose name is their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImmutableData {
    value: Bytes,
}

impl ImmutableData {
    /// Wraps the bytes.
    pub fn new(value: impl Into<Bytes>) -> Self {
        Self { value: value.into() }
    }

    /// Its name.
    pub fn name(&self) -> DataName {
        DataName(Sha256::digest(&self.value).into())
    }

    /// The bytes.
    pub fn value(&self) -> &Bytes {
        &self.value
    }
}
