//! A record that is removed after its use.
//!
//! A record on the network stays there until its owner deletes it, and the original app deletes nothing: each of its rooms
//! can be used once. Here an [`OwnRecord`] exists before the record does, and once it is dropped, a task looks for the
//! record and deletes it, also if the launcher never confirmed that the record was stored.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::client::LauncherClient;
use super::current_session::CurrentSession;
use super::error::{HttpError, LauncherError};
use super::handle::CLEANUP_TIMEOUT;
use super::sentence::Heard;
use super::session::Session;
use crate::room::{Place, RecordName};

/// How long removing a record may take, so that no task outlives its peer for long. What was sent to store it is waited for
/// before.
pub const REMOVAL_TIMEOUT: Duration = Duration::from_secs(15);

/// How long one attempt may take. A request without a response is no reason to give up.
const REMOVAL_ATTEMPT: Duration = Duration::from_secs(4);

/// The time between the first two attempts: the original's poll interval. It doubles from one to the next.
const REMOVAL_PAUSE: Duration = Duration::from_secs(2);

/// How many contents of one record are remembered: what it held, and what it is to hold instead.
const CONTENTS_MAX: usize = 2;

/// A record that this peer stores, or may have stored. Dropping it removes the record.
pub struct OwnRecord {
    left: PendingRemoval,
    /// The last attempt to store it, if it is or may be stored. A look-up makes sense only after the attempt has ended.
    storing: Option<JoinHandle<()>>,
    /// Whether an attempt to store it was not refused for sure.
    may_be_stored: bool,
    /// Whether the launcher reported the result of the last attempt.
    is_sure: bool,
}

/// What is left of an own record, and all that removes it.
#[derive(Clone)]
pub(super) struct PendingRemoval {
    client: LauncherClient,
    /// A record may be removed with a later session than it was stored with.
    session: CurrentSession,
    leftover: Leftover,
    /// What the launcher says on its removal.
    heard: Heard,
    /// It may be dropped where no runtime is entered.
    runtime: runtime::Handle,
}

/// A record that may be on the network: where, and how it is known to be this peer's own.
#[derive(Debug, Clone)]
pub(super) struct Leftover {
    name: RecordName,
    contents: Vec<Bytes>,
}

impl OwnRecord {
    /// A record that is to hold `content` under `name`, and is not stored yet. Must be called on a runtime.
    pub fn new(client: LauncherClient, session: CurrentSession, name: RecordName, content: Bytes) -> Self {
        let left = PendingRemoval::new(client, session, Leftover { name, contents: vec![content] });
        Self { left, storing: None, may_be_stored: false, is_sure: false }
    }

    /// Where it is stored.
    pub fn name(&self) -> &RecordName {
        &self.left.leftover.name
    }

    /// What the launcher says on its removal, once that has begun.
    pub fn heard_on_removal(&self) -> Heard {
        self.left.heard.clone()
    }

    /// Changes what it is to hold. Until it is stored so, it may hold the one or the other.
    pub fn change(&mut self, content: Bytes) {
        let contents = &mut self.left.leftover.contents;
        if contents.last() != Some(&content) {
            contents.push(content);
            contents.drain(..contents.len().saturating_sub(CONTENTS_MAX));
        }
    }

