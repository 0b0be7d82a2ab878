//! Why the network refuses, in its own words. The launcher gives them codes.

/// A read that gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GetError {
    /// The name is free, or what stands there has another kind or type tag.
    #[error("nothing is stored under this data id")]
    NoSuchData,
    /// The network of old did not know the account. Only a fault makes it happen here.
    #[error("the network does not know this account")]
    NoSuchAccount,
    /// Whatever else went wrong in the network of old. Only a fault makes it happen here.
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
    /// An account packet (structured data of type tag 0) stands there.
    #[error("an account is stored under this name")]
    AccountExists,
    /// The version is not the next one, or the signer does not own what is stored.
    #[error("not a valid successor of what is stored")]
    InvalidSuccessor,
    /// What is stored there cannot be changed in this way: it is deleted, or of another kind.
    #[error("what is stored cannot be changed in this way")]
    InvalidOperation,
    /// The store holds as many bytes as it may.
    #[error("the network is full")]
    NetworkFull,
    /// The network of old did not know the account. Only a fault makes it happen here.
    #[error("the network does not know this account")]
    NoSuchAccount,
    /// The account had no more to spend in the network of old. Only a fault makes it happen here.
    #[error("the account has no more to spend")]
    LowBalance,
    /// Larger than the network of old took. Only a fault makes it happen here.
    #[error("larger than the network takes")]
    DataTooLarge,
    /// Whatever else went wrong in the network of old. Only a fault makes it happen here.
    #[error("the network failed")]
    NetworkOther,
}
