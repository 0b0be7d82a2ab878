//! Each request leaves one line in the log and one entry in the journal: never a token, never a body.

use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::{Method, Uri};

use super::broken::BrokenConnection;
use crate::escape::Escaped;
use crate::journal::JournalEntry;
use crate::launcher::{Launcher, Session};

/// What is recorded of a request before its answer.
pub struct RequestRecord {
    arrived: Duration,
    method: Method,
    uri: Uri,
    session: Option<u64>,
    faults: Option<String>,
}

impl RequestRecord {
    /// Starts the record of a request.
    pub fn begin(launcher: &Launcher, request: &Request) -> Self {
        Self {
            arrived: launcher.clock().elapsed(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            session: None,
            faults: None,
        }
    }

    /// Adds the session that sent it.
    pub fn by(&mut self, session: Option<&Session>) {
        self.session = session.map(Session::number);
    }

    /// Adds the faults that struck it, by name and joined by `+`.
    pub fn struck_by(&mut self, faults: String) {
        self.faults = Some(faults);
    }

    /// Writes it to the log and the journal, with its answer.
    pub fn finish(self, launcher: &Launcher, response: &Response) {
        let Self { arrived, method, uri, session, faults } = self;
        let took = launcher.clock().elapsed().saturating_sub(arrived);
        // A broken connection has no answer, and so no status.
        let status = match response.extensions().get::<BrokenConnection>() {
            Some(_) => 0,
            None => response.status().as_u16(),
        };
        let path = uri.path();
        match &faults {
            None => tracing::info!("{} {} {status} {took:.1?}", Escaped(method.as_str()), Escaped(path)),
            Some(faults) => {
                tracing::info!("{} {} {status} {took:.1?} fault: {faults}", Escaped(method.as_str()), Escaped(path));
            }
        }
        launcher.record(JournalEntry {
            fault: faults,
            ..JournalEntry::new(arrived, took, method.as_str(), path, status, session)
        });
    }
}
