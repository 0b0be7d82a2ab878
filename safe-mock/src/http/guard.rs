//! Who may call: by which host the launcher was called, and which page calls, as its browser tells. docs/origins.md has
//! the rules.
//!
//! A web page can send requests to every program on the machine of its reader. Its browser hides the answers from a page
//! of another origin; that the request is carried out, only the launcher can prevent.

use std::collections::BTreeSet;

use axum::extract::Request;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use parking_lot::Mutex;

use super::cors::CorsRequest;
use crate::config::Config;
use crate::demo;
use crate::escape::Escaped;
use crate::host::HostName;
use crate::origin::PageOrigin;
use crate::window;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The path of the control plane.
pub(crate) const CONTROL: &str = "/__mock";

/// How many different hosts and origins the log names. A client can send any number, and must not fill the log.
const NAMED_MAX: usize = 100;

/// What a request may do, before it is known what it asks for.
#[derive(Debug)]
pub(crate) struct Guard {
    checks_hosts: bool,
    named: Mutex<BTreeSet<String>>,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A page that links of other sites may lead to: it tells them nothing.
    Linkable,
    /// The control plane, without a link to the window or the demo page.
    Control,
    /// The API.
    Api,
}

/// Why a request is refused before it is known what it asks for.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Refusal {
    /// The launcher was called by a host that does not mean it.
    #[error("The host {0} does not mean this launcher. Start the launcher with --allow-host and the name to serve it")]
    Host(String),
    /// A page of an origin that may not call.
    #[error("Pages of {0} may not call this launcher. Start the launcher with --origin {0} to let them call")]
    Origin(String),
    /// A page of another site, whose browser does not say which.
    #[error(
        "Pages of other sites may not call this launcher. Start the launcher with --origin to let some of them call"
    )]
    OtherSite,
    /// A page of another site, at the control plane.
    #[error("The control plane serves no page of another site. A page of localhost can call it at http://localhost")]
    Control,
    /// A header that decides about the request has two values.
    #[error("The header {0} is given twice")]
    Twice(HeaderName),
}

/// The host by which the launcher was called.
struct Called {
    host: HostName,
    port: Option<u16>,
}

impl Guard {
    /// On a port, the host must mean the launcher. In process, no name server was asked for it.
    pub(crate) fn new(checks_hosts: bool) -> Self {
        Self { checks_hosts, named: Mutex::default() }
    }

    /// Admits a request, with the origin of the page that may read its answer.
    ///
    /// # Errors
    /// The launcher was called by a foreign host, or by a page that may not call.
    pub(crate) fn admit(&self, config: &Config, request: &Request) -> Result<Option<CorsRequest>, Refusal> {
        let headers = request.headers();
        let host = single(headers, header::HOST)?;
        if self.checks_hosts {
            let authority = request.uri().authority().map(|authority| authority.as_str().as_bytes());
            for text in authority.into_iter().chain(host.map(HeaderValue::as_bytes)) {
                self.admit_host(config, text)?;
            }
        }
        let origin = single(headers, header::ORIGIN)?;
        let site = single(headers, SEC_FETCH_SITE)?.map(HeaderValue::as_bytes);
        if origin.is_none() && matches!(site, None | Some(b"none" | b"same-origin")) {
            return Ok(None);
        }
        let place = Place::of(request.uri().path());
        if place == Place::Linkable && is_link(request) {
            return Ok(None);
        }
        // The page of a host that does not mean the launcher is not the launcher's own, whatever its origin.
        let called = host.and_then(Called::parse).filter(|called| is_served(config, &called.host));
        if let Some(origin) = origin {
            self.admit_page(config, origin, called.as_ref())?;
        } else {
            let is_local_page =
                site == Some(b"same-site") && called.is_some_and(|called| called.host.is_this_machine());
            let may_call = config.origins.allow_every_page() || is_local_page && config.origins.allow_local_pages();
            if !may_call {
                return Err(self.refuse(Refusal::OtherSite));
            }
        }
        if place == Place::Control && matches!(site, Some(b"cross-site")) {
            return Err(self.refuse(Refusal::Control));
        }
        Ok(origin.cloned().map(CorsRequest::new))
    }

    fn admit_host(&self, config: &Config, text: &[u8]) -> Result<(), Refusal> {
        let called = Called::of(text);
        if called.is_some_and(|called| is_served(config, &called.host)) {
            return Ok(());
        }
        Err(self.refuse(Refusal::Host(shown(text))))
    }

