//! Appendable data behind handles: copies that change in the launcher only, until their owner saves them (wider behaviour §3).
//!
//! To append goes to the network at once, and changes no copy. What changes a copy is in `appendable_items.rs`.

use bytes::Bytes;

use super::account::AccountId;
use super::error::LauncherError;
use super::handle::Handle;
use super::key_pair::seal_for;
use super::session::Session;
use super::state::State;
use crate::network::structured_data::SERIALISED_BYTES_MAX;
use crate::network::{
    Append, AppendableData, Appended, DataId, DataName, EncryptKey, FilterKind, GetError, Item, MutationError,
    PublicKey,
};

/// What an app may know of appendable data without its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendableMetadata {
    /// Whether the caller's account may change it.
    pub is_owner: bool,
    /// Its version.
    pub version: u64,
    /// What the keys in its filter mean.
    pub filter_kind: FilterKind,
    /// How many keys its filter has.
    pub filter_keys: usize,
    /// How many items it has.
    pub items: usize,
    /// How many deleted items it has.
    pub deleted: usize,
}

impl AppendableMetadata {
    fn new(data: &AppendableData, key: Option<PublicKey>) -> Self {
        Self {
            is_owner: key.is_some_and(|key| data.is_owned_by(&key)),
            version: data.version,
            filter_kind: data.filter.kind(),
            filter_keys: data.filter.keys().len(),
            items: data.items.len(),
            deleted: data.deleted.len(),
        }
    }
}

impl State {
    /// Makes appendable data behind a new handle. It is stored in the network when it is saved. Items of private data are sealed
    /// for the app of `session`.
    pub fn create_appendable(
        &mut self,
        session: &Session,
        name: DataName,
        is_private: bool,
        filter: FilterKind,
    ) -> Handle<AppendableData> {
        let account = session.account();
        let encrypt_key = is_private.then(|| session.key_pair().encrypt_key());
        let mut data = AppendableData::new(name, encrypt_key, account.key());
        if filter != data.filter.kind() {
            data.filter.toggle();
        }
        self.touched.appendable(&data);
        self.hold(Some(account.id()), data)
    }

    /// Saves a copy as new. The handle stays as it is.
    ///
    /// # Errors
    /// The handle is not live, or the network refuses.
    pub fn put_appendable(&mut self, session: &Session, handle: Handle<AppendableData>) -> Result<(), LauncherError> {
        let data = self.copy(Some(session), handle)?.clone();
        Ok(self.uplink.store()?.put_appendable(data)?)
    }

    /// Saves the filter and the deleted items of a copy as the next version, which the handle then holds: without items (wider
    /// behaviour §3.3).
    ///
    /// # Errors
    /// The handle is not live, or the network refuses; the handle is then unchanged.
    pub fn post_appendable(&mut self, session: &Session, handle: Handle<AppendableData>) -> Result<(), LauncherError> {
        let data = self.copy(Some(session), handle)?;
        if data.owners.len() > 1 {
            return Err(LauncherError::SeveralOwners);
        }
        let next = data.successor(session.account().key()).ok_or(MutationError::InvalidSuccessor)?;
        self.touched.appendable(&next);
        self.uplink.store()?.post_appendable(next.clone())?;
        self.handles.replace(handle, next);
        Ok(())
    }

    /// Appends a data id in the network, whether or not anything is stored under it. The copy behind the handle stays as it is.
    ///
    /// # Errors
    /// A handle is not live, or the network refuses: the version of the copy is old, the filter excludes the account, or the account
    /// has appended this to public data before.
    pub fn append(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        id: Handle<DataId>,
    ) -> Result<(), LauncherError> {
        let account = session.account();
        let pointer = *self.handles.get(Some(account.id()), id)?;
        let data = self.copy(Some(session), handle)?;
        let (to, version, encrypt_key) = (data.data_id(), data.version, data.encrypt_key);
        let appended = Appended::new(pointer, account.key());
        let signer = appended.signer;
        let item = match encrypt_key {
            None => Item::Public(appended),
            Some(key) => Item::Private(seal_for(key, &appended.encode(), &mut self.rng).into()),
        };
        Ok(self.uplink.store()?.append(Append { to, version, signer, item })?)
    }

