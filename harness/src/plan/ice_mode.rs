//! How the peers of a run may reach each other.

use std::fmt;

/// How the peers of a run may reach each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum IceMode {
    /// Directly, without a server.
    #[default]
    Direct,
    /// Directly; a STUN server reports their addresses.
    Stun,
    /// Over a TURN server only.
    Relay,
}

impl fmt::Display for IceMode {
    /// The name on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Stun => "stun",
            Self::Relay => "relay",
        })
    }
}
