//! The errors of the network. The launcher maps them to codes.

/// A read that found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GetError {
    /// The name is free, or its record has another kind or type tag.
    #[error("nothing is stored under this data id")]
    NoSuchData,
    /// The original network did not know the account. Here only a fault causes it.
    #[error("the network does not know this account")]
    NoSuchAccount,
    /// Any other error of the original network. Here only a fault causes it.
    #[error("the network failed")]
    NetworkOther,
}

/// A write that changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MutationError {
    /// There is nothing under the name to change.
    #[error("nothing is stored under this name")]
    NoSuchData,
    /// The name is taken.
    #[error("the name is taken")]
    DataExists,
    /// An account packet (structured data of type tag 0) is stored there.
    #[error("an account is stored under this name")]
    AccountExists,
    /// The version is not the next one, or the signer does not own what is stored.
    #[error("not a valid successor of what is stored")]
    InvalidSuccessor,
    /// The record cannot be changed in this way: it is deleted, or of another kind.
    #[error("what is stored cannot be changed in this way")]
    InvalidOperation,
    /// The store would hold more bytes than it may.
    #[error("the network is full")]
    NetworkFull,
    /// The original network did not know the account. Here only a fault causes it.
    #[error("the network does not know this account")]
    NoSuchAccount,
    /// The account had nothing left to spend in the original network. Here only a fault causes it.
    #[error("the account has no more to spend")]
    LowBalance,
    /// Larger than the original network accepted. Here only a fault causes it.
    #[error("larger than the network takes")]
    DataTooLarge,
    /// Any other error of the original network. Here only a fault causes it.
    #[error("the network failed")]
    NetworkOther,
}

/// A change of a tree of directories that changed nothing, or a look-up that found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The directory was deleted.
    #[error("the directory was deleted")]
    Deleted,
    /// There is no such directory.
    #[error("no such directory")]
    NoDirectory,
    /// There is no such file.
    #[error("no such file")]
    NoFile,
    /// There is a sub-directory of this name.
    #[error("a directory of this name exists")]
    DirectoryExists,
    /// There is a file of this name.
    #[error("a file of this name exists")]
    FileExists,
    /// A root, or a directory that would lie in itself.
    #[error("a directory cannot lie in itself, and a root in none")]
    IntoItself,
    /// The store refused the write.
    #[error(transparent)]
    Mutation(#[from] MutationError),
}
