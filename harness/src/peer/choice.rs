//! Which peers a run has: the built-in one, peer programs, or clients in Rust.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::program::PeerCommand;
use super::under_test::PeerUnderTest;

/// The name of the built-in peer on the command line.
pub(crate) const OURS: &str = "ours";

/// Which client a peer of a run is.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum PeerChoice {
    /// Our own, the `signaling` crate.
    #[default]
    Ours,
    /// A program that keeps the contract of peer programs (docs/peers.md).
    Program(PeerCommand),
    /// A client in Rust.
    Client(Arc<dyn PeerUnderTest>),
}

impl PeerChoice {
    /// A client in Rust.
    pub fn client(client: impl PeerUnderTest + 'static) -> Self {
        Self::Client(Arc::new(client))
    }

    /// Whether it is a foreign client.
    pub fn is_foreign(&self) -> bool {
        !matches!(self, Self::Ours)
    }
}

impl PartialEq for PeerChoice {
    /// Clients in Rust are equal if they are one client.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ours, Self::Ours) => true,
            (Self::Program(one), Self::Program(other)) => one == other,
            (Self::Client(one), Self::Client(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for PeerChoice {}

/// A text names no peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no command: give `{OURS}`, or a program and its arguments as a shell reads them, with closed quotes"
)]
pub struct ParsePeerError {
    text: String,
}

impl FromStr for PeerChoice {
    type Err = ParsePeerError;

    fn from_str(text: &str) -> Result<Self, ParsePeerError> {
        if text == OURS {
            return Ok(Self::Ours);
        }
        let words = shlex::split(text).and_then(PeerCommand::new);
        words.map(Self::Program).ok_or_else(|| ParsePeerError { text: text.to_owned() })
    }
}

impl fmt::Display for PeerChoice {
    /// As the command line takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours => f.write_str(OURS),
            Self::Program(command) => write!(f, "{command}"),
            Self::Client(_) => f.write_str("a client in Rust"),
        }
    }
}

impl fmt::Debug for PeerChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerChoice({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_and_written_as_a_shell_does() {
        for text in ["ours", "node peer.js", "node 'a peer.js' --quick"] {
            let choice: PeerChoice = text.parse().unwrap();
            assert_eq!(choice.to_string(), text);
            assert_eq!(choice.is_foreign(), text != "ours");
        }
        for wrong in ["", "  ", "node 'peer.js"] {
            assert!(wrong.parse::<PeerChoice>().unwrap_err().to_string().contains("is no command"), "{wrong}");
        }
    }
}