    /// Stores it. Once started, this continues even if the future is dropped: a request cannot be recalled.
    ///
    /// # Errors
    ///
    /// As of [`Session::store`].
    pub async fn store(&mut self, session: Session, place: Place) -> Result<(), LauncherError> {
        let PendingRemoval { client, leftover: Leftover { name, contents }, runtime, .. } = &self.left;
        let (name, content) = (name.clone(), contents.last().cloned().unwrap_or_default());
        let (tell, told) = oneshot::channel();
        let tracker = client.removals_of(&name);
        let storing = async move {
            let stored = session.store(&name, &content, place).await;
            // The receiver may be gone; ignore.
            let _ = tell.send(stored);
        };
        self.is_sure = false;
        self.storing = Some(tracker.spawn_on(storing, runtime));
        let lost = || HttpError::Exchange("the task that stored it ended".into());
        let stored =
            told.await.unwrap_or_else(|_| Err(LauncherError::Http { request: "storing a record", source: lost() }));
        let is_unsure = stored.as_ref().is_err_and(LauncherError::leaves_open);
        self.is_sure = !is_unsure;
        self.may_be_stored |= is_unsure || stored.is_ok();
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
        let (left, is_sure) = (self.left.clone(), self.is_sure);
        let tracker = left.client.removals_of(&left.leftover.name);
        let removing = async move {
            let looks = match wait_for(storing).await {
                Some(()) if is_sure => Looks::Once,
                Some(()) => Looks::Twice,
                None => Looks::UntilItIsThere,
            };
            left.remove(looks).await;
        };
        tracker.spawn_on(removing, &self.left.runtime);
    }
}

/// How many empty look-ups prove that there is nothing to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// The launcher reported the result.
    Once,
    /// It did not, and the record may become visible a little later.
    Twice,
    /// The request may still be under way.
    UntilItIsThere,
}

/// What was sent may be stored at any moment until it is answered; a launcher that does not answer is not waited for longer
/// than for a handle. `None` if it did not.
async fn wait_for(mut storing: JoinHandle<()>) -> Option<()> {
    let ended = timeout(CLEANUP_TIMEOUT, &mut storing).await;
    if ended.is_err() {
        storing.abort();
    }
    ended.ok().map(|_| ())
}

impl PendingRemoval {
    /// Must be called on a runtime.
    pub(super) fn new(client: LauncherClient, session: CurrentSession, leftover: Leftover) -> Self {
        Self { client, session, leftover, heard: Heard::default(), runtime: runtime::Handle::current() }
    }

    /// Removes it, in a task.
    pub(super) fn begin_removal(self) {
        let (tracker, runtime) = (self.client.removals_of(&self.leftover.name), self.runtime.clone());
        tracker.spawn_on(self.remove(Looks::Twice), &runtime);
    }

    /// Removes it, or leaves it to the next session if there is none that could.
    async fn remove(self, looks: Looks) {
        let removed = timeout(REMOVAL_TIMEOUT, self.is_removed(looks)).await;
        let Self { session, leftover, .. } = self;
        let name = &leftover.name;
        match removed {
            Ok(true) => {}
            Ok(false) => {
                debug!(%name, "a record is left to the next session: for this alone no user is asked");
                session.leave(leftover);
            }
            Err(_) => debug!(%name, "a record may be left behind: the launcher does not do what it is asked"),
        }
    }

    /// `false` if there is no session that could remove it.
    async fn is_removed(&self, looks: Looks) -> bool {
        let Leftover { name, contents } = &self.leftover;
        let mut looked = 0;
        let mut pause = REMOVAL_PAUSE;
        while let Some(session) = self.session.get() {
            // An attempt that fails says nothing of the meeting.
            let _before = self.heard.take();
            match timeout(REMOVAL_ATTEMPT, session.heard_by(&self.heard).remove(name, contents)).await {
                Ok(Ok(true)) => return true,
                Ok(Ok(false)) => {
                    looked += 1;
                    if looks == Looks::Once || (looks == Looks::Twice && looked > 1) {
                        return true;
                    }
                }
                Ok(Err(LauncherError::Unauthorised { .. })) => {
                    self.session.forget(&session);
                    return false;
                }
                Ok(Err(error)) => debug!(%name, %error, "a record is not removed yet"),
                Err(_) => debug!(%name, "a record is not removed yet: the launcher does not answer"),
            }
            sleep(pause).await;
            pause *= 2;
        }
        false
    }
}

impl fmt::Debug for OwnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnRecord").field("name", self.name()).finish_non_exhaustive()
    }
}
