//! The command that starts a peer program.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A program and its arguments: at least one word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct PeerCommand {
    program: String,
    arguments: Vec<String>,
}

impl PeerCommand {
    /// The program is the first word. `None` if there is none, or if a word cannot be passed to a program.
    pub fn new(words: Vec<String>) -> Option<Self> {
        let mut words = words.into_iter();
        let program = words.next().filter(|program| !program.is_empty())?;
        let arguments: Vec<String> = words.collect();
        let is_passable = !program.contains('\0') && arguments.iter().all(|word| !word.contains('\0'));
        is_passable.then_some(Self { program, arguments })
    }

    /// The program.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Its arguments.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
}

impl fmt::Display for PeerCommand {
    /// As a shell reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = std::iter::once(self.program.as_str()).chain(self.arguments.iter().map(String::as_str));
        // The words have no NUL byte, which alone cannot be quoted.
        f.write_str(&shlex::try_join(words).unwrap_or_default())
    }
}

impl TryFrom<Vec<String>> for PeerCommand {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        Self::new(words).ok_or_else(|| "a program is a list of words: the program first, then its arguments".to_owned())
    }
}

impl From<PeerCommand> for Vec<String> {
    fn from(command: PeerCommand) -> Self {
        std::iter::once(command.program).chain(command.arguments).collect()
    }
}
