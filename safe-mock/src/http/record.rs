//! Each request leaves one line in the log and one entry in the journal: never a token, never a body.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::extract::Caller;
use crate::journal::Entry;
use crate::launcher::Launcher;

/// Answers a request and writes it down.
pub async fn record(State(launcher): State<Launcher>, request: Request, next: Next) -> Response {
    let came = launcher.clock().elapsed();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let took = launcher.clock().elapsed().saturating_sub(came);
    let status = response.status().as_u16();
    let caller = response.extensions().get::<Caller>().and_then(Caller::known);
    let session = caller.map(crate::launcher::Session::number);
    tracing::info!("{method} {path} {status} {took:.1?}", path = uri.path());
    launcher.record(Entry::new(came, took, method.as_str(), uri.path(), status, session));
    response
}
