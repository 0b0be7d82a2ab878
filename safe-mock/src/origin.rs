//! Origins: which web pages may call a launcher. docs/origins.md has the rules, and a test reads them row by row.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;

use crate::escape::Escaped;
use crate::host::HostName;

/// A set of origins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Pages served from this machine: by http or https, from `localhost`, a name below, or a loopback address, on any
    /// port.
    Localhost,
    /// Every page.
    Any,
    /// Pages without an origin of their own, such as local files and frames in a sandbox. Browsers send `null`.
    Null,
    /// One origin, such as `https://example.net`.
    Exact(Site),
    /// Every origin with more labels in front of the host of this one, such as `https://*.example.net`.
    Subdomains(Site),
}

/// Scheme, host and port of an origin, as browsers write them: `https://example.net`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    scheme: String,
    host: HostName,
    /// `None` is the default port of the scheme.
    port: Option<u16>,
}

impl Site {
    /// Reads `scheme://host:port`, and nothing more: no user, path or query, and no slash at the end.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let (host, port) = HostName::with_port(host)?;
        let scheme = scheme.to_ascii_lowercase();
        let port = port.filter(|port| Some(*port) != default_port(&scheme));
        is_scheme.then_some(Self { scheme, host, port })
    }

    /// Whether its pages come from this host and port, which a request names.
    pub(crate) fn is_at(&self, host: &HostName, port: Option<u16>) -> bool {
        self.is_of_the_web()
            && self.host == *host
            && self.port == port.filter(|port| Some(*port) != default_port(&self.scheme))
    }

    fn is_of_the_web(&self) -> bool {
        ["http", "https"].contains(&self.scheme.as_str())
    }

    fn is_local(&self) -> bool {
        self.is_of_the_web() && self.host.has_local_pages()
    }

    fn is_below(&self, parent: &Self) -> bool {
        self.scheme == parent.scheme && self.port == parent.port && self.host.is_below(&parent.host)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, labels: &str) -> fmt::Result {
        write!(f, "{}://{labels}{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "")
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// An origin that no browser would send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not an origin: write `localhost`, `*`, `null`, scheme and host such as https://example.net, or \
     https://*.example.net for its subdomains; without a path, and names in ASCII (xn--)", Escaped(.0)
)]
pub struct ParseOriginError(String);

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, ParseOriginError> {
        let origin = match text {
            "localhost" => Some(Self::Localhost),
            "*" => Some(Self::Any),
            "null" => Some(Self::Null),
            _ => match text.split_once("://*.") {
                // An address has no subdomains.
                Some((scheme, domain)) => Site::parse(&format!("{scheme}://a.{domain}"))
                    .and_then(|_| Site::parse(&format!("{scheme}://{domain}")))
                    .map(Self::Subdomains),
                None => Site::parse(text).map(Self::Exact),
            },
        };
        origin.ok_or_else(|| ParseOriginError(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost => f.write_str("localhost"),
            Self::Any => f.write_str("*"),
            Self::Null => f.write_str("null"),
            Self::Exact(site) => site.fmt(f),
            Self::Subdomains(site) => site.write(f, "*."),
        }
    }
}

/// The origin of a page, as its browser sends it.
#[derive(Debug)]
pub(crate) enum PageOrigin {
    /// `null`.
    Null,
    /// Scheme, host and port.
    Site(Site),
    /// Text that no browser sends.
    Unreadable,
}

impl PageOrigin {
    /// Reads the header `Origin`.
    pub(crate) fn parse(origin: &HeaderValue) -> Self {
        match origin.to_str() {
            Ok("null") => Self::Null,
            Ok(text) => Site::parse(text).map_or(Self::Unreadable, Self::Site),
            Err(_) => Self::Unreadable,
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

    /// Whether a page may call whose browser sends this header `Origin`.
    pub fn allow(&self, origin: &HeaderValue) -> bool {
        self.allow_page(&PageOrigin::parse(origin))
    }

    /// Whether a page of this origin may call.
    pub(crate) fn allow_page(&self, page: &PageOrigin) -> bool {
        self.0.iter().any(|allowed| match (allowed, page) {
            (Origin::Any, _) | (Origin::Null, PageOrigin::Null) => true,
            (Origin::Localhost, PageOrigin::Site(site)) => site.is_local(),
            (Origin::Exact(exact), PageOrigin::Site(site)) => exact == site,
            (Origin::Subdomains(parent), PageOrigin::Site(site)) => site.is_below(parent),
            _ => false,
        })
    }

    /// Whether every page may call.
    pub(crate) fn allow_every_page(&self) -> bool {
        self.0.contains(&Origin::Any)
    }

    /// Whether every page of this machine may call.
    pub(crate) fn allow_local_pages(&self) -> bool {
        self.0.contains(&Origin::Localhost) || self.allow_every_page()
    }
}
