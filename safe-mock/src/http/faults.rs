//! The faults of one call: asks the launcher for the plan, and carries it out.
//!
//! Faults apply to the API only, before the check of the token.

use std::mem;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::HeaderValue;

use super::broken::{self, BrokenConnection};
use super::mock_headers::{FAULT, PEER, ROOM};
use super::record::RequestRecord;
use super::reply::{Failure, Outcome};
use super::{authorization, body, data_id, handle_in_path};
use crate::call::{Call, Subject};
use crate::fault::{self, NetworkError, NetworkView, Plan, ResponseFault, SideEffects};
use crate::launcher::Launcher;
use crate::network::DataName;

/// The faults that strike one call.
pub struct StruckFaults<'a> {
    launcher: &'a Launcher,
    plan: Plan,
    /// The record that the call is about, as far as it was looked for.
    record: Option<DataName>,
    /// The session that sends the call, if the plan revokes it. Looked up at the start: after the call, its token may
    /// be invalid.
    session: Option<u64>,
}

impl<'a> StruckFaults<'a> {
    /// Asks the launcher for the plan. If a rule needs the name in the body, the body is read, and put back.
    ///
    /// # Errors
    /// The body cannot be read.
    pub async fn of(launcher: &'a Launcher, call: Call, request: &mut Request) -> Result<Self, Failure> {
        let record = record(launcher, call, request).await?;
        let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
        let method = request.method().as_str();
        let plan =
            launcher.plan_faults(&fault::Request { call, method, peer: header(PEER), room: header(ROOM), record });
        let revokes = plan.before.revoke_session || plan.after.revoke_session;
        let session = revokes.then(|| authorization::session(launcher, request.headers()).ok().flatten()).flatten();
        Ok(Self { launcher, plan, record, session: session.map(|session| session.number()) })
    }

    /// The record that the call is about, if it is known.
    pub fn record(&self) -> Option<DataName> {
        self.record
    }

    /// The delay and the side effects before the call.
    pub async fn before(&self) {
        wait(self.plan.before.wait).await;
        self.apply(self.plan.before);
    }

    /// The broken connection in the place of the call, if that is planned.
    pub fn instead(&self) -> Option<Response> {
        let broken = match self.plan.response? {
            ResponseFault::Refuse => BrokenConnection::Refused,
            ResponseFault::Reset => BrokenConnection::Reset,
            _ => return None,
        };
        Some(broken::instead_of_answer(broken))
    }

    /// The error of the network in the place of the call, if that is planned.
    pub fn error(&self) -> Option<NetworkError> {
        match self.plan.response? {
            ResponseFault::Fail(error) => Some(error),
            _ => None,
        }
    }

    /// How the call sees the network.
    pub fn view(&self) -> NetworkView {
        self.plan.view
    }

    /// The side effects and the delay after the call, and the fault of its answer.
    pub async fn after(self, outcome: Outcome, record: &mut RequestRecord) -> Response {
        if outcome.network_timed_out {
            wait(self.plan.timeout).await;
        }
        self.apply(self.plan.after);
        wait(self.plan.after.wait).await;
        let mut response = damage(self.plan.response, outcome.response);
        if self.plan.response.is_some_and(is_unreadable) {
            record.answer_damaged();
        }
        if let Some(names) = names(&self.plan, outcome.network_timed_out) {
            // For a person that reads the answer.
            response.headers_mut().extend(HeaderValue::from_str(&names).ok().map(|names| (FAULT, names)));
            record.struck_by(names);
        }
        response
    }

    /// Applies side effects to the launcher.
    fn apply(&self, effects: SideEffects) {
        if let Some(session) = self.session.filter(|_| effects.revoke_session) {
            self.launcher.revoke(session);
        }
        if effects.lose_handles {
            self.launcher.lose_handles();
        }
        if effects.restart {
            self.launcher.restart();
        }
    }
}

/// The name of the record that the request is about. It is looked for in a body only if a rule needs it.
async fn record(launcher: &Launcher, call: Call, request: &mut Request) -> Result<Option<DataName>, Failure> {
    let path = request.uri().path();
    if call.subject(path) != Subject::Body {
        return Ok(handle_in_path::named(call, path).and_then(|handle| launcher.name_behind(handle)));
    }
    if !launcher.needs_records() {
        return Ok(None);
    }
    let bytes = body::read_bounded(mem::take(request.body_mut())).await?;
    *request.body_mut() = Body::from(bytes.clone());
    Ok(body::parse(request.headers(), &bytes).and_then(|parsed| data_id::name(&parsed.value)).ok())
}

/// Waits, unless the delay is zero: a sleep of zero still takes a tick of the timer.
async fn wait(delay: Duration) {
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
}

/// The names of the faults that struck. A partition strikes only the calls that tried to use the network.
fn names(plan: &Plan, network_timed_out: bool) -> Option<String> {
    let mut names = plan.names.clone();
    if network_timed_out && plan.view.partitioned && !names.contains(&"cut_off") {
        names.insert(0, "cut_off");
    }
    (!names.is_empty()).then(|| names.join("+"))
}

/// Whether the client gets an answer that it cannot read.
fn is_unreadable(fault: ResponseFault) -> bool {
    matches!(
        fault,
        ResponseFault::CloseHalfway
            | ResponseFault::EmptyAnswer
            | ResponseFault::CutAnswer
            | ResponseFault::MalformedAnswer
    )
}

fn damage(fault: Option<ResponseFault>, response: Response) -> Response {
    match fault {
        Some(ResponseFault::LoseAnswer) => broken::instead_of_answer(BrokenConnection::AnswerLost),
        Some(ResponseFault::CloseHalfway) => broken::halfway(response),
        Some(ResponseFault::EmptyAnswer) => broken::empty(response),
        Some(ResponseFault::CutAnswer) => broken::cut(response),
        Some(ResponseFault::MalformedAnswer) => broken::malformed(response),
        Some(ResponseFault::Refuse | ResponseFault::Reset | ResponseFault::Fail(_)) | None => response,
    }
}