    /// Copies from the network, behind a new handle each time.
    ///
    /// # Errors
    /// The data id is not live or names another kind, nothing is stored there, or it is larger than the launcher holds.
    pub fn fetch_appendable(
        &mut self,
        caller: Option<&Session>,
        id: Handle<DataId>,
    ) -> Result<(Handle<AppendableData>, AppendableMetadata), LauncherError> {
        let id = *self.handles.get(account_of(caller), id)?;
        self.touched.record = Some(id.name());
        let data = {
            let store = self.uplink.store()?;
            match id {
                DataId::PublicAppendable(_) | DataId::PrivateAppendable(_) => store.get_appendable(id)?,
                _ if store.contains(&id) => return Err(LauncherError::UnexpectedData),
                _ => return Err(GetError::NoSuchData.into()),
            }
        };
        let metadata = AppendableMetadata::new(&data, caller.map(|session| session.account().public_key()));
        Ok((self.hold_copy(caller, data)?, metadata))
    }

    /// Holds appendable data that was serialised, behind a new handle. Nothing of it is checked before it is saved. A caller without a
    /// session is asked for as the account that is logged in (wider behaviour §3.7).
    ///
    /// # Errors
    /// It is too large, or the caller has no session and no account is logged in.
    pub fn deserialise_appendable(
        &mut self,
        caller: Option<&Session>,
        data: AppendableData,
    ) -> Result<(Handle<AppendableData>, AppendableMetadata), LauncherError> {
        let key = match caller {
            Some(session) => session.account().public_key(),
            None => self.account().ok_or(LauncherError::NobodyLoggedIn)?.public_key(),
        };
        let metadata = AppendableMetadata::new(&data, Some(key));
        Ok((self.hold_copy(caller, data)?, metadata))
    }

    fn hold_copy(
        &mut self,
        caller: Option<&Session>,
        data: AppendableData,
    ) -> Result<Handle<AppendableData>, LauncherError> {
        self.touched.appendable(&data);
        let handle = self.handles.insert_if_it_fits(account_of(caller), data)?;
        self.touched.given = Some(handle.number());
        Ok(handle)
    }

    /// The metadata of a copy.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn appendable_metadata(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
    ) -> Result<AppendableMetadata, LauncherError> {
        let data = self.copy(caller, handle)?;
        Ok(AppendableMetadata::new(data, caller.map(|session| session.account().public_key())))
    }

    /// The data id of a copy, behind a new handle.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn appendable_data_id_of(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
    ) -> Result<Handle<DataId>, LauncherError> {
        let id = self.copy(caller, handle)?.data_id();
        Ok(self.hold_data_id(account_of(caller), id))
    }

    /// The key for which the items of a copy are sealed, behind a new handle: any app may seal for it.
    ///
    /// # Errors
    /// The handle is not live, or its data is public.
    pub fn encrypt_key_of(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
    ) -> Result<Handle<EncryptKey>, LauncherError> {
        let key = self.copy(Some(session), handle)?.encrypt_key.ok_or(LauncherError::NotPrivate)?;
        Ok(self.hold(Some(session.account().id()), key))
    }

    /// The bytes of a copy, with all its items.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn serialise_appendable(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
    ) -> Result<Bytes, LauncherError> {
        Ok(self.copy(Some(session), handle)?.encode().into())
    }

    /// Whether a copy is small enough for the original network.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn appendable_has_valid_size(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
    ) -> Result<bool, LauncherError> {
        Ok(self.copy(caller, handle)?.encoded_len() <= SERIALISED_BYTES_MAX)
    }

    /// Drops a handle to a copy.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_appendable(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
    ) -> Result<(), LauncherError> {
        self.copy(caller, handle)?;
        self.handles.drop_handle(account_of(caller), handle)
    }

    /// The copy behind a handle.
    pub(super) fn copy(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
    ) -> Result<&AppendableData, LauncherError> {
        let data = self.handles.get(account_of(caller), handle)?;
        self.touched.appendable(data);
        Ok(data)
    }
}

fn account_of(caller: Option<&Session>) -> Option<AccountId> {
    caller.map(|session| session.account().id())
}
