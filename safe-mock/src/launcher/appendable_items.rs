//! The items and the filter of copies of appendable data: what is read of them, and what changes in the copy alone (wider behaviour
//! §3.5). Nothing here asks who owns the data; only saving does.

use super::error::LauncherError;
use super::handle::Handle;
use super::session::Session;
use super::state::State;
use crate::network::{AppendableData, Appended, DataId, Item, ItemSet, PublicKey};

/// The two lists of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The items.
    Items,
    /// The items that were deleted.
    Deleted,
}

/// A change of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Moves the item of this index to the deleted ones.
    Remove(u64),
    /// Forgets the deleted item of this index.
    RemoveDeleted(u64),
    /// Moves the deleted item of this index back.
    Restore(u64),
    /// Moves all items to the deleted ones.
    Clear,
    /// Forgets all deleted items.
    ClearDeleted,
    /// Makes the filter one of the other kind, without keys.
    ToggleFilter,
}

/// What is done with a key of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyChange {
    /// It is added.
    Insert,
    /// It is removed.
    Remove,
}

impl State {
    /// The data id to which an item points, behind a new handle. Nothing need be stored under it.
    ///
    /// # Errors
    /// The handle is not live, there is no such item, or it is sealed for another app than the caller's.
    pub fn item_at(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
        list: List,
        index: u64,
    ) -> Result<Handle<DataId>, LauncherError> {
        let pointer = self.appended(caller, handle, list, index)?.pointer;
        let given = self.handles.insert(caller.map(|session| session.account().id()), pointer);
        self.touched.given = Some(given.number());
        Ok(given)
    }

    /// The key of the account that appended an item, behind a new handle.
    ///
    /// # Errors
    /// As [`State::item_at`].
    pub fn sign_key_at(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        list: List,
        index: u64,
    ) -> Result<Handle<PublicKey>, LauncherError> {
        let signer = self.appended(Some(session), handle, list, index)?.signer;
        Ok(self.hold(Some(session.account().id()), signer))
    }

    /// A key in the filter, behind a new handle.
    ///
    /// # Errors
    /// The handle is not live, or there is no such key.
    pub fn filter_key_at(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        index: u64,
    ) -> Result<Handle<PublicKey>, LauncherError> {
        let mut keys = self.copy(Some(session), handle)?.filter.keys().iter();
        let key = usize::try_from(index).ok().and_then(|index| keys.nth(index)).copied();
        let key = key.ok_or(LauncherError::NoSuchIndex)?;
        Ok(self.hold(Some(session.account().id()), key))
    }

    fn appended(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<AppendableData>,
        list: List,
        index: u64,
    ) -> Result<Appended, LauncherError> {
        let data = self.copy(caller, handle)?;
        let items = match list {
            List::Items => &data.items,
            List::Deleted => &data.deleted,
        };
        let index = usize::try_from(index).map_err(|_| LauncherError::NoSuchIndex)?;
        match items.get(index).ok_or(LauncherError::NoSuchIndex)? {
            Item::Public(item) => Ok(item.clone()),
            Item::Private(sealed) => {
                let session = caller.ok_or(LauncherError::SealedNeedsApp)?;
                let opened = session.key_pair().open(sealed).map_err(|_| LauncherError::ItemForAnother)?;
                Appended::decode(&opened).map_err(|_| LauncherError::ItemForAnother)
            }
        }
    }

    /// Changes a copy.
    ///
    /// # Errors
    /// The handle is not live, or there is no such item.
    pub fn change_appendable(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        change: Change,
    ) -> Result<(), LauncherError> {
        let mut data = self.copy(Some(session), handle)?.clone();
        change.apply(&mut data)?;
        self.handles.replace(handle, data);
        Ok(())
    }

    /// Adds keys to the filter of a copy, or removes them, in their order and up to the first that fails. A key that is there
    /// already, or is not there, changes nothing.
    ///
    /// # Errors
    /// The key or the copy is not live: the key is looked up first (wider behaviour §3.8).
    pub fn change_filter(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        keys: &[Handle<PublicKey>],
        change: KeyChange,
    ) -> Result<(), LauncherError> {
        let mut changed = None;
        let outcome = self.apply_keys(session, handle, keys, change, &mut changed);
        if let Some(data) = changed {
            self.handles.replace(handle, data);
        }
        outcome
    }

    /// Applies keys to `changed`, which is copied from behind the handle for the first of them.
    fn apply_keys(
        &mut self,
        session: &Session,
        handle: Handle<AppendableData>,
        keys: &[Handle<PublicKey>],
        change: KeyChange,
        changed: &mut Option<AppendableData>,
    ) -> Result<(), LauncherError> {
        for key in keys {
            let key = *self.handles.get(Some(session.account().id()), *key)?;
            let data = match changed {
                Some(data) => data,
                None => changed.insert(self.copy(Some(session), handle)?.clone()),
            };
            match change {
                KeyChange::Insert => data.filter.insert(key),
                KeyChange::Remove => data.filter.remove(&key),
            }
        }
        Ok(())
    }
}

impl Change {
    fn apply(self, data: &mut AppendableData) -> Result<(), LauncherError> {
        match self {
            Self::Remove(index) => {
                data.deleted.insert(taken(&mut data.items, index)?);
            }
            Self::RemoveDeleted(index) => {
                taken(&mut data.deleted, index)?;
            }
            Self::Restore(index) => {
                data.items.insert(taken(&mut data.deleted, index)?);
            }
            Self::Clear => {
                let items = std::mem::take(&mut data.items);
                data.deleted = items.iter().chain(data.deleted.iter()).cloned().collect();
            }
            Self::ClearDeleted => data.deleted = ItemSet::default(),
            Self::ToggleFilter => data.filter.toggle(),
        }
        Ok(())
    }
}

fn taken(items: &mut ItemSet, index: u64) -> Result<Item, LauncherError> {
    let item = usize::try_from(index).ok().and_then(|index| items.take(index));
    item.ok_or(LauncherError::NoSuchIndex)
}
