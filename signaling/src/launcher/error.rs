//! How a request to a launcher can fail.

use std::error::Error;
use std::time::Duration;

use thiserror::Error;

use crate::printable::{Printable, cause};

/// No complete response arrived.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HttpError {
    /// No launcher listens there.
    #[error("the launcher cannot be reached: {}", cause(.0))]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// The connection broke during the request. The launcher may have carried it out.
    #[error("the connection to the launcher broke during the request: {}", cause(.0))]
    Exchange(#[source] Box<dyn Error + Send + Sync>),
    /// The response is larger than any response of a launcher.
    #[error("the launcher's response is larger than {limit} bytes")]
    BodyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// No response arrived in time. The launcher may have carried out the request.
    #[error("the launcher did not answer within {0:?}")]
    TimedOut(Duration),
}

/// A request to a launcher failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LauncherError {
    /// No complete response arrived.
    #[error("{request}: {source}")]
    Http {
        /// Which request.
        request: &'static str,
        /// Why.
        source: HttpError,
    },
    /// The launcher's user refused the app, or no user is logged in.
    #[error("the launcher refused to authorise the app: its user said no, or nobody is logged in")]
    Refused,
    /// The launcher does not know the token: it was revoked, or the launcher restarted.
    #[error("{request}: the launcher no longer accepts the app's token")]
    Unauthorised {
        /// Which request.
        request: &'static str,
    },
    /// Nothing is stored there.
    #[error("{request}: nothing is stored there")]
    NoSuchData {
        /// Which request.
        request: &'static str,
    },
    /// The record that was to be replaced has changed.
    #[error("{request}: another record is stored there now")]
    Changed {
        /// Which request.
        request: &'static str,
    },
    /// The launcher responded with an error.
    #[error("{request}: the launcher answered {status}, error {code}: {}", Printable(description))]
    Launcher {
        /// Which request.
        request: &'static str,
        /// The HTTP status.
        status: u16,
        /// The launcher's error code; negative codes are those of the network library.
        code: i64,
        /// The launcher's text, shortened.
        description: String,
    },
    /// The response is invalid.
    #[error("{request}: the launcher's response is invalid: {}", Printable(what))]
    BadAnswer {
        /// Which request.
        request: &'static str,
        /// What is wrong with it.
        what: String,
    },
}

impl LauncherError {
    /// Whether the launcher has forgotten a handle: it restarted, or a hundred others have pushed it out (launcher behaviour
    /// §4.2).
    pub fn is_lost_handle(&self) -> bool {
        matches!(self, Self::Launcher { code: -1514 | -1513, .. })
    }

    /// Whether no launcher received the request: then nothing was done.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Http { source: HttpError::Connect(_), .. })
    }

    /// Whether a record has no content because it was deleted (launcher behaviour §7.11).
    pub fn is_emptied(&self) -> bool {
        matches!(self, Self::Launcher { code: -2, .. })
    }

    /// Whether a write was refused because a record exists there (launcher behaviour §5.2).
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Launcher { code: -23, .. })
    }

    /// Whether a record was refused because the deleted record there has another version than expected (launcher behaviour
    /// §5.2).
    pub fn is_wrong_version(&self) -> bool {
        matches!(self, Self::Launcher { code: -25, .. })
    }

    /// Whether a write was refused because of what is stored there: a record, also of another version or another owner, or a
    /// deleted one (launcher behaviour §5.2).
    pub fn is_conflict(&self) -> bool {
        self.is_taken() || matches!(self, Self::Launcher { code: -22 | -25 | -26, .. } | Self::Changed { .. })
    }

    /// Whether the launcher may have carried out the request: the response was lost, is invalid, or reports that the network
    /// did not answer in time.
    pub fn leaves_open(&self) -> bool {
        matches!(
            self,
            Self::Http { source: HttpError::Exchange(_) | HttpError::TimedOut(_) | HttpError::BodyTooLarge { .. }, .. }
                | Self::BadAnswer { .. }
                | Self::Launcher { code: -37, .. }
        )
    }

    /// Whether the same request may succeed later: for all errors but a refusal and a token that is no longer valid.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused | Self::Unauthorised { .. })
    }
}
