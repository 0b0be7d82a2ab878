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
    /// `POST /data-id/appendable-data`: a handle to the name of appendable data.
    HoldAppendableDataId,
    /// `GET /immutable-data/writer`: a handle to a new writer.
    OpenWriter,
    /// `POST /immutable-data/{writer}`: appends the body to the writer.
    Write,
    /// `PUT /immutable-data/{writer}/{cipher options}`: stores what was written, and gives a handle to its data id.
    CloseWriter,
    /// `DELETE /immutable-data/writer/{writer}`: drops the handle.
    DropWriter,
    /// `GET /immutable-data/reader/{id}`: a handle to a reader of stored content.
    OpenReader,
    /// `GET /immutable-data/{reader}`: the content, or a range of it.
    ReadImmutable,
    /// `DELETE /immutable-data/reader/{reader}`: drops the handle.
    DropReader,
    /// `POST /appendable-data`: a handle to new appendable data, in the launcher alone.
    CreateAppendable,
    /// `PUT /appendable-data/{handle}`: saves it as new.
    PutAppendable,
    /// `POST /appendable-data/{handle}`: saves its filter and its deleted items as the next version.
    PostAppendable,
    /// `PUT /appendable-data/{handle}/{id}`: appends a data id in the network.
    Append,
    /// `GET /appendable-data/handle/{id}`: a copy from the network.
    FetchAppendable,
    /// `POST /appendable-data/deserialise`: a copy from bytes.
    DeserialiseAppendable,
    /// `GET /appendable-data/metadata/{handle}`: version, owner, filter and counts of a copy.
    AppendableMetadata,
    /// `GET /appendable-data/data-id/{handle}`: a handle to its data id.
    AppendableDataIdOf,
    /// `GET /appendable-data/serialise/{handle}`: its serialised form.
    SerialiseAppendable,
    /// `GET /appendable-data/validate-size/{handle}`: whether the original network would have accepted its size.
    ValidateAppendableSize,
    /// `GET /appendable-data/{handle}/{index}`: a handle to the data id of an item.
    ItemAt,
    /// `GET /appendable-data/deleted-data/{handle}/{index}`: the same of a deleted item.
    DeletedItemAt,
    /// `GET /appendable-data/sign-key/{handle}/{index}`: a handle to the key of the account that appended an item.
    SignKeyAt,
    /// `GET /appendable-data/sign-key/deleted-data/{handle}/{index}`: the same of a deleted item.
    DeletedSignKeyAt,
    /// `GET /appendable-data/filter/{handle}/{index}`: a handle to a key in the filter.
    FilterKeyAt,
    /// `PUT /appendable-data/filter/{handle}`: adds keys to the filter of a copy.
    AddToFilter,
    /// `DELETE /appendable-data/filter/{handle}`: removes keys from the filter of a copy.
    RemoveFromFilter,
    /// `PUT /appendable-data/toggle-filter/{handle}`: makes a black list a white list, or the other way round.
    ToggleFilter,
    /// `DELETE /appendable-data/{handle}/{index}`: moves an item of a copy to the deleted ones.
    RemoveItem,
    /// `DELETE /appendable-data/deleted-data/{handle}/{index}`: removes a deleted item of a copy.
    RemoveDeletedItem,
    /// `PUT /appendable-data/restore/{handle}/{index}`: moves a deleted item of a copy back.
    RestoreItem,
    /// `DELETE /appendable-data/clear-data/{handle}`: moves all items of a copy to the deleted ones.
    ClearItems,
    /// `DELETE /appendable-data/clear-deleted-data/{handle}`: removes all deleted items of a copy.
    ClearDeletedItems,
    /// `DELETE /appendable-data/handle/{handle}`: drops the handle.
    DropAppendable,
    /// `GET /appendable-data/encrypt-key/{handle}`: a handle to the key for which its items are sealed.
    EncryptKeyOf,
    /// `DELETE /appendable-data/encrypt-key/{key}`: drops the handle.
    DropEncryptKey,
    /// `GET /sign-key`: a handle to the key of the caller's account.
    OwnSignKey,
    /// `GET /sign-key/serialise/{key}`: its serialised form.
    SerialiseSignKey,
    /// `POST /sign-key/deserialise`: a handle to a serialised key.
    DeserialiseSignKey,
    /// `DELETE /sign-key/{key}`: drops the handle.
    DropSignKey,
    /// `POST /nfs/directory/{root}/{path}`: creates a directory.
    CreateDirectory,
    /// `GET /nfs/directory/{root}/{path}`: lists a directory.
    ReadDirectory,
    /// `PUT /nfs/directory/{root}/{path}`: changes its name or its metadata.
    ChangeDirectory,
    /// `DELETE /nfs/directory/{root}/{path}`: deletes a directory.
    DeleteDirectory,
    /// `POST /nfs/movedir`: moves or copies a directory.
    MoveDirectory,
    /// `POST /nfs/file/{root}/{path}`: creates a file of the body.
    CreateFile,
    /// `GET /nfs/file/{root}/{path}`: the content of a file, or a range of it.
    ReadFile,
    /// `PUT /nfs/file/metadata/{root}/{path}`: changes its name or its metadata.
    ChangeFile,
    /// `DELETE /nfs/file/{root}/{path}`: deletes a file.
    DeleteFile,
    /// `POST /nfs/movefile`: moves or copies a file.
    MoveFile,
    /// `POST /dns`: registers a long name with a service.
    RegisterName,
    /// `POST /dns/{long name}`: registers a long name.
    CreateName,
    /// `PUT /dns`: adds a service to a long name.
    AddService,
    /// `DELETE /dns/{long name}`: deletes a long name.
    DeleteName,
    /// `DELETE /dns/{service}/{long name}`: deletes a service.
    DeleteService,
    /// `GET /dns`: the long names of the caller's account.
    ListNames,
    /// `GET /dns/{long name}`: its services.
    ListServices,
    /// `GET /dns/{service}/{long name}`: lists the directory of a service.
    ReadHome,
    /// `GET /dns/{service}/{long name}/{path}`: a file of a service.
    ReadServiceFile,
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
    /// Whether it changes what is stored in the network. A draft does not: others cannot see it.
    pub fn is_mutating(self) -> bool {
        self.changes_structured_data()
            || matches!(self, Self::CloseWriter | Self::PutAppendable | Self::PostAppendable | Self::Append)
            || self.changes_files()
            || self.changes_names()
    }

    /// Whether it changes what is stored as structured data: put, post, delete and unclaim.
    pub(crate) fn changes_structured_data(self) -> bool {
        matches!(self, Self::Put | Self::Post | Self::Delete | Self::Unclaim)
    }

    /// Whether it is about directories or files by their path.
    pub(crate) fn is_of_files(self) -> bool {
        self.changes_files() || matches!(self, Self::ReadDirectory | Self::ReadFile)
    }

    fn changes_files(self) -> bool {
        matches!(
            self,
            Self::CreateDirectory
                | Self::ChangeDirectory
                | Self::DeleteDirectory
                | Self::MoveDirectory
                | Self::CreateFile
                | Self::ChangeFile
                | Self::DeleteFile
                | Self::MoveFile
        )
    }

    fn changes_names(self) -> bool {
        matches!(
            self,
            Self::RegisterName | Self::CreateName | Self::AddService | Self::DeleteName | Self::DeleteService
        )
    }

    /// Whether it always needs the network: what reads there, and the mutating calls.
    pub fn is_for_the_network(self) -> bool {
        let reads = matches!(
            self,
            Self::Fetch
                | Self::OpenReader
                | Self::FetchAppendable
                | Self::ReadDirectory
                | Self::ReadFile
                | Self::ListNames
                | Self::ListServices
                | Self::ReadHome
                | Self::ReadServiceFile
        );
        reads || self.is_mutating()
    }

    /// Whether its body is bytes of any type, so that a form in it is no form (wider behaviour §13.2).
    pub(crate) fn takes_bytes(self) -> bool {
        matches!(self, Self::Write | Self::CreateFile | Self::DeserialiseAppendable | Self::DeserialiseSignKey)
    }

    /// Whether it may store something in the network: the mutating calls, and drafts, because versioned content is
    /// stored at once.
    pub(crate) fn writes(self) -> bool {
        self.is_mutating() || matches!(self, Self::Create | Self::Patch)
    }
}
