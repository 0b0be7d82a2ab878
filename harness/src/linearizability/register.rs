//! The register: the sequential specification of one stored name. Each change makes the next version. It knows no time.

/// A digest of content: two contents count as equal if their digests are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(pub u64);

impl Content {
    /// The digest of these bytes, as the journal of a launcher has it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(safe_mock::ContentDigest::of(bytes).0)
    }
}

/// A change of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Stores content.
    Write {
        /// The version of the content.
        version: u64,
        /// The content.
        content: Content,
    },
    /// Leaves a tombstone.
    Delete {
        /// The version of the tombstone.
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

    /// The register after the change, if it takes effect.
    pub(super) fn result(self) -> Register {
        match self {
            Self::Write { version, content } => Register::Stored { version, content },
            Self::Delete { version } => Register::Deleted { version },
        }
    }
}

/// The state of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Register {
    /// Nothing was ever stored.
    #[default]
    Absent,
    /// A version with content.
    Stored {
        /// The version.
        version: u64,
        /// The content.
        content: Content,
    },
    /// A tombstone, which the next write replaces.
    Deleted {
        /// Its version.
        version: u64,
    },
}

impl Register {
    /// The present version.
    pub fn version(self) -> Option<u64> {
        match self {
            Self::Absent => None,
            Self::Stored { version, .. } | Self::Deleted { version } => Some(version),
        }
    }

    /// The only version that a change can make now; `None` after the last number.
    pub fn next_version(self) -> Option<u64> {
        self.version().map_or(Some(0), |version| version.checked_add(1))
    }

    /// The register after the change; `None` if the register refuses it.
    pub fn apply(self, change: Change) -> Option<Self> {
        let is_next = self.next_version() == Some(change.version());
        let is_allowed = match change {
            Change::Write { .. } => true,
            Change::Delete { .. } => matches!(self, Self::Stored { .. }),
        };
        (is_next && is_allowed).then(|| change.result())
    }

    /// Whether a read may observe this now.
    pub fn allows(self, observed: Observed) -> bool {
        match (self, observed) {
            (Self::Absent, Observed::Nothing) => true,
            (Self::Stored { version, content }, Observed::Stored { version: read_version, content: read_content }) => {
                version == read_version && read_content.is_none_or(|read| read == content)
            }
            (Self::Deleted { version }, Observed::Deleted { version: read_version }) => version == read_version,
            _ => false,
        }
    }
}

/// What a read observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// That nothing was ever stored.
    Nothing,
    /// A version with content.
    Stored {
        /// The version.
        version: u64,
        /// The content, if it was read as well.
        content: Option<Content>,
    },
    /// A tombstone.
    Deleted {
        /// Its version.
        version: u64,
    },
}

impl Observed {
    /// The version that was observed.
    pub fn version(self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Stored { version, .. } | Self::Deleted { version } => Some(version),
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
        assert_eq!(Register::Absent.apply(write(0)), Some(stored(0)));
        assert_eq!(Register::Absent.apply(write(1)), None);
        for version in [3, 4, 6] {
            assert_eq!(stored(4).apply(write(version)), None, "{version}");
        }
        assert_eq!(stored(4).apply(write(5)), Some(stored(5)));
    }

    #[test]
    fn only_content_can_be_deleted_and_the_next_write_replaces_the_tombstone() {
        let deleted = Register::Deleted { version: 5 };
        assert_eq!(stored(4).apply(Change::Delete { version: 5 }), Some(deleted));
        assert_eq!(stored(4).apply(Change::Delete { version: 4 }), None);
        assert_eq!(Register::Absent.apply(Change::Delete { version: 0 }), None);
        assert_eq!(deleted.apply(Change::Delete { version: 6 }), None);
        assert_eq!(deleted.apply(write(6)), Some(stored(6)));
        assert_eq!(deleted.apply(write(0)), None);
    }

    #[test]
    fn nothing_follows_the_last_number() {
        assert_eq!(stored(u64::MAX).apply(write(0)), None);
        assert_eq!(stored(u64::MAX).next_version(), None);
    }

    #[test]
    fn a_read_without_content_is_allowed_for_any_content() {
        assert!(stored(4).allows(Observed::Stored { version: 4, content: None }));
        assert!(stored(4).allows(Observed::Stored { version: 4, content: Some(CONTENT) }));
        assert!(!stored(4).allows(Observed::Stored { version: 4, content: Some(Content(2)) }));
        assert!(!stored(4).allows(Observed::Deleted { version: 4 }) && !stored(4).allows(Observed::Nothing));
        assert!(!Register::Deleted { version: 4 }.allows(Observed::Nothing));
    }
}
