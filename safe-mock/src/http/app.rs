//! The order in which one request is answered. Each stage returns here; none calls the next.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::Method;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::cors::CorsRequest;
use super::faults::StruckFaults;
use super::guard::{Guard, Refusal};
use super::record::RequestRecord;
use super::reply::{self, Failure, Outcome};
use super::{authorization, guard, not_emulated, path, route};
use crate::call::Call;
use crate::fault::{NetworkError, NetworkView};
use crate::launcher::{Launcher, LauncherError};

/// One launcher's API and control plane.
#[derive(Debug)]
pub(crate) struct App {
    launcher: Launcher,
    control: Option<ControlPlane>,
    guard: Guard,
}

/// The routes of the control plane, which are built when the first request asks for one: the tables of a router take more memory
/// than a launcher with some sessions, and a test may have thousands of launchers.
#[derive(Debug)]
struct ControlPlane {
    build: BuildControl,
    stopping: CancellationToken,
    router: OnceLock<Router>,
}

/// Builds the routes of the control plane. Answers without an end of their own end when the token is cancelled.
pub(crate) type BuildControl = fn(&Launcher, CancellationToken) -> Router;

impl App {
    /// Serves `launcher`, in process or on a port. `control` builds the routes of the control plane, if there is to be one;
    /// `stopping` is cancelled when the port is closed.
    pub(crate) fn new(
        launcher: &Launcher,
        control: Option<BuildControl>,
        is_on_port: bool,
        stopping: CancellationToken,
    ) -> Self {
        let control = control.map(|build| ControlPlane { build, stopping, router: OnceLock::new() });
        Self { launcher: launcher.clone(), control, guard: Guard::new(is_on_port) }
    }

    /// Answers one request. These are plain calls, not layers: a layer costs as much as a small operation.
    pub(crate) async fn serve(&self, request: Request) -> Response {
        let mut record = RequestRecord::begin(&self.launcher, &request);
        let mut response = match self.guard.admit(self.launcher.config(), &request) {
            Err(refusal) => self.refuse(refusal, request, &mut record),
            Ok(None) => self.answer(request, &mut record).await,
            Ok(Some(page)) => {
                let answer = match CorsRequest::preflight(&request) {
                    Some(answer) => {
                        record.set_aside();
                        answer
                    }
                    None => self.answer(request, &mut record).await,
                };
                page.add_headers(answer)
            }
        };
        record.finish(&self.launcher, &mut response);
        response
    }

    /// The answer to a request of a host or a page that may not call.
    fn refuse(&self, refusal: Refusal, mut request: Request, record: &mut RequestRecord) -> Response {
        let is_preflight = CorsRequest::preflight(&request).is_some();
        if is_preflight || (self.control.is_some() && is_for_control(&request)) {
            record.set_aside();
        } else {
            call_of(&mut request, record);
            if matches!(refusal, Refusal::Origin(_) | Refusal::OtherSite) {
                self.launcher.page_refused(&refusal.to_string());
            }
        }
        refused(&self.launcher, Failure::Foreign(refusal), record)
    }

    /// The control plane comes first, because no fault applies to it. Then the path is made canonical (launcher
    /// behaviour §2.1) and the call is parsed, once.
    async fn answer(&self, mut request: Request, record: &mut RequestRecord) -> Response {
        if let Some(control) = self.control_for(&request) {
            record.set_aside();
            return control.oneshot(request).await.unwrap_or_else(|never| match never {});
        }
        let asked = request.uri().clone();
        let call = call_of(&mut request, record);
        let absent = not_emulated::route(call, request.method(), asked.path());
        let mut response = if self.launcher.expects_faults() {
            // Boxed, so that the future of a request without faults stays small.
            Box::pin(self.answer_with_faults(call, request, record)).await
        } else {
            self.carry_out(call, request, NetworkView::default(), None, record).await.response
        };
        if let Some(route) = absent {
            not_emulated::mark(&mut response, route);
        }
        response
    }

    /// The faults before the call, the call or a broken connection in its place, and the faults after it.
    async fn answer_with_faults(&self, call: Call, mut request: Request, record: &mut RequestRecord) -> Response {
        let faults = match StruckFaults::of(&self.launcher, call, &mut request).await {
            Ok(faults) => faults,
            Err(failure) => return refused(&self.launcher, failure, record),
        };
        record.about(faults.record());
        faults.before().await;
        let outcome = match faults.instead() {
            Some(response) => Outcome { response, network_timed_out: false },
            None => self.carry_out(call, request, faults.view(), faults.error(), record).await,
        };
        faults.after(outcome, record).await
    }

    /// The check of the token, on every path, known or not (§2.2), and then the call. With an `error`, the network
    /// answers that error and the call is not carried out.
    async fn carry_out(
        &self,
        call: Call,
        request: Request,
        view: NetworkView,
        error: Option<NetworkError>,
        record: &mut RequestRecord,
    ) -> Outcome {
        let is_head = request.method() == Method::HEAD;
        let reply = match (authorization::admit(&self.launcher, call, request, view).await, error) {
            (Err(failure), _) => Err(failure),
            (Ok((caller, _)), Some(error)) => {
                record.by(caller);
                Err(LauncherError::of_network(error, call).into())
            }
            (Ok((caller, request)), None) => {
                let reply = route::call(call, &caller, request).await;
                record.by(caller);
                reply
            }
        };
        let network_timed_out = matches!(reply, Err(Failure::Launcher(LauncherError::RequestTimeout)));
        let response = reply.unwrap_or_else(|failure| refused(&self.launcher, failure, record));
        let response = if is_head { reply::without_body(response) } else { response };
        Outcome { response, network_timed_out }
    }

    fn control_for(&self, request: &Request) -> Option<Router> {
        let control = self.control.as_ref().filter(|_| is_for_control(request))?;
        let build = || (control.build)(&self.launcher, control.stopping.clone());
        Some(control.router.get_or_init(build).clone())
    }
}

/// Whether the control plane answers: below its path, and at the root, which is no route of the API.
fn is_for_control(request: &Request) -> bool {
    let path = request.uri().path();
    guard::is_control(path) || path == "/" && matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Brings the path to its canonical form, and parses the call.
fn call_of(request: &mut Request, record: &mut RequestRecord) -> Call {
    path::canonicalise(request);
    let call = Call::parse(request.method(), request.uri().path());
    record.asks(call, request.uri().path());
    call
}

/// The answer to a request that is not carried out.
fn refused(launcher: &Launcher, failure: Failure, record: &mut RequestRecord) -> Response {
    record.failed(launcher, &failure);
    failure.into_response()
}
