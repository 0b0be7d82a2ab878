//! What each kind of handle holds.

use super::content::CipherOptions;
use super::error::LauncherError;
use super::handle::{Handles, Held, Table};
use super::reader::Reader;
use super::upload::Upload;
use crate::call::HandleKind;
use crate::network::{AppendableData, DataId, DataName, EncryptKey, PublicKey, StructuredData};

impl Held for StructuredData {
    const UNKNOWN: LauncherError = LauncherError::UnknownStructuredData;
    const KIND: HandleKind = HandleKind::StructuredData;

    fn record(&self) -> Option<DataName> {
        Some(self.name)
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.structured_data
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.held_bytes()
    }
}

impl Held for DataId {
    const UNKNOWN: LauncherError = LauncherError::UnknownDataId;
    const KIND: HandleKind = HandleKind::DataId;

    fn record(&self) -> Option<DataName> {
        Some(self.name())
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.data_ids
    }
}

impl Held for CipherOptions {
    const UNKNOWN: LauncherError = LauncherError::UnknownCipherOptions;
    const KIND: HandleKind = HandleKind::CipherOptions;

    fn record(&self) -> Option<DataName> {
        None
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.cipher_options
    }
}

impl Held for Upload {
    const UNKNOWN: LauncherError = LauncherError::UnknownWriter;
    const KIND: HandleKind = HandleKind::Writer;

    fn record(&self) -> Option<DataName> {
        None
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.writers
    }
}

impl Held for Reader {
    const UNKNOWN: LauncherError = LauncherError::UnknownReader;
    const KIND: HandleKind = HandleKind::Reader;

    fn record(&self) -> Option<DataName> {
        Some(self.name)
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.readers
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.content.held_bytes()
    }
}

impl Held for EncryptKey {
    const UNKNOWN: LauncherError = LauncherError::UnknownEncryptKey;
    const KIND: HandleKind = HandleKind::EncryptKey;

    fn record(&self) -> Option<DataName> {
        None
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.encrypt_keys
    }
}

impl Held for PublicKey {
    const UNKNOWN: LauncherError = LauncherError::UnknownSignKey;
    const KIND: HandleKind = HandleKind::SignKey;

    fn record(&self) -> Option<DataName> {
        None
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.sign_keys
    }
}

impl Held for AppendableData {
    const UNKNOWN: LauncherError = LauncherError::UnknownAppendableData;
    const KIND: HandleKind = HandleKind::AppendableData;

    fn record(&self) -> Option<DataName> {
        Some(self.name)
    }

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.appendable_data
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.held_bytes()
    }
}
