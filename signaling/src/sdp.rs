//! A session description, as opaque text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A complete session description: trickle is off, so every candidate is in it.
///
/// It contains the addresses of a user's machine, so `Debug` prints only its length.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Sdp(String);

impl Sdp {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash of the text, which names the description without revealing it.
    pub fn hash(&self) -> SdpHash {
        SdpHash(STANDARD.encode(Sha256::digest(&self.0)))
    }
}

/// The SHA-256 of a session description's text, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SdpHash(String);

impl SdpHash {
    /// The text of another peer, unchecked: it is only compared.
    pub(crate) fn from_wire(text: String) -> Self {
        Self(text)
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sdp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sdp({} bytes)", self.0.len())
    }
}

impl From<Sdp> for String {
    fn from(sdp: Sdp) -> Self {
        sdp.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_session_description() {
        let sdp = Sdp::new("c=IN IP4 192.0.2.7");
        assert_eq!(format!("{sdp:?}"), "Sdp(18 bytes)");
    }
}
