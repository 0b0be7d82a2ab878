//! What goes wrong on purpose with a call: asks the launcher, and acts on its plan.
//!
//! Stands in front of the token check, for the API alone: the control plane always works.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::broken::{self, BrokenConnection};
use super::record::Asked;
use super::reply::{Failure, OutOfReach};
use super::{authorization, body, data_id, number};
use crate::fault::call::Subject;
use crate::fault::{self, Call, Ending, Moment, Plan};
use crate::launcher::faults::Named;
use crate::launcher::{Launcher, LauncherError};
use crate::network::DataName;

/// Who sends a request, where several peers share a launcher.
const PEER: &str = "x-mock-peer";

/// For which room it is sent.
const ROOM: &str = "x-mock-room";

/// In an answer: the faults that struck, by name and joined by `+`.
const FAULT: HeaderName = HeaderName::from_static("x-mock-fault");

/// The faults that struck, by name and joined by `+`: the record of the request tells.
#[derive(Debug, Clone)]
pub struct Struck(pub String);

/// Lets a call through, or lets it go wrong.
pub async fn strike(launcher: &Launcher, request: Request, asked: &mut Asked) -> Response {
    if !launcher.expects_faults() {
        return authorization::check(launcher, request, asked).await;
    }
    // In a box, so that a call without faults carries none of this around.
    Box::pin(act(launcher, request, asked)).await
}

async fn act(launcher: &Launcher, request: Request, asked: &mut Asked) -> Response {
    let call = Call::of(request.method(), request.uri().path());
    let (mut request, record) = match record(launcher, call, request).await {
        Ok(known) => known,
        Err(failure) => return failure.into_response(),
    };
    let plan = decide(launcher, call, &request, record);
    // Asked now: after the call, its token may open nothing.
    let session = (plan.before.revoke_session || plan.after.revoke_session)
        .then(|| authorization::session(launcher, request.headers()).ok().flatten())
        .flatten()
        .map(|session| session.number());
    wait(plan.before.wait).await;
    happen(launcher, plan.before, session);
    request.extensions_mut().insert(plan.sight);
    let response = match plan.ending {
        Some(Ending::Refuse) => broken::instead_of_answer(BrokenConnection::Refused),
        Some(Ending::Reset) => broken::instead_of_answer(BrokenConnection::Reset),
        Some(Ending::Fail(error)) => match authorization::admit(launcher, request).await {
            Ok(_) => Failure::from(LauncherError::of_network(error, call)).into_response(),
            Err(failure) => failure.into_response(),
        },
        _ => authorization::check(launcher, request, asked).await,
    };
    let out_of_reach = response.extensions().get::<OutOfReach>().is_some();
    if out_of_reach {
        wait(plan.timeout).await;
    }
    happen(launcher, plan.after, session);
    wait(plan.after.wait).await;
    let names = names(&plan, out_of_reach);
    let mut response = end(plan.ending, response).await;
    if let Some(names) = names {
        // Who looks at an answer by hand should see why it is as it is.
        response.headers_mut().extend(HeaderValue::from_str(&names).ok().map(|names| (FAULT, names)));
        response.extensions_mut().insert(Struck(names));
    }
    response
}

fn decide(launcher: &Launcher, call: Call, request: &Request, record: Option<DataName>) -> Plan {
    let header = |name: &str| HeaderMap::get(request.headers(), name).map(http::HeaderValue::as_bytes);
    let method = request.method().as_str();
    launcher.decide(&fault::Request { call, method, peer: header(PEER), room: header(ROOM), record })
}

/// Which name the request is about, if any rule wants to know. A body that tells is read, and put back.
async fn record(launcher: &Launcher, call: Call, request: Request) -> Result<(Request, Option<DataName>), Failure> {
    if !launcher.wants_records() {
        return Ok((request, None));
    }
    let behind = |text: &str, named: fn(u64) -> Named| {
        number::from_text(text, 0).ok().and_then(|number| launcher.name_behind(named(number)))
    };
    let name = match call.subject(request.uri().path()) {
        Subject::Nothing => None,
        Subject::DataId(text) => behind(text, Named::DataId),
        Subject::StructuredData(text) => behind(text, Named::StructuredData),
        Subject::Body => {
            let (parts, content) = request.into_parts();
            let bytes = match body::read(content, body::PARSED_BYTES_MAX).await {
                // As whoever would have read it says.
                Err(Failure::BodyTooLarge(_)) => return Err(Failure::NotFound),
                read => read?,
            };
            let name = body::parse(&parts.headers, &bytes).and_then(|parsed| data_id::name(&parsed.value)).ok();
            return Ok((Request::from_parts(parts, Body::from(bytes)), name));
        }
    };
    Ok((request, name))
}

/// Waits, if there is anything to wait for: even a sleep of nothing takes a tick of the timer.
async fn wait(delay: Duration) {
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
}

/// What happens to the launcher.
fn happen(launcher: &Launcher, moment: Moment, session: Option<u64>) {
    if let Some(session) = session.filter(|_| moment.revoke_session) {
        launcher.revoke(session);
    }
    if moment.lose_handles {
        launcher.lose_handles();
    }
    if moment.restart {
        launcher.restart();
    }
}

/// A launcher that is cut off strikes those calls alone that reached for the network.
fn names(plan: &Plan, out_of_reach: bool) -> Option<String> {
    let mut names = plan.names.clone();
    if out_of_reach && plan.sight.cut_off && !names.contains(&"cut_off") {
        names.insert(0, "cut_off");
    }
    (!names.is_empty()).then(|| names.join("+"))
}

async fn end(ending: Option<Ending>, response: Response) -> Response {
    match ending {
        Some(Ending::LoseAnswer) => broken::instead_of_answer(BrokenConnection::AnswerLost),
        Some(Ending::CloseHalfway) => broken::halfway(response).await,
        Some(Ending::EmptyAnswer) => broken::empty(response),
        Some(Ending::CutAnswer) => broken::cut(response).await,
        Some(Ending::MalformedAnswer) => broken::malformed(response),
        Some(Ending::Refuse | Ending::Reset | Ending::Fail(_)) | None => response,
    }
}
