//! The flags of `harness interop`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use super::every_pair::InteropSettings;
use crate::plan::jobs_parser;

/// Flags of `interop`.
#[derive(Debug, Clone, Args)]
pub struct InteropArguments {
    /// The folder with a file for each peer. Our own has none
    #[arg(long, env = "HARNESS_PEERS", value_name = "FOLDER", default_value = "tests/peers")]
    pub peers: PathBuf,

    /// A peer that takes part, by its name; by default, all. It may be given several times
    #[arg(long, env = "HARNESS_ONLY", value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,

    /// Install the peers first, by the commands in their files
    #[arg(long, env = "HARNESS_INSTALL")]
    pub install: bool,

    /// How many pairs meet at the same time
    #[arg(long, env = "HARNESS_JOBS", value_name = "N", default_value_t = 4, value_parser = jobs_parser())]
    pub jobs: usize,

    /// Write the page to this file too
    #[arg(long, env = "HARNESS_WRITE", value_name = "PATH")]
    pub write: Option<PathBuf>,

    /// The format of the table on stdout
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: InteropFormat,
}

/// The formats of a table of peers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum InteropFormat {
    /// For people
    #[default]
    Markdown,
    /// For scripts
    Json,
}

impl InteropArguments {
    /// The settings of the table, which ends when `stop` is cancelled.
    pub(crate) fn settings(&self, stop: &CancellationToken) -> InteropSettings {
        InteropSettings {
            only: self.only.clone(),
            install: self.install,
            jobs: self.jobs,
            stop: stop.clone(),
            ..InteropSettings::new(self.peers.clone())
        }
    }
}
