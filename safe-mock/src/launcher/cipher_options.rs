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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::builder::Builder;
    use crate::launcher::structured_data::{Draft, Wanted};
    use crate::launcher::{App, Launcher, Permission, Session};
    use crate::network::{DataName, TypeTag};

    async fn session(launcher: &Launcher, id: &str) -> Arc<Session> {
        let app = App { name: "n".into(), id: id.into(), vendor: "v".into(), version: "1".into() };
        launcher.authorise(app, vec![Permission::LowLevelApi]).await.unwrap()
    }

    #[tokio::test]
    async fn structured_data_that_is_sealed_for_an_app_opens_with_it_alone() {
        let launcher = Builder::default().seed(1).build();
        let [writing, reading] = [session(&launcher, "writes").await, session(&launcher, "reads").await];
        let account = writing.account().id();
        let mut state = launcher.state();
        let key = state.hold(Some(account), reading.key_pair().encrypt_key());
        let options = Some(state.choose_encrypt_key(account, key).unwrap());
        for tag in [TypeTag::UNVERSIONED, TypeTag::VERSIONED, TypeTag::FIRST_CUSTOM] {
            let content = Bytes::from_static(b"for you");
            let draft = Draft { name: DataName([1; 32]), tag, content, version: 0, cipher_options: options };
            let data = state.create(&writing, draft).unwrap();
            let mut read = |caller: Option<&Session>| state.read(caller, data, Wanted::Latest);
            assert_eq!(read(Some(&reading)), Ok(Bytes::from_static(b"for you")));
            assert_eq!(read(Some(&writing)), Err(LauncherError::SealedForAnother));
            assert_eq!(read(None), Err(LauncherError::SealedNeedsApp));
            state.patch(&writing, data, Bytes::from_static(b"for all"), None).unwrap();
            assert_eq!(state.read(None, data, Wanted::Latest), Ok(Bytes::from_static(b"for all")));
        }
    }

    #[tokio::test]
    async fn the_key_pair_of_an_app_is_the_same_in_every_session_and_another_in_every_account() {
        let launcher = Builder::default().seed(1).build();
        let key = |session: &Session| session.key_pair().encrypt_key();
        let first = session(&launcher, "reads").await;
        launcher.revoke(first.number());
        let again = session(&launcher, "reads").await;
        assert!(first.number() != again.number() && key(&first) == key(&again));
        assert_ne!(key(&first), key(&*session(&launcher, "writes").await));
        launcher.log_in_new_account();
        assert_ne!(key(&first), key(&*session(&launcher, "reads").await));
    }
}
