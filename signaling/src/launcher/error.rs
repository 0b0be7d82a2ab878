//! How a request to a launcher can fail.

use std::error::Error;
use std::time::Duration;

use thiserror::Error;

/// No whole answer came.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HttpError {
    /// Nobody listens there.
    #[error("the launcher cannot be reached: {0}")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// The exchange broke off. The launcher may have done what it was asked.
    #[error("the exchange with the launcher broke off: {0}")]
    Exchange(#[source] Box<dyn Error + Send + Sync>),
    /// The answer is larger than any that a launcher gives.
    #[error("the launcher's answer is larger than {limit} bytes")]
    BodyTooLarge {
        /// How much is read.
        limit: usize,
    },
    /// No answer came in time. The launcher may have done what it was asked.
    #[error("the launcher did not answer within {0:?}")]
    TimedOut(Duration),
}

/// A request did not give what it is for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LauncherError {
    /// No whole answer came.
    #[error("{request}: {source}")]
    Http {
        /// Which request.
        request: &'static str,
        /// Why not.
        source: HttpError,
    },
    /// The launcher's user refused the app, or nobody is logged in.
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
    /// What was to be replaced is no longer what it was.
    #[error("{request}: another record is stored there now")]
    Changed {
        /// Which request.
        request: &'static str,
    },
    /// The launcher says what is wrong.
    #[error("{request}: the launcher answered {status}, error {code}: {description}")]
    Launcher {
        /// Which request.
        request: &'static str,
        /// The HTTP status.
        status: u16,
        /// The launcher's code; negative ones come from the network library.
        code: i64,
        /// The launcher's text, shortened.
        description: String,
    },
    /// The answer is none that a launcher gives.
    #[error("{request}: the launcher's answer cannot be understood: {what}")]
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

    /// Whether nobody was there to take the request: then nothing was done.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Http { source: HttpError::Connect(_), .. })
    }

    /// Whether a record has no content because it was deleted (launcher behaviour §7.11).
    pub fn is_emptied(&self) -> bool {
        matches!(self, Self::Launcher { code: -2, .. })
    }

    /// Whether a write was refused because a record lives there (launcher behaviour §5.2).
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Launcher { code: -23, .. })
    }

    /// Whether a record was refused because one that was deleted has another version than was thought (launcher behaviour
    /// §5.2).
    pub fn is_wrong_version(&self) -> bool {
        matches!(self, Self::Launcher { code: -25, .. })
    }

    /// Whether a write was refused because of what is stored there: a record that lives, one of another version or another
    /// owner, or one that was deleted (launcher behaviour §5.2).
    pub fn is_conflict(&self) -> bool {
        self.is_taken() || matches!(self, Self::Launcher { code: -22 | -25 | -26, .. } | Self::Changed { .. })
    }

    /// Whether the launcher may have done what it was asked: the answer was lost, cannot be understood, or says that the
    /// network did not answer in time.
    pub fn leaves_open(&self) -> bool {
        matches!(
            self,
            Self::Http { source: HttpError::Exchange(_) | HttpError::TimedOut(_) | HttpError::BodyTooLarge { .. }, .. }
                | Self::BadAnswer { .. }
                | Self::Launcher { code: -37, .. }
        )
    }

    /// Whether the same request may work later: all but a refusal and a token that is no longer known.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused | Self::Unauthorised { .. })
    }
}
