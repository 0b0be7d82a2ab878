//! A request and its response, as the page shows them when their step is opened.

use serde::Serialize;

use super::concern::checks_of;
use super::texts::Texts;
use crate::record::{Call, CallOutcome, Event, EventKind, RequestKind};
use crate::report::sequence::PollStep;

/// Numbers are those of texts; a field that is not known is left out.
#[derive(Debug, Serialize)]
pub(super) struct CallRow {
    /// When it was sent, in microseconds.
    s: u64,
    /// How long it took.
    d: u64,
    /// The request.
    q: usize,
    /// The response.
    a: usize,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// The content.
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<usize>,
    /// The number of the poll of which it is a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    poll: Option<usize>,
    /// The checks that judge it, by the numbers of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<usize>,
}

impl CallRow {
    pub(super) fn of(call: &Call, event: &Event, poll: Option<PollStep>, texts: &mut Texts) -> Self {
        let checks = checks_of(&EventKind::Called(call.clone()), poll.is_some());
        Self {
            s: micros(call.started),
            d: micros(event.at.saturating_sub(call.started)),
            q: texts.number(&request(call)),
            a: texts.number(&response(call)),
            r: call.name.as_ref().map(|name| texts.number(name)),
            version: call.version,
            c: call.content.map(|content| texts.number(&format!("digest {:016x}", content.0))),
            fault: call.fault.as_ref().map(|fault| texts.number(fault)),
            poll: poll.map(|poll| poll.number),
            checks: checks.iter().map(|name| texts.number(name)).collect(),
        }
    }
}

/// Whole microseconds, as far as a script can hold them.
pub(super) fn micros(time: std::time::Duration) -> u64 {
    const MAX: u64 = 1 << 53;
    u64::try_from(time.as_micros()).unwrap_or(MAX).min(MAX)
}

/// The method and the path, as the launcher's API has them.
fn request(call: &Call) -> String {
    let handle = call.target.map_or_else(|| "…".to_owned(), |handle| handle.to_string());
    match call.kind {
        RequestKind::Authorise => "POST /auth".to_owned(),
        RequestKind::NameRecord => "POST /data-id/structured-data".to_owned(),
        RequestKind::FetchRecord => format!("GET /structured-data/handle/{handle}"),
        RequestKind::ReadRecord => format!("GET /structured-data/{handle}/…"),
        RequestKind::CreateRecord => "POST /structured-data".to_owned(),
        RequestKind::ChangeRecord => format!("PATCH /structured-data/{handle}"),
        RequestKind::StoreRecord => format!("PUT /structured-data/{handle}"),
        RequestKind::UpdateRecord => format!("POST /structured-data/{handle}"),
        RequestKind::DeleteRecord => format!("DELETE /structured-data/{handle}"),
        RequestKind::DropDataId => format!("DELETE /data-id/{handle}"),
        RequestKind::DropRecord => format!("DELETE /structured-data/handle/{handle}"),
        RequestKind::Other => "a request that is not known".to_owned(),
    }
}

fn response(call: &Call) -> String {
    let code = call.code.map(|code| format!(", error code {code}")).unwrap_or_default();
    let given = call.given.map(|handle| format!(", handle {handle}")).unwrap_or_default();
    match &call.outcome {
        CallOutcome::Answered(status) => format!("status {status}{code}{given}"),
        CallOutcome::Failed(why) => format!("none: {why}"),
        CallOutcome::Abandoned => "none: the peer stopped waiting".to_owned(),
    }
}
