//! Handles of a launcher, as guards: each is dropped at the launcher in every case.
//!
//! A launcher keeps a handle until it is dropped or displaced by a hundred others. On the normal path the driver waits for
//! the drop; where a future is dropped, a task drops its handles.

use std::fmt;
use std::time::Duration;

use tokio::runtime;
use tokio::task::JoinHandle;

use super::session::Session;

/// How long dropping a handle may take, so that no task outlives its peer for long.
pub(super) const CLEANUP_TIMEOUT: Duration = Duration::from_secs(5);

/// The name of a record, at the launcher.
#[derive(Debug)]
pub struct DataIdHandle(pub(super) HandleGuard);

/// A record, at the launcher.
#[derive(Debug)]
pub struct StructuredDataHandle(pub(super) HandleGuard);

impl DataIdHandle {
    /// The launcher's number for it.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Drops it at the launcher, and waits for that. Once begun, it is done even if this future is dropped.
    pub async fn release(self) {
        self.0.release().await;
    }
}

impl StructuredDataHandle {
    /// The launcher's number for it.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Drops it at the launcher, and waits for that. Once begun, it is done even if this future is dropped.
    pub async fn release(self) {
        self.0.release().await;
    }
}

/// What both kinds have in common.
pub(super) struct HandleGuard {
    session: Session,
    /// The path under which this kind is dropped.
    kind: &'static str,
    number: u64,
    released: bool,
    /// The guard may be dropped where no runtime is entered.
    runtime: runtime::Handle,
}

impl HandleGuard {
    /// Must be called on a runtime.
    pub(super) fn new(session: Session, kind: &'static str, number: u64) -> Self {
        Self { session, kind, number, released: false, runtime: runtime::Handle::current() }
    }

    async fn release(mut self) {
        if let Some(releasing) = self.begin_release() {
            // It fails only when the runtime shuts down; ignore.
            let _ = releasing.await;
        }
    }

    fn begin_release(&mut self) -> Option<JoinHandle<()>> {
        if std::mem::replace(&mut self.released, true) {
            return None;
        }
        let session = self.session.clone();
        let path = format!("{}/{}", self.kind, self.number);
        let dropping = async move { session.drop_handle(path).await };
        Some(self.session.client().tasks().spawn_on(dropping, &self.runtime))
    }
}

impl Drop for HandleGuard {
    fn drop(&mut self) {
        drop(self.begin_release());
    }
}

impl fmt::Debug for HandleGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.number)
    }
}
