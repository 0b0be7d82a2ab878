//! Who sends a call, for the handler that carries it out.

use std::mem;
use std::sync::Arc;

use parking_lot::Mutex;

use super::reply::{Failure, NoSession};
use crate::fault::NetworkView;
use crate::launcher::state::State;
use crate::launcher::touched::Touched;
use crate::launcher::{AccountId, Launcher, Permission, Session};

/// An app with a session, or a caller without one. The token was checked before (see `authorization`).
pub struct Caller {
    launcher: Launcher,
    session: Option<Arc<Session>>,
    view: NetworkView,
    touched: Mutex<Touched>,
}

impl Caller {
    /// A caller at `launcher` who sees the network by `view`.
    pub fn new(launcher: &Launcher, session: Option<Arc<Session>>, view: NetworkView) -> Self {
        Self { launcher: launcher.clone(), session, view, touched: Mutex::default() }
    }

    /// The launcher that is called.
    pub fn launcher(&self) -> &Launcher {
        &self.launcher
    }

    /// Carries out one operation of this call, under the lock of the launcher, and keeps what it touched.
    pub fn operate<T>(&self, operation: impl FnOnce(&mut State) -> T) -> T {
        let mut touched = self.touched.lock();
        let mut state = self.launcher.state_with(self.view);
        state.touched = mem::take(&mut touched);
        let result = operation(&mut state);
        *touched = mem::take(&mut state.touched);
        result
    }

    /// Notes what the request itself says that it is about.
    pub fn note(&self, note: impl FnOnce(&mut Touched)) {
        note(&mut self.touched.lock());
    }

    /// Who sent the call, and what it touched.
    pub fn into_parts(self) -> (Option<Arc<Session>>, Touched) {
        (self.session, self.touched.into_inner())
    }

    /// The session, if there is one.
    pub fn known(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// The account of the session, if there is one.
    pub fn account(&self) -> Option<AccountId> {
        self.known().map(|session| session.account().id())
    }

    /// The session.
    ///
    /// # Errors
    /// There is none; what that answers depends on the route (launcher behaviour §2.3).
    pub fn session(&self, otherwise: NoSession) -> Result<&Session, Failure> {
        self.known().ok_or(Failure::NoSession(otherwise))
    }

    /// The session of an app that was granted the low-level API.
    ///
    /// # Errors
    /// There is no session, or it was not granted that.
    pub fn low_level(&self) -> Result<&Session, Failure> {
        let session = self.session(NoSession::UnauthorisedAccess)?;
        if session.may(Permission::LowLevelApi) { Ok(session) } else { Err(Failure::NoPermission) }
    }
}
