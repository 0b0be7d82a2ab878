//! The words for calls: fault rules and scenario files name a call by the word that its variant has here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Call {
    /// `POST /auth`: asks the user for a session.
    Authorise,
    /// `GET /auth`: whether the token is valid.
    Check,
    /// `DELETE /auth`: ends the session.
    Revoke,
    /// `POST /data-id/structured-data`: a handle to a name.
    HoldDataId,
    /// `POST /data-id`: a handle to a serialised data id.
    DeserialiseDataId,
    /// `GET /data-id/{handle}`: its serialised form.
    SerialiseDataId,
    /// `DELETE /data-id/{handle}`: drops the handle.
    DropDataId,
    /// `POST /structured-data`: a handle to a new draft.
    Create,
    /// `PUT /structured-data/{handle}`: saves it as new.
    Put,
    /// `POST /structured-data/{handle}`: saves it as the next version.
    Post,
    /// `PATCH /structured-data/{handle}`: replaces the content behind the handle, in the launcher alone.
    Patch,
    /// `DELETE /structured-data/{handle}`: deletes it from the network.
    Delete,
    /// `DELETE /structured-data/unclaim/{handle}`: empties its name; nobody can use the name again.
    Unclaim,
    /// `GET /structured-data/handle/{id}`: a snapshot from the network.
    Fetch,
    /// `POST /structured-data/deserialise`: a snapshot from bytes.
    Deserialise,
    /// `GET /structured-data/metadata/{handle}`: the version and owner of a snapshot.
    Metadata,
    /// `GET /structured-data/data-id/{handle}`: a handle to its data id.
    DataIdOf,
    /// `GET /structured-data/serialise/{handle}`: its serialised form.
    Serialise,
    /// `GET /structured-data/validate-size/{handle}`: whether the original network would have accepted its size.
    ValidateSize,
    /// `GET /structured-data/{handle}/{version}`: its content.
    Read,
    /// `DELETE /structured-data/handle/{handle}`: drops the handle.
    DropHandle,
    /// `GET /cipher-opts/{type}`: a handle to a choice of encryption.
    ChooseCipherOptions,
    /// `DELETE /cipher-opts/{handle}`: drops the handle.
    DropCipherOptions,
    /// `/health`.
    Health,
    /// `OPTIONS` on a path that has any of these: which methods it has.
    Options,
    /// No route of the launcher.
    Unknown,
}

impl fmt::Display for Call {
    /// Writes its word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Call {
    /// Whether it changes what is stored under a name: put, post, delete and unclaim.
    pub fn is_mutating(self) -> bool {
        matches!(self, Self::Put | Self::Post | Self::Delete | Self::Unclaim)
    }

    /// Whether it always needs the network: fetch and the mutating calls.
    pub fn is_for_the_network(self) -> bool {
        self == Self::Fetch || self.is_mutating()
    }

    /// Whether it may store something in the network: the mutating calls, and drafts, because versioned content is
    /// stored at once.
    pub(crate) fn writes(self) -> bool {
        self.is_mutating() || matches!(self, Self::Create | Self::Patch)
    }
}
