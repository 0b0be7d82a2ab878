//! Cipher options: how content is to be sealed when it is next written (launcher behaviour §8).

use super::account::AccountId;
use super::content::CipherOptions;
use super::error::LauncherError;
use super::handle::Handle;
use super::state::State;
use crate::network::EncryptKey;

impl State {
    /// Holds a choice behind a new handle.
    pub fn choose_cipher_options(
        &mut self,
        caller: Option<AccountId>,
        options: CipherOptions,
    ) -> Handle<CipherOptions> {
        self.hold(caller, options)
    }

    /// Holds the choice to seal for the app whose key is behind a handle. The choice stays when that handle is dropped.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn choose_encrypt_key(
        &mut self,
        caller: AccountId,
        key: Handle<EncryptKey>,
    ) -> Result<Handle<CipherOptions>, LauncherError> {
        let key = self.encrypt_key(caller, key)?;
        Ok(self.hold(Some(caller), CipherOptions::Asymmetric(key)))
    }

    /// The choice behind a handle. No handle means plain, whatever the content had before (launcher behaviour §7.5).
    ///
    /// The plain default is a constant. In the original launcher it was a handle that any client could drop; then
    /// nothing could be created any more (§11.3).
    pub(super) fn cipher_options(
        &mut self,
        caller: AccountId,
        handle: Option<Handle<CipherOptions>>,
    ) -> Result<CipherOptions, LauncherError> {
        handle.map_or(Ok(CipherOptions::Plain), |handle| self.handles.get(Some(caller), handle).copied())
    }
}
