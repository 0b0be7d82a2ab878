//! The launcher's API over HTTP: what comes in becomes typed, what goes out comes from [`reply`] alone.
//!
//! Knows requests and answers; nothing of how anything is kept. This file is the whole route table.

mod auth;
mod authorization;
mod body;
pub(crate) mod broken;
mod cipher_options;
pub mod cors;
mod data_id;
pub(crate) mod extract;
mod fault;
mod javascript;
mod number;
mod path;
mod record;
pub(crate) mod reply;
mod structured_data;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use http::Method;
use http::header::CONTENT_LENGTH;
use tower::ServiceExt;

use crate::control;
use crate::launcher::Launcher;
use cors::Page;
use record::Asked;
use reply::Failure;

/// Every route of one launcher, as a router.
pub(crate) fn router(launcher: &Launcher) -> Router {
    let serve = async |State(site): State<Arc<Site>>, request| site.serve(request).await;
    Router::new().fallback(serve).with_state(Arc::new(Site::new(launcher)))
}

/// Where the control plane is.
const CONTROL: &str = "/__mock";

/// What requests come to.
#[derive(Debug)]
pub(crate) struct Site {
    launcher: Launcher,
    control: Option<Router>,
}

impl Site {
    pub(crate) fn new(launcher: &Launcher) -> Self {
        let control = launcher.config().control.then(|| Router::new().nest(CONTROL, control::router(launcher)));
        Self { launcher: launcher.clone(), control }
    }

    /// The way of one request, from the outside in. Plain calls and no layers: each layer costs as much as a small
    /// operation.
    pub(crate) async fn serve(&self, request: Request) -> Response {
        let mut asked = Asked::note(&self.launcher, &request);
        let page = Page::behind(&self.launcher, &request);
        let mut response = match page.as_ref().and_then(|_| Page::preflight(&request)) {
            Some(answer) => answer,
            None => self.answer(request, &mut asked).await,
        };
        if let Some(page) = page {
            page.let_read(&mut response);
        }
        asked.answered(&self.launcher, &response);
        response
    }

    /// The path is brought to the one form that the table has (launcher behaviour §2.1), what shall go wrong goes wrong,
    /// the token is checked on every path, known or not (§2.2), and then it is looked up in the table.
    async fn answer(&self, mut request: Request, asked: &mut Asked) -> Response {
        let is_control =
            request.uri().path().strip_prefix(CONTROL).is_some_and(|rest| matches!(rest.get(..1), None | Some("/")));
        if let Some(control) = self.control.as_ref().filter(|_| is_control) {
            return control.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        }
        path::canonicalise(&mut request);
        fault::strike(&self.launcher, request, asked).await
    }
}

/// The table, in the order in which the launcher declared its routes. A literal segment wins over a parameter for its own
/// methods only: `PUT /structured-data/handle` is a save of the handle "handle" (§2.1).
async fn look_up(launcher: Launcher, request: Request) -> Response {
    use self::{auth as a, cipher_options as c, data_id as d, structured_data as s};
    let uri = request.uri().clone();
    let segments: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
    // What answers GET answers HEAD, and the body stays here.
    let is_head = request.method() == Method::HEAD;
    let method = if is_head { Method::GET } else { request.method().clone() };
    let response = match (method.as_str(), segments.as_slice()) {
        _ if uri.path().starts_with("//") || segments.contains(&"") => Failure::NotFound.into_response(),
        (_, ["health"]) => reply::done(),
        ("POST", ["auth"]) => a::authorise.call(request, launcher).await,
        ("GET", ["auth"]) => a::check.call(request, launcher).await,
        ("DELETE", ["auth"]) => a::revoke.call(request, launcher).await,
        ("POST", ["data-id"]) => d::deserialise.call(request, launcher).await,
        ("POST", ["data-id", "structured-data"]) => d::hold.call(request, launcher).await,
        ("GET", ["data-id", _]) => d::serialise.call(request, launcher).await,
        ("DELETE", ["data-id", _]) => d::drop_handle.call(request, launcher).await,
        ("POST", ["structured-data"]) => s::create.call(request, launcher).await,
        ("POST", ["structured-data", "deserialise"]) => s::deserialise.call(request, launcher).await,
        ("GET", ["structured-data", "handle", _]) => s::fetch.call(request, launcher).await,
        ("GET", ["structured-data", "metadata", _]) => s::metadata.call(request, launcher).await,
        ("GET", ["structured-data", "data-id", _]) => s::data_id.call(request, launcher).await,
        ("GET", ["structured-data", "serialise", _]) => s::serialise.call(request, launcher).await,
        ("GET", ["structured-data", "validate-size", _]) => s::validate_size.call(request, launcher).await,
        ("GET", ["structured-data", _] | ["structured-data", _, _]) => s::read.call(request, launcher).await,
        ("DELETE", ["structured-data", "handle", _]) => s::drop_handle.call(request, launcher).await,
        ("DELETE", ["structured-data", "unclaim", _]) => s::unclaim.call(request, launcher).await,
        ("PUT", ["structured-data", _]) => s::put.call(request, launcher).await,
        ("POST", ["structured-data", _]) => s::post.call(request, launcher).await,
        ("PATCH", ["structured-data", _]) => s::patch.call(request, launcher).await,
        ("DELETE", ["structured-data", _]) => s::delete.call(request, launcher).await,
        ("GET", ["cipher-opts", _] | ["cipher-opts", _, _]) => c::choose.call(request, launcher).await,
        ("DELETE", ["cipher-opts", _]) => c::drop_handle.call(request, launcher).await,
        ("OPTIONS", path) => methods(path).map_or_else(|| Failure::NotFound.into_response(), reply::options),
        // Unknown routes and known ones with another method answer alike (§2.6).
        _ => Failure::NotFound.into_response(),
    };
    if is_head { without_body(response) } else { response }
}

/// The head of an answer; it still tells how long the body would be.
fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response.map(|_| Body::empty())
}

/// What `OPTIONS` lists for a path, in the launcher's order (§2.1). A web page's preflight never gets here: see [`cors`].
fn methods(path: &[&str]) -> Option<&'static str> {
    match path {
        ["auth"] | ["data-id", "structured-data"] => Some("POST,GET,HEAD,DELETE"),
        ["data-id" | "structured-data"] => Some("POST"),
        ["structured-data", _] => Some("POST,GET,HEAD,PUT,PATCH,DELETE"),
        ["data-id" | "cipher-opts", _] | ["structured-data", "handle" | "unclaim", _] => Some("GET,HEAD,DELETE"),
        ["structured-data" | "cipher-opts", _, _] => Some("GET,HEAD"),
        _ => None,
    }
}
