//! Why clients could not be judged.

use std::io;

use safe_mock::StartError;

use crate::plan::RunError;

/// Clients could not be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JudgingError {
    /// A launcher cannot be used, or the command was told to stop.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A launcher could not be started.
    #[error("a launcher could not be started: {0}")]
    LauncherStart(#[from] StartError),
    /// The command could not be started.
    #[error("`{command}` cannot be started: {source}")]
    Command {
        /// The command, as a shell reads it.
        command: String,
        /// The error.
        source: io::Error,
    },
    /// The file for Node programs cannot be written.
    #[error("the file that leads Node programs to the launcher cannot be written: {0}")]
    Preload(io::Error),
    /// The launcher has no journal to read.
    #[error(
        "{url} has no journal: {why}. Judging needs a safe-mock with its control plane, which is on unless --no-control is given"
    )]
    NoJournal {
        /// The URL of the launcher.
        url: String,
        /// What was answered.
        why: String,
    },
    /// No client has used a room.
    #[error("no room was used at {launchers}, so there is nothing to judge. {advice}")]
    NoRoom {
        /// The launchers.
        launchers: String,
        /// What to do.
        advice: &'static str,
    },
    /// There are too many launchers.
    #[error("{0} launchers were given; give at most {max}", max = super::arguments::LAUNCHERS_MAX)]
    TooManyLaunchers(usize),
}

impl JudgingError {
    /// Whether it was told to stop.
    pub(crate) fn is_stop(&self) -> bool {
        matches!(self, Self::Run(RunError::Stopped))
    }
}
