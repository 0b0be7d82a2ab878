//! Web pages: which origins may call.
//!
//! The original launcher allowed none (launcher behaviour §2.7). Here a page under development may call, and its
//! preflight is answered before the token check (§11.3). Pages of other origins are refused before (see `guard`).

use axum::extract::Request;
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, StatusCode};

const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// How long a browser may cache the answer to a preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "600";

/// A request from a web page that may call.
pub(crate) struct CorsRequest {
    origin: HeaderValue,
}

impl CorsRequest {
    /// The request of a page of this origin.
    pub(crate) fn new(origin: HeaderValue) -> Self {
        Self { origin }
    }

    /// The answer to a page's preflight, if this is one.
    pub(crate) fn preflight(request: &Request) -> Option<Response> {
        let asks = request.headers();
        if request.method() != Method::OPTIONS || !asks.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        let fixed = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-mock-peer, x-mock-room"),
            (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
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
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        response
    }
}
