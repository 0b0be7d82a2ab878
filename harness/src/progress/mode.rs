//! Which progress is shown.

use std::io::{self, IsTerminal as _};

use safe_mock::program::has_cursor;

use super::bar::Bar;

/// Which progress is shown, depending on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressMode {
    /// None: stderr is not a terminal.
    Hidden,
    /// A line for each step: `--verbose` is given, or only stderr is a terminal, or the terminal cannot redraw a line.
    Lines,
    /// A bar where there are too many steps: stdout and stderr are a terminal.
    Bar,
}

impl ProgressMode {
    /// The mode of this process. `verbose` asks for lines.
    pub(crate) fn here(verbose: bool) -> Self {
        Self::of(verbose, io::stderr().is_terminal(), io::stdout().is_terminal() && has_cursor())
    }

    fn of(verbose: bool, stderr_is_terminal: bool, can_redraw: bool) -> Self {
        match (verbose, stderr_is_terminal, can_redraw) {
            (false, false, _) => Self::Hidden,
            (false, true, true) => Self::Bar,
            (true, ..) | (false, true, false) => Self::Lines,
        }
    }

    /// A bar for work of so many steps, hidden in the other modes. `what` describes the steps that are done: "pairs ended" is
    /// shown as "3 of 20 pairs ended in 5 s".
    pub(crate) fn bar(self, steps: usize, what: &'static str) -> Bar {
        match self {
            Self::Bar => Bar::on_stderr(steps, what),
            Self::Hidden | Self::Lines => Bar::hidden(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_needs_two_terminals_and_no_verbose() {
        for stderr_is_terminal in [false, true] {
            for stdout_is_terminal in [false, true] {
                let quiet = ProgressMode::of(false, stderr_is_terminal, stdout_is_terminal);
                assert_eq!(quiet == ProgressMode::Bar, stderr_is_terminal && stdout_is_terminal);
                assert_eq!(quiet == ProgressMode::Hidden, !stderr_is_terminal);
                assert_eq!(ProgressMode::of(true, stderr_is_terminal, stdout_is_terminal), ProgressMode::Lines);
            }
        }
    }
}