    fn admit_page(&self, config: &Config, origin: &HeaderValue, called: Option<&Called>) -> Result<(), Refusal> {
        let page = PageOrigin::parse(origin);
        let is_own = match (&page, called) {
            (PageOrigin::Site(site), Some(called)) => site.is_at(&called.host, called.port),
            _ => false,
        };
        if is_own || config.origins.allow_page(&page) {
            return Ok(());
        }
        Err(self.refuse(Refusal::Origin(shown(origin.as_bytes()))))
    }

    /// Names in the log what is refused, once for each host and origin.
    fn refuse(&self, refusal: Refusal) -> Refusal {
        let reason = refusal.to_string();
        let mut named = self.named.lock();
        if named.len() < NAMED_MAX && named.insert(reason.clone()) {
            tracing::warn!("refused: {reason}");
            if named.len() == NAMED_MAX {
                tracing::warn!("no further refused host or origin is logged");
            }
        }
        refusal
    }
}

impl Called {
    fn parse(header: &HeaderValue) -> Option<Self> {
        Self::of(header.as_bytes())
    }

    fn of(text: &[u8]) -> Option<Self> {
        let (host, port) = HostName::with_port(std::str::from_utf8(text).ok()?)?;
        Some(Self { host, port })
    }
}

/// Whether a launcher with these settings answers to the host.
fn is_served(config: &Config, host: &HostName) -> bool {
    host.is_this_machine() || host.is_address_of(config.host) || config.allow_hosts.contains(host)
}

/// The value of a header that a request has once, or not at all.
fn single(headers: &HeaderMap, name: HeaderName) -> Result<Option<&HeaderValue>, Refusal> {
    let mut values = headers.get_all(&name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Refusal::Twice(name)),
    }
}

/// Whether somebody follows a link, which opens a page of its own in the browser.
fn is_link(request: &Request) -> bool {
    let is = |name, value: &str| request.headers().get(name).is_some_and(|header: &HeaderValue| header == value);
    request.method() == Method::GET && is(SEC_FETCH_MODE, "navigate") && is(SEC_FETCH_DEST, "document")
}

fn shown(text: &[u8]) -> String {
    Escaped(&String::from_utf8_lossy(text)).to_string()
}

/// Whether the path is the control plane's.
pub(crate) fn is_control(path: &str) -> bool {
    path.strip_prefix(CONTROL).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Place {
    /// What a path leads to, whether or not there is a control plane.
    pub(crate) fn of(path: &str) -> Self {
        let is_page =
            ["", window::PATH, demo::PATH].iter().any(|page| path.trim_end_matches('/') == page.trim_end_matches('/'));
        if path == "/health" || is_page {
            Self::Linkable
        } else if is_control(path) {
            Self::Control
        } else {
            Self::Api
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    /// The rows of the table of hosts in docs/origins.md.
    fn rows() -> impl Iterator<Item = Vec<&'static str>> {
        let page = include_str!("../../../docs/origins.md");
        let rows = page.lines().skip_while(|line| !line.starts_with("| `--host` |")).skip(2);
        rows.take_while(|line| line.starts_with('|')).map(|line| line.split('|').map(str::trim).collect())
    }

    fn code(cell: &str) -> Option<&str> {
        cell.split('`').nth(1)
    }

    #[test]
    fn a_launcher_on_a_port_answers_to_the_hosts_of_the_table() {
        assert!(rows().count() >= 25);
        for row in rows() {
            let [_, listening, allowed, called, served, ..] = row[..] else { panic!("{row:?}") };
            let config = Config {
                host: code(listening).unwrap().parse().unwrap(),
                allow_hosts: code(allowed).map(|host| host.parse().unwrap()).into_iter().collect(),
                ..Config::default()
            };
            let request =
                Request::get("/auth").header(header::HOST, code(called).unwrap()).body(Body::empty()).unwrap();
            let admitted = Guard::new(true).admit(&config, &request);
            assert_eq!(admitted.is_ok(), served == "yes", "{row:?}");
        }
    }

    #[test]
    fn what_is_refused_is_named_once_and_no_more_than_the_log_can_bear() {
        let guard = Guard::new(true);
        for number in 0..NAMED_MAX * 2 {
            let text = format!("host{number}\u{202e}\x1b[31m{}", "x".repeat(10_000));
            for _ in 0..2 {
                assert!(guard.admit_host(&Config::default(), text.as_bytes()).is_err());
            }
        }
        let named = guard.named.lock();
        assert_eq!(named.len(), NAMED_MAX);
        assert!(named.iter().all(|name| !name.contains(['\x1b', '\u{202e}']) && name.len() < 1_000));
    }
}
