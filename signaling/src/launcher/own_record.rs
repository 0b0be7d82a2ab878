//! A record of our own that does not outlive its use.
//!
//! What is stored on the network stays there until its owner deletes it, and the original deletes nothing: each of its rooms
//! can be used once. Here, who stores a record holds an [`OwnRecord`] before it does so, and once that is dropped a task
//! looks for the record and deletes it, whether or not anybody was told that it was stored.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::client::LauncherClient;
use super::error::{HttpError, LauncherError};
use super::handle::CLEANUP_TIMEOUT;
use super::record::Place;
use super::session::Session;
use crate::room::RecordName;

/// How long removing a record may take, so that no task outlives its peer for long.
pub const REMOVAL_TIMEOUT: Duration = Duration::from_secs(15);

/// How long one attempt may take: a request whose answer does not come is no reason to give up.
const REMOVAL_ATTEMPT: Duration = Duration::from_secs(4);

/// The time between the first two attempts: the original's poll interval. It doubles from one to the next.
const REMOVAL_PAUSE: Duration = Duration::from_secs(2);

/// The session that a peer has just now, if it has one. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct CurrentSession(Arc<Mutex<Option<Session>>>);

impl CurrentSession {
    /// The session.
    pub fn get(&self) -> Option<Session> {
        self.0.lock().clone()
    }

    /// Takes note of another one.
    pub fn set(&self, session: Session) {
        *self.0.lock() = Some(session);
    }

    /// Forgets it, because the launcher did.
    pub fn forget(&self) {
        *self.0.lock() = None;
    }
}

/// A record that this peer stores, or may have stored. Dropping it removes the record.
pub struct OwnRecord {
    client: LauncherClient,
    /// A record may be removed with a later session than it was stored with.
    session: CurrentSession,
    name: RecordName,
    content: Bytes,
    /// The last attempt to store it, if it is or may be stored. What is under way must end before anybody can look for it.
    storing: Option<JoinHandle<()>>,
    /// Whether an attempt to store it was not refused for sure.
    may_be_stored: bool,
    /// The guard may be dropped where no runtime is entered.
    runtime: runtime::Handle,
}

impl OwnRecord {
    /// A record that is to hold `content` under `name`, and is not stored yet. Must be called on a runtime.
    pub fn new(client: LauncherClient, session: CurrentSession, name: RecordName, content: Bytes) -> Self {
        Self {
            client,
            session,
            name,
            content,
            storing: None,
            may_be_stored: false,
            runtime: runtime::Handle::current(),
        }
    }

    /// Stores it. Once begun, that goes on even if this future is dropped: what was sent cannot be taken back.
    ///
    /// # Errors
    ///
    /// As of [`Session::store`].
    pub async fn store(&mut self, session: Session, place: Place) -> Result<(), LauncherError> {
        let (name, content) = (self.name.clone(), self.content.clone());
        let (tell, told) = oneshot::channel();
        let storing = async move {
            let stored = session.store(&name, &content, place).await;
            // Nobody may be there any more to hear it.
            let _ = tell.send(stored);
        };
        self.storing = Some(self.client.records().spawn_on(storing, &self.runtime));
        let lost = || HttpError::Exchange("the task that stored it ended".into());
        let stored =
            told.await.unwrap_or_else(|_| Err(LauncherError::Http { request: "storing a record", source: lost() }));
        self.may_be_stored |= stored.as_ref().map_or_else(LauncherError::leaves_open, |()| true);
        if !self.may_be_stored {
            // There is nothing to remove.
            self.storing = None;
        }
        stored
    }
}

impl Drop for OwnRecord {
    fn drop(&mut self) {
        // What was never sent, or was refused, is nowhere.
        let Some(storing) = self.storing.take() else { return };
        let (session, name, content) = (self.session.clone(), self.name.clone(), self.content.clone());
        let removing = async move {
            wait_for(storing).await;
            if timeout(REMOVAL_TIMEOUT, remove(&session, &name, &content)).await.is_err() {
                debug!(%name, "a record may be left behind: the launcher does not answer");
            }
        };
        self.client.records().spawn_on(removing, &self.runtime);
    }
}

/// What was sent may be stored at any moment until it is answered; a launcher that does not answer is not waited for longer
/// than for a handle.
async fn wait_for(mut storing: JoinHandle<()>) {
    if timeout(CLEANUP_TIMEOUT, &mut storing).await.is_err() {
        storing.abort();
    }
}

async fn remove(session: &CurrentSession, name: &RecordName, content: &Bytes) {
    let mut pause = REMOVAL_PAUSE;
    // Without a session nobody can delete it, and for this alone no user is asked.
    while let Some(session) = session.get() {
        match timeout(REMOVAL_ATTEMPT, session.remove(name, content)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => debug!(%name, %error, "a record is not removed yet"),
            Err(_) => debug!(%name, "a record is not removed yet: the launcher does not answer"),
        }
        sleep(pause).await;
        pause *= 2;
    }
    debug!(%name, "a record is left behind: there is no session to delete it with");
}

impl fmt::Debug for OwnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnRecord").field("name", &self.name).finish_non_exhaustive()
    }
}
