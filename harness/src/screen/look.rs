//! How a text is shown.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use safe_mock::program::wants_colours;
#[cfg(not(unix))]
use terminal_size::{Width, terminal_size_of};

/// A terminal that is narrower is written to as if it were so wide: columns of words need some room.
const WIDTH_MIN: usize = 40;

/// The columns of a terminal; `None` if it has no size.
fn columns(stdout: &io::Stdout) -> Option<u16> {
    // A pseudo-terminal of a program may have columns, and no rows.
    #[cfg(unix)]
    let columns = rustix::termios::tcgetwinsize(stdout).ok().map(|size| size.ws_col);
    #[cfg(not(unix))]
    let columns = terminal_size_of(stdout).map(|(Width(columns), _)| columns);
    columns.filter(|columns| *columns > 0)
}

/// What `--color` asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is dumb; everywhere with `CLICOLOR_FORCE`
    #[default]
    Auto,
    /// Also in a file or a pipe
    Always,
    /// Nowhere
    Never,
}

/// How a text is shown: as the terminal can, and as the user asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The columns of the terminal; without, lines are not wrapped.
    pub(crate) width: Option<usize>,
    /// Whether it has colours.
    pub(crate) has_colours: bool,
    /// Whether it lists what passed, too.
    pub(crate) is_verbose: bool,
}

impl Look {
    /// For a file or a pipe: one finding, one line.
    pub(crate) fn plain() -> Self {
        Self::default()
    }

    /// As stdout can show it: wrapped on a terminal alone.
    pub(crate) fn of_stdout(choice: ColourChoice, is_verbose: bool) -> Self {
        let stdout = io::stdout();
        let columns = Some(&stdout).filter(|stdout| stdout.is_terminal()).and_then(columns);
        Self {
            width: columns.map(|columns| usize::from(columns).max(WIDTH_MIN)),
            has_colours: match choice {
                ColourChoice::Auto => wants_colours(&stdout),
                ColourChoice::Always => true,
                ColourChoice::Never => false,
            },
            is_verbose,
        }
    }
}
