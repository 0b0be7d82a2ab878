//! Why a peer could not be built.

use std::error::Error;

use thiserror::Error;

use crate::ice_config::IceConfigError;
use crate::launcher_url::ParseLauncherUrlError;

/// Why a peer could not be built.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The URL of the launcher is not `http://host:port`.
    #[error(transparent)]
    BadLauncherUrl(#[from] ParseLauncherUrlError),
    /// The ICE servers are invalid.
    #[error(transparent)]
    BadIceServers(#[from] IceConfigError),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    HttpClient(#[source] Box<dyn Error + Send + Sync>),
    /// Neither is an HTTP service given, nor the feature `reqwest` on.
    #[error("there is no HTTP service: give one to the builder, or turn the feature `reqwest` on")]
    NoHttpService,
    /// The machine provided no random number for the seed.
    #[error("the machine provides no random number: {0}")]
    NoRandomness(#[source] Box<dyn Error + Send + Sync>),
}
