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

use axum::Router;
use axum::middleware::{from_fn_with_state, map_request};
use axum::routing::{MethodRouter, any, delete, get, post};

use crate::control;
use crate::launcher::Launcher;
use reply::Failure;

/// Every route of one launcher, as a service.
///
/// From the outside in: each request is recorded, a web page is let in or not, the path is brought to the one form that
/// the table has (launcher behaviour §2.1), what shall go wrong goes wrong, the token is checked on every path, known or not
/// (§2.2), and then it is looked up here.
pub(crate) fn router(launcher: &Launcher) -> Router {
    let api = api(launcher).layer(from_fn_with_state(launcher.clone(), fault::strike));
    let api = Router::new().fallback_service(api).layer(map_request(path::canonicalise));
    let mut routes = Router::new().fallback_service(api);
    if launcher.config().control {
        routes = routes.nest("/__mock", control::router(launcher));
    }
    routes
        .layer(from_fn_with_state(launcher.clone(), cors::allow))
        .layer(from_fn_with_state(launcher.clone(), record::record))
}

/// The table. A literal segment wins over a parameter for its own methods only: `PUT /structured-data/handle` is a save
/// of the handle "handle" (§2.1), so such a route lists the methods of the parameter's route again.
fn api(launcher: &Launcher) -> Router {
    use self::{auth as a, cipher_options as c, data_id as d, structured_data as s};
    // One handle after `/structured-data`: what every segment there answers to unless it says otherwise.
    let by_handle = || MethodRouter::new().put(s::put).patch(s::patch).delete(s::delete);
    Router::new()
        .route("/health", any(reply::ok))
        .route("/auth", with_options(post(a::authorise).get(a::check).delete(a::revoke), "POST,GET,HEAD,DELETE"))
        .route("/data-id", with_options(post(d::deserialise), "POST"))
        .route("/data-id/{handle}", with_options(get(d::serialise).delete(d::drop_handle), "GET,HEAD,DELETE"))
        .route(
            "/data-id/structured-data",
            with_options(post(d::hold).get(d::serialise).delete(d::drop_handle), "POST,GET,HEAD,DELETE"),
        )
        .route("/structured-data", with_options(post(s::create), "POST"))
        .route(
            "/structured-data/{handle}",
            with_options(by_handle().get(s::read).post(s::post), "POST,GET,HEAD,PUT,PATCH,DELETE"),
        )
        .route(
            "/structured-data/deserialise",
            with_options(by_handle().get(s::read).post(s::deserialise), "POST,GET,HEAD,PUT,PATCH,DELETE"),
        )
        .route("/structured-data/{handle}/{version}", with_options(get(s::read), "GET,HEAD"))
        .route("/structured-data/handle/{id}", with_options(get(s::fetch).delete(s::drop_handle), "GET,HEAD,DELETE"))
        .route("/structured-data/metadata/{handle}", with_options(get(s::metadata), "GET,HEAD"))
        .route("/structured-data/data-id/{handle}", with_options(get(s::data_id), "GET,HEAD"))
        .route("/structured-data/serialise/{handle}", with_options(get(s::serialise), "GET,HEAD"))
        .route("/structured-data/validate-size/{handle}", with_options(get(s::validate_size), "GET,HEAD"))
        .route("/structured-data/unclaim/{handle}", with_options(delete(s::unclaim).get(s::read), "GET,HEAD,DELETE"))
        .route("/cipher-opts/{type}", with_options(get(c::choose).delete(c::drop_handle), "GET,HEAD,DELETE"))
        .route("/cipher-opts/{type}/{key}", with_options(get(c::choose), "GET,HEAD"))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .with_state(launcher.clone())
}

/// Answers `OPTIONS` with the list of methods (§2.1). A web page's preflight never gets here: see [`cors`].
fn with_options(methods: MethodRouter<Launcher>, list: &'static str) -> MethodRouter<Launcher> {
    methods.options(move || async move { reply::options(list) })
}

/// Unknown routes and known ones with another method answer alike (§2.6).
async fn not_found() -> Failure {
    Failure::NotFound
}
