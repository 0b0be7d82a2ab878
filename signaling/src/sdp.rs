//! A session description, as text. Nothing here reads what is in it.

use std::fmt;

/// A complete session description: trickle is off, so every candidate is in it.
///
/// It says where a user's machine is, so it is never printed: `Debug` gives its length.
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
