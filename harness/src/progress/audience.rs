//! Who looks on while the program works.

use std::io::{self, IsTerminal as _};

use super::bar::Bar;

/// Who looks on while the program works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// Nobody.
    Nobody,
    /// Somebody who reads lines: they asked for them, or what is written to stdout goes elsewhere.
    Reader,
    /// A person at a terminal, for whom a bar can be drawn.
    Watcher,
}

impl ProgressMode {
    /// Who looks at this program. `verbose` says that lines were asked for.
    pub fn here(verbose: bool) -> Self {
        Self::of(verbose, io::stderr().is_terminal(), io::stdout().is_terminal())
    }

    fn of(verbose: bool, stderr_is_terminal: bool, stdout_is_terminal: bool) -> Self {
        match (verbose, stderr_is_terminal, stdout_is_terminal) {
            (false, false, _) => Self::Nobody,
            (false, true, true) => Self::Watcher,
            (true, ..) | (false, true, false) => Self::Reader,
        }
    }

    /// A bar for work of so many steps, which only a watcher sees. `what` says what became of those that are done: "pairs
    /// ended" reads as "3 of 20 pairs ended in 5 s".
    pub fn bar(self, steps: usize, what: &'static str) -> Bar {
        match self {
            Self::Watcher => Bar::on_stderr(steps, what),
            Self::Nobody | Self::Reader => Bar::hidden(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_for_who_sees_both_streams_and_did_not_ask_for_lines() {
        for stderr_is_terminal in [false, true] {
            for stdout_is_terminal in [false, true] {
                let quiet = ProgressMode::of(false, stderr_is_terminal, stdout_is_terminal);
                assert_eq!(quiet == ProgressMode::Watcher, stderr_is_terminal && stdout_is_terminal);
                assert_eq!(quiet == ProgressMode::Nobody, !stderr_is_terminal);
                assert_eq!(ProgressMode::of(true, stderr_is_terminal, stdout_is_terminal), ProgressMode::Reader);
            }
        }
    }
}
