//! The register that everybody is held against: one name, whose every change makes the next version. It knows no time.

use super::operation::Seen;

/// A digest of what was written: two contents are the same if their digests are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(pub u64);

impl Content {
    /// The digest of these bytes: 64-bit FNV-1a, the same on every machine.
    pub fn of(bytes: &[u8]) -> Self {
        const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        Self(bytes.iter().fold(BASIS, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(PRIME)))
    }
}

/// What changes a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Stores content.
    Write {
        /// The version that the content gets.
        version: u64,
        /// What is stored.
        content: Content,
    },
    /// Leaves a tombstone.
    Delete {
        /// The version that the tombstone gets.
        version: u64,
    },
}

impl Change {
    /// The version that it makes.
    pub fn version(self) -> u64 {
        match self {
            Self::Write { version, .. } | Self::Delete { version } => version,
        }
    }

    /// The register after it, if it took effect.
    pub(super) fn result(self) -> Register {
        match self {
            Self::Write { version, content } => Register::Stored { version, content },
            Self::Delete { version } => Register::Deleted { version },
        }
    }
}

/// What stands under the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Register {
    /// Nothing, and never anything before.
    #[default]
    Absent,
    /// Content.
    Stored {
        /// Its version.
        version: u64,
        /// What it is.
        content: Content,
    },
    /// A tombstone, which the next write claims.
    Deleted {
        /// Its version.
        version: u64,
    },
}

impl Register {
    /// The version that stands there.
    pub fn version(self) -> Option<u64> {
        match self {
            Self::Absent => None,
            Self::Stored { version, .. } | Self::Deleted { version } => Some(version),
        }
    }

    /// The only version that a change can make now; none is left after the last number.
    pub fn next_version(self) -> Option<u64> {
        self.version().map_or(Some(0), |version| version.checked_add(1))
    }

    /// What the change makes of it; nothing if it has to be refused.
    pub fn after(self, change: Change) -> Option<Self> {
        let is_next = self.next_version() == Some(change.version());
        let is_allowed = match change {
            Change::Write { .. } => true,
            Change::Delete { .. } => matches!(self, Self::Stored { .. }),
        };
        (is_next && is_allowed).then(|| change.result())
    }

    /// Whether a read may see this now.
    pub fn shows(self, seen: Seen) -> bool {
        match (self, seen) {
            (Self::Absent, Seen::Nothing) => true,
            (Self::Stored { version, content }, Seen::Stored { version: seen_version, content: seen_content }) => {
                version == seen_version && seen_content.is_none_or(|seen| seen == content)
            }
            (Self::Deleted { version }, Seen::Deleted { version: seen_version }) => version == seen_version,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: Content = Content(1);

    fn write(version: u64) -> Change {
        Change::Write { version, content: CONTENT }
    }

    fn stored(version: u64) -> Register {
        Register::Stored { version, content: CONTENT }
    }

    #[test]
    fn only_the_next_version_can_be_written() {
        assert_eq!(Register::Absent.after(write(0)), Some(stored(0)));
        assert_eq!(Register::Absent.after(write(1)), None);
        for version in [3, 4, 6] {
            assert_eq!(stored(4).after(write(version)), None, "{version}");
        }
        assert_eq!(stored(4).after(write(5)), Some(stored(5)));
    }

    #[test]
    fn only_what_is_stored_can_be_deleted_and_the_next_write_claims_the_tombstone() {
        let deleted = Register::Deleted { version: 5 };
        assert_eq!(stored(4).after(Change::Delete { version: 5 }), Some(deleted));
        assert_eq!(stored(4).after(Change::Delete { version: 4 }), None);
        assert_eq!(Register::Absent.after(Change::Delete { version: 0 }), None);
        assert_eq!(deleted.after(Change::Delete { version: 6 }), None);
        assert_eq!(deleted.after(write(6)), Some(stored(6)));
        assert_eq!(deleted.after(write(0)), None);
    }

    #[test]
    fn nothing_follows_the_last_number() {
        assert_eq!(stored(u64::MAX).after(write(0)), None);
        assert_eq!(stored(u64::MAX).next_version(), None);
    }

    #[test]
    fn a_read_that_knows_no_content_sees_any() {
        assert!(stored(4).shows(Seen::Stored { version: 4, content: None }));
        assert!(stored(4).shows(Seen::Stored { version: 4, content: Some(CONTENT) }));
        assert!(!stored(4).shows(Seen::Stored { version: 4, content: Some(Content(2)) }));
        assert!(!stored(4).shows(Seen::Deleted { version: 4 }) && !stored(4).shows(Seen::Nothing));
        assert!(!Register::Deleted { version: 4 }.shows(Seen::Nothing));
    }

    #[test]
    fn the_digest_is_the_published_one() {
        // From the test vectors of FNV's authors.
        assert_eq!(Content::of(b""), Content(0xcbf2_9ce4_8422_2325));
        assert_eq!(Content::of(b"foobar"), Content(0x8594_4171_f739_67e8));
    }
}
