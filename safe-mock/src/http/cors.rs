//! Web pages: which origins may call.
//!
//! The original launcher allowed none (launcher behaviour §2.7). Here a page under development may call, and its
//! preflight is answered before the token check (§11.3). Pages of other origins are refused before (see `guard`).

use axum::extract::Request;
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The methods of the API.
const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";

/// How long a browser may cache the answer to a preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "600";

/// How many headers a preflight may ask for. The headers of a request cannot be more than the server reads.
const HEADERS_MAX: usize = 100;

/// How long one of their names may be, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// The methods of the API, and the one that the page asks for.
fn allowed_methods(asks: &HeaderMap) -> HeaderValue {
    let asked = asks.get(header::ACCESS_CONTROL_REQUEST_METHOD).map(HeaderValue::as_bytes);
    let other = asked.filter(|name| name.len() <= NAME_BYTES_MAX).and_then(|name| Method::from_bytes(name).ok());
    let other = other.filter(|method| !METHODS.split(", ").any(|known| known == method.as_str()));
    let all = other.and_then(|method| HeaderValue::try_from(format!("{METHODS}, {method}")).ok());
    all.unwrap_or(HeaderValue::from_static(METHODS))
}

/// The names of the headers that the page asks for; what is no name is left out.
fn allowed_headers(asks: &HeaderMap) -> Option<HeaderValue> {
    let lists = asks.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|list| list.to_str().ok());
    let names = lists.flat_map(|list| list.split(',')).map(str::trim).filter(|name| name.len() <= NAME_BYTES_MAX);
    let names = names.filter_map(|name| HeaderName::try_from(name).ok()).take(HEADERS_MAX);
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    (!names.is_empty()).then(|| HeaderValue::try_from(names.join(", ")).ok())?
}

/// A request from a web page that may call.
pub(crate) struct CorsRequest {
    origin: HeaderValue,
}

impl CorsRequest {
    /// The request of a page of this origin.
    pub(crate) fn new(origin: HeaderValue) -> Self {
        Self { origin }
    }

    /// The answer to a page's preflight, if this is one. It allows what the page asks for: a header that its libraries
    /// add, such as `traceparent`, means nothing to a launcher.
    pub(crate) fn preflight(request: &Request) -> Option<Response> {
        let asks = request.headers();
        if request.method() != Method::OPTIONS || !asks.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allowed_methods(asks));
        headers.extend(allowed_headers(asks).map(|names| (header::ACCESS_CONTROL_ALLOW_HEADERS, names)));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
        // Browsers require this of an https page that calls this machine (§11.3).
        if asks.contains_key(REQUEST_PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        Some(response)
    }

    /// Adds the headers that let the page read the answer.
    pub(crate) fn add_headers(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin);
        // Ranges, metadata and times of files are in headers, which a page sees only if it may.
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        response
    }
}
