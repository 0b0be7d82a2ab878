//! The kinds of handles.

use serde::Serialize;

/// What is behind a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandleKind {
    /// A snapshot of structured data.
    StructuredData,
    /// A data id.
    DataId,
    /// A choice of encryption.
    CipherOptions,
    /// A writer of immutable data.
    Writer,
    /// A reader of immutable data.
    Reader,
    /// A public key of an app.
    EncryptKey,
    /// A public signing key of an account.
    SignKey,
    /// A copy of appendable data.
    AppendableData,
}
