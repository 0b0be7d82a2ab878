//! Each request leaves one line in the log and one entry in the journal: never a token, never a body.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::broken::BrokenConnection;
use super::extract::Caller;
use super::fault::Struck;
use crate::journal::Entry;
use crate::launcher::Launcher;

/// Answers a request and writes it down.
pub async fn record(State(launcher): State<Launcher>, request: Request, next: Next) -> Response {
    let came = launcher.clock().elapsed();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let took = launcher.clock().elapsed().saturating_sub(came);
    // A connection that breaks has no answer, and so no status.
    let status = match response.extensions().get::<BrokenConnection>() {
        Some(_) => 0,
        None => response.status().as_u16(),
    };
    let fault = response.extensions().get::<Struck>().map(|Struck(names)| names.clone());
    let caller = response.extensions().get::<Caller>().and_then(Caller::known);
    let session = caller.map(crate::launcher::Session::number);
    let path = uri.path();
    match &fault {
        None => tracing::info!("{method} {path} {status} {took:.1?}"),
        Some(fault) => tracing::info!("{method} {path} {status} {took:.1?} fault: {fault}"),
    }
    launcher.record(Entry { fault, ..Entry::new(came, took, method.as_str(), path, status, session) });
    response
}
