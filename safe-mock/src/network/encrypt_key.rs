//! The public key of an app's box key pair: what is sealed for it, that app alone can open.

/// A public key of `crypto_box`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncryptKey(pub [u8; 32]);
