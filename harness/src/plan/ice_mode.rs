//! The ways by which the peers of a run may reach each other.

use std::fmt;

/// The ways by which the peers of a run may reach each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IceMode {
    /// Straight, and nobody is asked for help.
    #[default]
    Direct,
    /// Straight; a STUN server is asked where they are seen from.
    Stun,
    /// Over a TURN server, and no other way.
    Relay,
}

impl fmt::Display for IceMode {
    /// As it is written on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Stun => "stun",
            Self::Relay => "relay",
        })
    }
}
