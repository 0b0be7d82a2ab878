//! The address of a launcher.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The address of a launcher: `http://host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct LauncherUrl(String);

/// A text is not a [`LauncherUrl`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid launcher URL {url:?}: {reason}")]
#[non_exhaustive]
pub struct ParseLauncherUrlError {
    /// The text.
    pub url: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl LauncherUrl {
    /// The URL, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LauncherUrl {
    type Err = ParseLauncherUrlError;

    fn from_str(text: &str) -> Result<Self, ParseLauncherUrlError> {
        checked(text).map(Self).map_err(|reason| ParseLauncherUrlError { url: text.to_owned(), reason })
    }
}

fn checked(text: &str) -> Result<String, &'static str> {
    let uri: http::Uri = text.parse().map_err(|_| "it is no URL; expected http://host:port")?;
    if uri.scheme_str() != Some("http") {
        return Err("it does not begin with http://; launchers speak plain HTTP");
    }
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.as_str().contains('@') {
        return Err("it has a user name, which launchers do not support");
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err("it has a path or a query; expected http://host:port");
    }
    Ok(format!("http://{authority}"))
}

impl TryFrom<String> for LauncherUrl {
    type Error = ParseLauncherUrlError;

    fn try_from(text: String) -> Result<Self, ParseLauncherUrlError> {
        text.parse()
    }
}

impl From<LauncherUrl> for String {
    fn from(url: LauncherUrl) -> Self {
        url.0
    }
}

impl fmt::Display for LauncherUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launcher_url_is_a_host_and_a_port_and_nothing_else() {
        let read = |text: &str| text.parse::<LauncherUrl>().ok().map(|url| url.to_string());
        assert_eq!(read("http://localhost:8100/").as_deref(), Some("http://localhost:8100"));
        assert_eq!(read("http://[::1]:8100").as_deref(), Some("http://[::1]:8100"));
        for wrong in
            ["", "8100", "localhost:8100", "https://localhost:8100", "http://a@b:1", "http://a:1/0.5", "http://a:1?x"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
