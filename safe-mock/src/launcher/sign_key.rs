//! Public signing keys of accounts behind handles: filters of appendable data name accounts by them (wider behaviour §4).

use super::error::LauncherError;
use super::handle::Handle;
use super::session::Session;
use super::state::State;
use crate::network::PublicKey;

impl State {
    /// Holds the key of the account of `session` behind a new handle.
    pub fn own_sign_key(&mut self, session: &Session) -> Handle<PublicKey> {
        let account = session.account();
        self.hold(Some(account.id()), account.public_key())
    }

    /// The bytes of a key, for another app to deserialise.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn serialise_sign_key(
        &mut self,
        session: &Session,
        handle: Handle<PublicKey>,
    ) -> Result<Vec<u8>, LauncherError> {
        Ok(self.handles.get(Some(session.account().id()), handle)?.encode())
    }

    /// Holds a serialised key behind a new handle.
    ///
    /// # Errors
    /// The bytes do not decode.
    pub fn deserialise_sign_key(
        &mut self,
        session: &Session,
        bytes: &[u8],
    ) -> Result<Handle<PublicKey>, LauncherError> {
        let key = PublicKey::decode(bytes).map_err(|_| LauncherError::Undecodable)?;
        Ok(self.hold(Some(session.account().id()), key))
    }

    /// Drops a handle to a key.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_sign_key(&mut self, session: &Session, handle: Handle<PublicKey>) -> Result<(), LauncherError> {
        self.handles.drop_handle(Some(session.account().id()), handle)
    }
}
