//! The address of a launcher that is running already.

use std::fmt;
use std::str::FromStr;

/// The address of a launcher: `http://host:port`, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LauncherUrl(String);

/// A text is not a [`LauncherUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a launcher is given as http://host:port")]
#[non_exhaustive]
pub struct ParseLauncherUrlError;

impl LauncherUrl {
    /// The URL, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LauncherUrl {
    type Err = ParseLauncherUrlError;

    fn from_str(text: &str) -> Result<Self, ParseLauncherUrlError> {
        let uri: http::Uri = text.parse().map_err(|_| ParseLauncherUrlError)?;
        let authority = uri.authority().ok_or(ParseLauncherUrlError)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
        if uri.scheme_str() != Some("http") || !bare {
            return Err(ParseLauncherUrlError);
        }
        Ok(Self(format!("http://{authority}")))
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
