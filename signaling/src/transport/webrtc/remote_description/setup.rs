//! Which side begins the DTLS handshake: `a=setup` (RFC 8842).

use super::error::DescriptionError;

/// A side of DTLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum DtlsRole {
    /// `a=setup:active`: it begins the handshake.
    Client,
    /// `a=setup:passive`.
    Server,
}

impl DtlsRole {
    /// The role of the peer that made an offer with this `a=setup`, as the answer decides it. Where the answer may choose
    /// (`actpass`), the initiator begins: the crate takes no SCTP INIT as DTLS client, and some initiators send the only one
    /// (see `docs/upstream-webrtc.md`). Without a word the answerer begins, as in browsers.
    pub(super) fn of_initiator(setup: Option<&str>) -> Self {
        match setup {
            Some("actpass" | "active" | "holdconn") => Self::Client,
            _ => Self::Server,
        }
    }

    /// The role of the peer that made an answer with this `a=setup`. Some stacks repeat the offer's `actpass`, or leave it
    /// out; they begin.
    pub(super) fn of_recipient(setup: Option<&str>) -> Result<Self, DescriptionError> {
        match setup {
            Some("passive") => Ok(Self::Server),
            Some("holdconn") => Err(DescriptionError::HeldBack),
            _ => Ok(Self::Client),
        }
    }

    /// The value of `a=setup`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Client => "active",
            Self::Server => "passive",
        }
    }

    /// The role of the side across from this one.
    pub(in super::super) fn opposite(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_sides_of_a_pair_never_have_the_same_role() {
        let answers = [
            (Some("actpass"), "passive"),
            (Some("passive"), "active"),
            (None, "active"),
            (Some("new"), "active"),
            (Some("active"), "passive"),
            (Some("holdconn"), "passive"),
        ];
        for (offered, answered) in answers {
            assert_eq!(DtlsRole::of_initiator(offered).opposite().as_str(), answered, "{offered:?}");
        }
        for (answered, ours) in [(Some("active"), "passive"), (Some("passive"), "active"), (None, "passive")] {
            assert_eq!(DtlsRole::of_recipient(answered).unwrap().opposite().as_str(), ours, "{answered:?}");
        }
        assert!(matches!(DtlsRole::of_recipient(Some("holdconn")), Err(DescriptionError::HeldBack)));
    }
}
