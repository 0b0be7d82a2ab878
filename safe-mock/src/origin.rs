//! Origins: which web pages may call a launcher.

use std::str::FromStr;

use http::{HeaderValue, Uri};

use crate::escape::Escaped;

/// A set of origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Pages served from this machine: `localhost` and loopback addresses, any scheme and port.
    Localhost,
    /// Every page.
    Any,
    /// One origin, written as browsers do: `https://example.net`.
    Exact(String),
}

/// An origin that no browser would send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an origin: write `localhost`, `*`, or scheme and host such as https://example.net", Escaped(.0))]
pub struct ParseOriginError(String);

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, ParseOriginError> {
        match text {
            "localhost" => Ok(Self::Localhost),
            "*" => Ok(Self::Any),
            _ => {
                let uri: Uri = text.parse().map_err(|_| ParseOriginError(text.to_owned()))?;
                let whole = uri.scheme().is_some() && uri.host().is_some() && !text.ends_with('/');
                if whole { Ok(Self::Exact(text.to_owned())) } else { Err(ParseOriginError(text.to_owned())) }
            }
        }
    }
}

/// The origins whose pages may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

impl Default for Origins {
    fn default() -> Self {
        Self(vec![Origin::Localhost])
    }
}

impl Origins {
    /// These origins, and no others.
    pub fn new(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self(origins.into_iter().collect())
    }

    /// Whether a page of this origin may call.
    pub fn allow(&self, origin: &HeaderValue) -> bool {
        let Ok(text) = origin.to_str() else { return false };
        self.0.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::Exact(exact) => exact == text,
            Origin::Localhost => is_localhost(text),
        })
    }
}

fn is_localhost(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let Some(host) = uri.host() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.to_ascii_lowercase().ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &Origins, origin: &'static str) -> bool {
        origins.allow(&HeaderValue::from_static(origin))
    }

    #[test]
    fn by_default_pages_of_this_machine_may_call_and_no_others() {
        let origins = Origins::default();
        for origin in ["http://localhost:3000", "https://app.localhost", "http://127.0.0.1", "http://[::1]:5173"] {
            assert!(allows(&origins, origin), "{origin}");
        }
        for origin in
            ["https://example.net", "http://localhost.example.net", "http://10.0.0.1", "null", "", "localhost"]
        {
            assert_eq!(allows(&origins, origin), origin == "localhost", "{origin}");
        }
    }

    #[test]
    fn a_configured_origin_is_exact() {
        let origins = Origins::new(["https://example.net".parse().unwrap()]);
        assert!(allows(&origins, "https://example.net"));
        assert!(!allows(&origins, "https://example.net:8443"));
        assert!(!allows(&origins, "http://localhost"));
    }

    #[test]
    fn text_that_no_browser_sends_is_no_origin() {
        for text in ["example.net", "https://example.net/", "http://", ""] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
