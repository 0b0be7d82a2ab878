//! The journal: the last requests that a launcher answered, and what each was about.
//!
//! Bounded, and without bodies, query strings and headers that may hold a secret. Of content it keeps the size and a
//! digest, of a session description its hash: never a token, a key or a session description.

mod counts;
mod digest;
mod entry;
mod payload;
mod query;
mod ring;
mod shortened;

pub use counts::{JournalPage, JournalSummary};
pub use digest::ContentDigest;
pub use entry::{JournalApp, JournalContent, JournalEntry};
pub use payload::{Candidates, JournalPayload, PayloadType};
pub use query::JournalQuery;

pub(crate) use ring::Journal;
