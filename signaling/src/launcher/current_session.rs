//! The current session of a peer. The user is asked once, not at each meeting.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard};

use super::own_record::{Leftover, PendingRemoval};
use super::session::Session;

/// The largest number of records that wait for a session that can remove them. Of more records, the oldest are given up.
pub const PENDING_REMOVALS_MAX: usize = 64;

/// The current session of a peer, if it has one. Clones share it.
#[derive(Clone, Default)]
pub struct CurrentSession(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Held while a task asks the user for a session.
    asking: AsyncMutex<()>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    /// The records that could not be removed because the session was lost. They hold no session and no client: either
    /// would hold this, and neither would ever be freed.
    leftovers: Vec<Leftover>,
}

impl CurrentSession {
    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.0.state.lock().session.clone()
    }

    /// Waits until no other task asks the user for a session. No other task can ask until the guard is dropped.
    pub async fn asking(&self) -> MutexGuard<'_, ()> {
        self.0.asking.lock().await
    }

    /// Takes note of another session, with which the removal of what was left behind begins. Answers whether there is any.
    /// Must be called on a runtime.
    pub fn set(&self, session: Session) -> bool {
        let client = session.client().clone();
        let leftovers = {
            let mut state = self.0.state.lock();
            state.session = Some(session);
            std::mem::take(&mut state.leftovers)
        };
        let are_any = !leftovers.is_empty();
        for leftover in leftovers {
            PendingRemoval::new(client.clone(), self.clone(), leftover).begin_removal();
        }
        are_any
    }

    /// Forgets the session that the launcher has forgotten, unless there is another by now.
    pub fn forget(&self, lost: &Session) {
        let session = &mut self.0.state.lock().session;
        if session.as_ref().is_some_and(|session| session.is(lost)) {
            *session = None;
        }
    }

    /// Leaves a record to the next session.
    pub(super) fn leave(&self, leftover: Leftover) {
        let leftovers = &mut self.0.state.lock().leftovers;
        leftovers.push(leftover);
        let too_many = leftovers.len().saturating_sub(PENDING_REMOVALS_MAX);
        leftovers.drain(..too_many);
    }
}

impl fmt::Debug for CurrentSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state.lock();
        f.debug_struct("CurrentSession")
            .field("session", &state.session)
            .field("leftovers", &state.leftovers.len())
            .finish_non_exhaustive()
    }
}
