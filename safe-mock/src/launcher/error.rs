//! Why a launcher could not carry out a call. `http/reply.rs` maps these errors to codes.

use crate::call::Call;
use crate::fault::NetworkError;
use crate::network::{GetError, MutationError, TreeError};

/// An operation that failed. It changed nothing, unless its variant says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LauncherError {
    /// The network found nothing.
    #[error(transparent)]
    Get(#[from] GetError),
    /// The network refused the write.
    #[error(transparent)]
    Mutation(#[from] MutationError),
    /// The network did not answer in time: the launcher is partitioned from it.
    #[error("the network did not answer in time")]
    RequestTimeout,
    /// The connection to the network was lost. Here only a fault causes it.
    #[error("the connection to the network was lost")]
    OperationAborted,
    /// The content of structured data is empty or does not decode.
    #[error("the content does not decode")]
    ContentUndecodable,
    /// The sealed content belongs to another app or account.
    #[error("sealed for another app or account")]
    SealedForAnother,
    /// The sealed content needs an app, and the caller has no session.
    #[error("sealed content needs the session of an app")]
    SealedNeedsApp,
    /// A version of structured data with several owners cannot be made.
    #[error("structured data has at most one owner")]
    SeveralOwners,
    /// The data id is of another kind than was asked for, and such data exists.
    #[error("something of another kind is stored there")]
    UnexpectedData,
    /// Bytes given by the caller do not decode.
    #[error("the bytes do not decode")]
    Undecodable,
    /// No live structured data handle of that number.
    #[error("no such structured data handle")]
    UnknownStructuredData,
    /// No live data id handle of that number.
    #[error("no such data id handle")]
    UnknownDataId,
    /// No live cipher options handle of that number.
    #[error("no such cipher options handle")]
    UnknownCipherOptions,
    /// No live signing key handle of that number.
    #[error("no such signing key handle")]
    UnknownSignKey,
    /// No live appendable data handle of that number.
    #[error("no such appendable data handle")]
    UnknownAppendableData,
    /// There is no item or key of that index.
    #[error("no item or key of that index")]
    NoSuchIndex,
    /// The item is sealed for another app.
    #[error("the item is sealed for another app")]
    ItemForAnother,
    /// Only private appendable data has a key to seal for.
    #[error("public appendable data has no encryption key")]
    NotPrivate,
    /// No live encryption key handle of that number.
    #[error("no such encryption key handle")]
    UnknownEncryptKey,
    /// No live writer of that number.
    #[error("no such writer")]
    UnknownWriter,
    /// No live reader of that number.
    #[error("no such reader")]
    UnknownReader,
    /// The type tag has no such operation.
    #[error("not for structured data of this type tag")]
    WrongTypeTag,
    /// The object is larger than all that the launcher may hold of its kind.
    #[error("larger than the launcher holds")]
    TooLarge,
    /// A directory on the way, or what is to be read, moved or changed, is missing.
    #[error("nothing has this path")]
    PathNotFound,
    /// The path has no name, or the file is missing.
    #[error("no file has this path")]
    InvalidPath,
    /// The app may not use the drive.
    #[error("the app was not granted the drive")]
    PermissionDenied,
    /// The directory that is to be deleted is missing.
    #[error("no such directory")]
    NoDirectory,
    /// There is a directory of this name.
    #[error("a directory of this name exists")]
    DirectoryExists,
    /// The file that is to be deleted is missing.
    #[error("no such file")]
    NoFile,
    /// There is a file of this name.
    #[error("a file of this name exists")]
    FileExists,
    /// The directory was deleted.
    #[error("the directory was deleted")]
    DirectoryDeleted,
    /// The directory is private and belongs to another account.
    #[error("the directory is private to another account")]
    PrivateDirectory,
    /// The long name is registered.
    #[error("the long name is registered")]
    NameTaken,
    /// The long name is not one of the account.
    #[error("no such long name of the account")]
    UnknownName,
    /// The long name has a service of this name.
    #[error("the long name has such a service")]
    ServiceExists,
    /// The long name has no service of this name.
    #[error("the long name has no such service")]
    UnknownService,
    /// The lists of long names are full.
    #[error("more long names than the launcher keeps")]
    TooManyNames,
    /// The operation needs the keys of an account, and nobody is logged in.
    #[error("nobody is logged in")]
    NobodyLoggedIn,
    /// The apps of this launcher send more content than it may hold.
    #[error("more content under way than the launcher holds")]
    TooMuchContent,
    /// There is no content of that version number.
    #[error("no such version of the content")]
    NoSuchVersion,
}

impl LauncherError {
    /// The error of the network that `call` gets.
    pub fn of_network(error: NetworkError, call: Call) -> Self {
        match error {
            NetworkError::RequestTimeout => Self::RequestTimeout,
            NetworkError::OperationAborted => Self::OperationAborted,
            NetworkError::NetworkOther if call.writes() => MutationError::NetworkOther.into(),
            NetworkError::NetworkOther => GetError::NetworkOther.into(),
            NetworkError::NoSuchAccount if call.writes() => MutationError::NoSuchAccount.into(),
            NetworkError::NoSuchAccount => GetError::NoSuchAccount.into(),
            NetworkError::NoSuchData if call.writes() => MutationError::NoSuchData.into(),
            NetworkError::NoSuchData => GetError::NoSuchData.into(),
            NetworkError::AccountExists => MutationError::AccountExists.into(),
            NetworkError::DataExists => MutationError::DataExists.into(),
            NetworkError::LowBalance => MutationError::LowBalance.into(),
            NetworkError::InvalidSuccessor => MutationError::InvalidSuccessor.into(),
            NetworkError::InvalidOperation => MutationError::InvalidOperation.into(),
            NetworkError::NetworkFull => MutationError::NetworkFull.into(),
            NetworkError::DataTooLarge => MutationError::DataTooLarge.into(),
        }
    }
}

impl From<TreeError> for LauncherError {
    /// The error of a call that names what is missing by a path.
    fn from(error: TreeError) -> Self {
        match error {
            TreeError::Deleted | TreeError::NoDirectory | TreeError::NoFile | TreeError::IntoItself => {
                Self::PathNotFound
            }
            TreeError::DirectoryExists => Self::DirectoryExists,
            TreeError::FileExists => Self::FileExists,
            TreeError::Mutation(error) => error.into(),
        }
    }
}
