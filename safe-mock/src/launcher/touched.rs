//! What one call touched: each operation notes it, under the lock under which it works, and the journal tells it.

use std::sync::Arc;

use bytes::Bytes;

use super::content::{CipherOptions, Sealed};
use super::session::Session;
use crate::journal::JournalApp;
use crate::network::{AppendableData, DataName, StructuredData};

/// What a call touched, as far as it came.
#[derive(Default)]
pub struct Touched {
    /// The handle that it made.
    pub given: Option<u64>,
    /// The record behind its handle, or in its body.
    pub record: Option<DataName>,
    /// The version that it read, stored, or would have stored.
    pub version: Option<u64>,
    /// The content that it read, brought or stored.
    pub content: Option<TouchedContent>,
    /// The app that asks for a session.
    pub app: Option<Arc<JournalApp>>,
    /// The session that it opened.
    pub opened: Option<Arc<Session>>,
}

/// Content that a call touched.
pub enum TouchedContent {
    /// Content that anyone can read.
    Plain(Bytes),
    /// Content that is not looked at while it passes, and how many bytes it has.
    Streamed(u64),
    /// Content that one app alone can read, and how many bytes it has.
    Sealed(usize),
}

impl Touched {
    /// Notes a snapshot: its record and its version.
    pub fn snapshot(&mut self, data: &StructuredData) {
        self.record = Some(data.name);
        self.version = Some(data.version);
    }

    /// Notes a copy of appendable data: its record and its version.
    pub fn appendable(&mut self, data: &AppendableData) {
        self.record = Some(data.name);
        self.version = Some(data.version);
    }
}

impl TouchedContent {
    /// Content that will be sealed as chosen.
    pub fn of(content: &Bytes, options: CipherOptions) -> Self {
        match options {
            CipherOptions::Plain => Self::Plain(content.clone()),
            CipherOptions::Symmetric | CipherOptions::Asymmetric(_) => Self::Sealed(content.len()),
        }
    }
}

impl From<&Sealed> for TouchedContent {
    fn from(sealed: &Sealed) -> Self {
        match sealed {
            Sealed::Plain(content) => Self::Plain(content.clone()),
            Sealed::Symmetric { .. } | Sealed::Asymmetric(_) => Self::Sealed(sealed.content_bytes()),
        }
    }
}
