//! Why a peer could not be made.

use std::error::Error;

use thiserror::Error;

/// Why a peer could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Launchers are reached as `http://host:port`.
    #[error("{url:?} is no launcher: {why}")]
    BadLauncherUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    HttpClient(#[source] Box<dyn Error + Send + Sync>),
    /// The machine gave no random number for the seed.
    #[error("the machine gives no random number: {0}")]
    NoRandomness(#[source] Box<dyn Error + Send + Sync>),
}
