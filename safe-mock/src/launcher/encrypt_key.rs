//! Public keys of apps behind handles: content is sealed for the app that has such a key (wider behaviour §4).

use super::account::AccountId;
use super::error::LauncherError;
use super::handle::Handle;
use super::state::State;
use crate::network::EncryptKey;

impl State {
    /// The key behind a handle.
    ///
    /// # Errors
    /// The handle is not live.
    pub(super) fn encrypt_key(
        &mut self,
        caller: AccountId,
        handle: Handle<EncryptKey>,
    ) -> Result<EncryptKey, LauncherError> {
        self.handles.get(Some(caller), handle).copied()
    }

    /// Drops a handle to a key.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_encrypt_key(&mut self, caller: AccountId, handle: Handle<EncryptKey>) -> Result<(), LauncherError> {
        self.handles.drop_handle(Some(caller), handle)
    }
}
