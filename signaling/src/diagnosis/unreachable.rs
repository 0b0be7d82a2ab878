//! Why a launcher cannot be reached, from the error of a request.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::launcher::HttpError;
use crate::printable::cause;

/// Why a launcher cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreachable {
    /// Its machine refused the connection: no program listens at the port.
    Refused,
    /// The name of its machine does not resolve.
    NameNotFound,
    /// It did not answer for this time.
    NoAnswer(Duration),
    /// The connection broke during a request, and why.
    Broken(String),
    /// There is no connection for another reason.
    Other(String),
}

impl Unreachable {
    pub(super) fn of(error: &HttpError) -> Option<Self> {
        Some(match error {
            HttpError::Connect(source) => Self::of_connect(&**source),
            HttpError::Exchange(source) => Self::Broken(root_cause(&**source)),
            HttpError::TimedOut(after) => Self::NoAnswer(*after),
            HttpError::BodyTooLarge { .. } => return None,
        })
    }

    fn of_connect(error: &(dyn Error + 'static)) -> Self {
        let is_refusal = |error: &(dyn Error + 'static)| {
            error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        };
        // The HTTP client has no kind for it, and says it in its text alone.
        let is_of_name = |error: &(dyn Error + 'static)| error.to_string() == "dns error";
        if chain(error).any(is_refusal) {
            Self::Refused
        } else if chain(error).any(is_of_name) {
            Self::NameNotFound
        } else {
            Self::Other(root_cause(error))
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the connection was refused"),
            Self::NameNotFound => f.write_str("the name of its machine does not resolve"),
            Self::NoAnswer(after) => write!(f, "it did not answer within {after:?}"),
            Self::Broken(why) => write!(f, "the connection broke during a request: {why}"),
            Self::Other(why) => f.write_str(why),
        }
    }
}

/// An error and its sources, from the outermost inwards.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(cause).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_is_found_below_the_errors_of_an_http_client() {
        #[derive(Debug, thiserror::Error)]
        #[error("client error (Connect)")]
        struct Client(#[source] io::Error);
        let of = |kind: io::ErrorKind| Unreachable::of(&HttpError::Connect(Client(kind.into()).into()));
        assert_eq!(of(io::ErrorKind::ConnectionRefused), Some(Unreachable::Refused));
        let unreachable = of(io::ErrorKind::HostUnreachable);
        assert_eq!(unreachable, Some(Unreachable::Other("host unreachable".to_owned())));
    }
}
