//! Each request leaves one line in the log and one entry in the journal: never a token, never a body.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, Method, Uri};

use super::broken::BrokenConnection;
use super::caller::Caller;
use super::handle_in_path;
use super::mock_headers::{PEER, ROOM};
use super::path;
use super::reply::Failure;
use super::why::{self, Asked};
use crate::call::Call;
use crate::escape::Escaped;
use crate::journal::{JournalContent, JournalEntry, JournalPayload};
use crate::launcher::faults::Named;
use crate::launcher::shared::Seen;
use crate::launcher::touched::{Touched, TouchedContent};
use crate::launcher::{Launcher, Session};
use crate::network::DataName;
use crate::rooms::{Outcome, Place};

/// What is recorded of a request before its answer.
pub struct RequestRecord {
    arrived: Duration,
    method: Method,
    uri: Uri,
    peer: Option<HeaderValue>,
    room: Option<HeaderValue>,
    is_aside: bool,
    call: Option<Call>,
    handle: Option<Named>,
    session: Option<Arc<Session>>,
    touched: Touched,
    error_code: Option<i32>,
    why: Option<String>,
    faults: Option<String>,
    is_answer_damaged: bool,
}

impl RequestRecord {
    /// Starts the record of a request.
    pub fn begin(launcher: &Launcher, request: &Request) -> Self {
        Self {
            arrived: launcher.clock().elapsed(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            peer: request.headers().get(PEER).cloned(),
            room: request.headers().get(ROOM).cloned(),
            is_aside: false,
            call: None,
            handle: None,
            session: None,
            touched: Touched::default(),
            error_code: None,
            why: None,
            faults: None,
            is_answer_damaged: false,
        }
    }

    /// Marks a request that is no call of the API: to the control plane, or a preflight. The journal has it only where
    /// the setting [`journal_all`](crate::Config::journal_all) asks for it.
    pub fn set_aside(&mut self) {
        self.is_aside = true;
    }

    /// Adds what it asks for, by its canonical path.
    pub fn asks(&mut self, call: Call, path: &str) {
        self.call = Some(call);
        self.handle = handle_in_path::named(call, path);
    }

    /// Adds the record that it is about, as it was known before the call.
    pub fn about(&mut self, record: Option<DataName>) {
        self.touched.record = record;
    }

    /// Adds who sent it, and what it touched.
    pub fn by(&mut self, caller: Caller) {
        let (session, touched) = caller.into_parts();
        self.session = session;
        self.touched = Touched { record: touched.record.or(self.touched.record), ..touched };
    }

    /// Adds why it was not carried out.
    pub fn failed(&mut self, launcher: &Launcher, failure: &Failure) {
        self.error_code = failure.code();
        if self.is_aside {
            return;
        }
        let path = path::form(self.uri.path());
        let asked = Asked {
            launcher,
            call: self.call,
            method: &self.method,
            path: &path,
            handle: self.handle,
            record: self.touched.record,
            version: self.touched.version,
        };
        self.why = Some(asked.why(failure));
    }

    /// Adds the faults that struck it, by name and joined by `+`.
    pub fn struck_by(&mut self, faults: String) {
        self.faults = Some(faults);
    }

    /// Marks a request whose answer a fault made unreadable: its client learns no more than from a lost one.
    pub fn answer_damaged(&mut self) {
        self.is_answer_damaged = true;
    }

    /// Why it failed, with the faults that struck it: an error that a rule asks for says nothing of the network.
    fn why_with_faults(&self, why: Option<String>) -> Option<String> {
        let faults = self.faults.as_deref()?;
        if faults.split('+').any(|fault| fault == "fail") {
            return Some(format!("A fault rule made it fail ({faults}): GET /__mock/faults lists the rules."));
        }
        // That the launcher is cut off is said already.
        let why = why.filter(|_| faults != "cut_off");
        why.map(|why| format!("{why} A fault struck this request: {faults}; GET /__mock/faults lists the rules."))
    }

    /// Writes it to the log and the journal, with its answer.
    pub fn finish(mut self, launcher: &Launcher, response: &mut Response) {
        let took = launcher.clock().elapsed().saturating_sub(self.arrived);
        // A broken connection has no answer, and so no status.
        let status = match response.extensions().get::<BrokenConnection>() {
            Some(_) => 0,
            None => response.status().as_u16(),
        };
        // A call that was refused before it looked at its handle has noted no record.
        if let Some(handle) = self.handle.filter(|_| self.touched.record.is_none()) {
            self.touched.record = launcher.name_behind(handle);
        }
        let (method, uri) = (self.method.clone(), self.uri.clone());
        let told = Told {
            call: self.call,
            record: self.touched.record,
            faults: self.faults.clone(),
            remark: None,
            place: None,
        };
        let is_look = self.is_aside && self.method == Method::GET && status < 400;
        let is_kept = !self.is_aside || launcher.config().journal_all;
        let seen = Seen { record: self.touched.record, outcome: self.outcome(status) };
        self.why = self.why_with_faults(self.why.clone()).or(self.why);
        let why = self.why.clone();
        let remark = if is_kept { launcher.record(seen, self.into_entry(took, status)) } else { None };
        if let Some(why) = remark.as_ref().and_then(|remark| remark.why.as_deref()).or(why.as_deref()) {
            why::add(response.headers_mut(), why);
        }
        let told = Told { remark: remark.map(|remark| remark.told), ..told }.placed(launcher);
        let (asked, path) = (Escaped(method.as_str()), Escaped(uri.path()));
        let at = At(launcher.network().is_shared().then(|| launcher.number()));
        // A window looks several times a second, and would bury the calls of apps.
        if is_look {
            tracing::debug!("{at}{asked} {path} {status} {took:.1?}{told}");
        } else {
            tracing::info!("{at}{asked} {path} {status} {took:.1?}{told}");
        }
    }

    /// What became of it. The launcher's error says whether it was carried out, also where a fault lost the answer.
    fn outcome(&self, status: u16) -> Outcome {
        match (self.error_code, status) {
            // A fault may hide what is stored.
            (Some(NO_SUCH_DATA), 1..) if self.faults.is_none() => Outcome::NothingThere,
            (None, 200) if self.is_answer_damaged => Outcome::AnswerLost,
            (None, 200) => Outcome::Done,
            (None, 0) if self.touched.version.is_some() => Outcome::AnswerLost,
            _ => Outcome::Failed,
        }
    }

    fn into_entry(self, took: Duration, status: u16) -> JournalEntry {
        let Touched { given, record, version, content, app, opened } = self.touched;
        let session = opened.or(self.session);
        let app = session.as_ref().map(|session| Arc::clone(session.journal_app())).or(app);
        let (content, payload) = match content {
            Some(TouchedContent::Plain(content)) => {
                (Some(JournalContent::of(&content)), JournalPayload::read(&content))
            }
            Some(TouchedContent::Streamed(bytes)) => (Some(JournalContent::of_size(bytes)), None),
            Some(TouchedContent::Sealed(bytes)) => (Some(JournalContent::of_size(bytes as u64)), None),
            None => (None, None),
        };
        let name = |header: HeaderValue| JournalEntry::name_in(header.as_bytes());
        JournalEntry {
            call: self.call,
            session: session.as_ref().map(|session| session.number()),
            account: session.as_ref().map(|session| session.account().id().0),
            app,
            handle: self.handle.map(|named| named.number),
            given,
            record: record.map(|record| record.to_string()),
            version,
            content,
            payload: payload.map(Box::new),
            error_code: self.error_code,
            why: self.why,
            fault: self.faults,
            peer: self.peer.map(name),
            room: self.room.map(name),
            ..JournalEntry::new(self.arrived, took, self.method.as_str(), self.uri.path(), status)
        }
    }
}

/// The code of a fetch that finds nothing (launcher behaviour §9).
const NO_SUCH_DATA: i32 = -18;

/// How many characters of the name of a record a line shows: enough to tell records apart, and to search for them.
const RECORD_CHARS: usize = 8;

/// What a line of the log says of a request behind its time.
struct Told {
    call: Option<Call>,
    record: Option<DataName>,
    remark: Option<String>,
    /// What the record is in its room.
    place: Option<Place>,
    faults: Option<String>,
}

impl Told {
    /// Adds what its record is in its room, where nothing else is said of it.
    fn placed(self, launcher: &Launcher) -> Self {
        let is_wanted = self.remark.is_none() && tracing::enabled!(tracing::Level::INFO);
        let record = self.record.filter(|_| is_wanted);
        Self { place: record.and_then(|record| launcher.network().rooms().place_of(record)), ..self }
    }
}

/// The number of the launcher, at the start of a line, where its network has several.
struct At(Option<u64>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |number| write!(f, "launcher {number}: "))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.call, self.record, &self.remark) {
            (_, _, Some(remark)) => write!(f, " {remark}")?,
            (Some(call), Some(record), None) => match &self.place {
                Some(place) => write!(f, " {call} of the {place}")?,
                None => write!(f, " {call} of {}...", &record.to_string()[..RECORD_CHARS])?,
            },
            (Some(call), None, None) => write!(f, " {call}")?,
            (None, ..) => {}
        }
        if let Some(faults) = &self.faults {
            write!(f, " fault: {faults}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::PayloadType;

    #[test]
    fn a_line_names_the_call_the_start_of_its_record_and_the_faults() {
        let told = |call, record| Told { call, record, remark: None, place: None, faults: None };
        let record = Some(DataName([7; 32]));
        let struck = Told { faults: Some("lose_answer".into()), ..told(Some(Call::Put), record) };
        assert_eq!(struck.to_string(), " put of BwcHBwcH... fault: lose_answer");
        assert_eq!(told(Some(Call::Health), None).to_string(), " health");
        assert_eq!(told(None, None).to_string(), "");
        let poll = Told { remark: Some("poll 3 of room1: nothing yet".into()), ..told(Some(Call::Fetch), record) };
        assert_eq!(poll.to_string(), " poll 3 of room1: nothing yet");
        let place = Place { what: PayloadType::Offer, number: 1, name: Some("room1".into()) };
        let dropped = Told { place: Some(place), ..told(Some(Call::DropDataId), record) };
        assert_eq!(dropped.to_string(), " drop_data_id of the offer of room1");
        assert_eq!((At(Some(2)).to_string(), At(None).to_string()), ("launcher 2: ".to_owned(), String::new()));
    }
}
