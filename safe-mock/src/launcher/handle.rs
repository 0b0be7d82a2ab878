//! Handles: numbers by which apps refer to objects in the launcher (launcher behaviour §4).
//!
//! One counter for all kinds, a bounded table for each; the least recently used is lost. Any caller may use any handle
//! of its own account; those that a caller without a session made are open to all (§11.3 on handles and accounts).

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;

use lru::LruCache;

use super::account::AccountId;
use super::content::CipherOptions;
use super::error::LauncherError;
use crate::network::{DataId, StructuredData};

/// The number of a handle to a `T`. A handle of one kind is unknown to every other kind.
pub struct Handle<T> {
    number: u64,
    kind: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// The handle of this number, live or not.
    pub fn new(number: u64) -> Self {
        Self { number, kind: PhantomData }
    }

    /// The number that apps see.
    pub fn number(self) -> u64 {
        self.number
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.number)
    }
}

/// An object behind a handle.
pub trait Held: Sized {
    /// The error for a handle of this kind that is not live.
    const UNKNOWN: LauncherError;

    /// The table of this kind.
    fn table(handles: &mut Handles) -> &mut Table<Self>;
}

impl Held for StructuredData {
    const UNKNOWN: LauncherError = LauncherError::UnknownStructuredData;

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.structured_data
    }
}

impl Held for DataId {
    const UNKNOWN: LauncherError = LauncherError::UnknownDataId;

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.data_ids
    }
}

impl Held for CipherOptions {
    const UNKNOWN: LauncherError = LauncherError::UnknownCipherOptions;

    fn table(handles: &mut Handles) -> &mut Table<Self> {
        &mut handles.cipher_options
    }
}

/// The live handles of one kind.
#[derive(Debug)]
pub struct Table<T> {
    live: LruCache<u64, (Option<AccountId>, T)>,
}

impl<T> Table<T> {
    fn new(capacity: NonZeroUsize) -> Self {
        // Created without a capacity, so that an idle launcher allocates nothing; `resize` sets the bound.
        let mut live = LruCache::unbounded();
        live.resize(capacity);
        Self { live }
    }

    /// How many are live.
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Their numbers, most recently used first.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.live.iter().map(|(number, _)| *number)
    }
}

/// All live handles of one launcher.
#[derive(Debug)]
pub struct Handles {
    next: u64,
    /// Snapshots of structured data.
    pub structured_data: Table<StructuredData>,
    /// Data ids.
    pub data_ids: Table<DataId>,
    /// Choices of encryption.
    pub cipher_options: Table<CipherOptions>,
}

impl Handles {
    /// No handle yet, and at most `capacity` of each kind.
    ///
    /// Numbers start at 1. The original launcher started at 0, which is false in JavaScript clients (§11.2).
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            next: 1,
            structured_data: Table::new(capacity),
            data_ids: Table::new(capacity),
            cipher_options: Table::new(capacity),
        }
    }

    /// Holds `value` for the callers of `account`, or for all. The least recently used of its kind is lost if the table
    /// is full.
    pub fn insert<T: Held>(&mut self, account: Option<AccountId>, value: T) -> Handle<T> {
        let number = self.next;
        self.next += 1;
        T::table(self).live.push(number, (account, value));
        Handle::new(number)
    }

    /// The value behind a handle, which becomes the most recently used.
    ///
    /// # Errors
    /// [`Held::UNKNOWN`] if the handle is not live, or belongs to another account.
    pub fn get<T: Held>(&mut self, caller: Option<AccountId>, handle: Handle<T>) -> Result<&mut T, LauncherError> {
        match T::table(self).live.get_mut(&handle.number) {
            Some((owner, value)) if is_open_to(*owner, caller) => Ok(value),
            _ => Err(T::UNKNOWN),
        }
    }

    /// The value behind a handle, for any caller, without making it the most recently used.
    pub fn peek<T: Held>(&mut self, handle: Handle<T>) -> Option<&T> {
        T::table(self).live.peek(&handle.number).map(|(_, value)| value)
    }

    /// Drops all handles. New handles continue to count.
    pub fn lose_all(&mut self) {
        self.structured_data.live.clear();
        self.data_ids.live.clear();
        self.cipher_options.live.clear();
    }

    /// Drops a handle.
    ///
    /// # Errors
    /// As [`Handles::get`].
    pub fn drop_handle<T: Held>(&mut self, caller: Option<AccountId>, handle: Handle<T>) -> Result<(), LauncherError> {
        self.get(caller, handle)?;
        T::table(self).live.pop(&handle.number);
        Ok(())
    }
}

fn is_open_to(owner: Option<AccountId>, caller: Option<AccountId>) -> bool {
    owner.is_none() || caller.is_none() || owner == caller
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::HANDLES_MAX;
    use crate::network::{DataName, TypeTag};

    const A: Option<AccountId> = Some(AccountId(1));
    const B: Option<AccountId> = Some(AccountId(2));

    fn id(byte: u8) -> DataId {
        DataId::Structured(DataName([byte; 32]), TypeTag::UNVERSIONED)
    }

    fn handles() -> Handles {
        Handles::new(NonZeroUsize::new(HANDLES_MAX).unwrap())
    }

    #[test]
    fn one_counter_serves_every_kind() {
        let mut handles = handles();
        assert_eq!(handles.insert(A, id(0)).number(), 1);
        assert_eq!(handles.insert(A, CipherOptions::Plain).number(), 2);
        assert_eq!(handles.insert(A, id(0)).number(), 3);
    }

    #[test]
    fn a_handle_of_another_kind_is_unknown() {
        let mut handles = handles();
        let number = handles.insert(A, id(0)).number();
        let wrong = Handle::<CipherOptions>::new(number);
        assert_eq!(handles.get(A, wrong).err(), Some(LauncherError::UnknownCipherOptions));
    }

    #[test]
    fn the_least_recently_used_is_lost() {
        let mut handles = handles();
        let [first, second] = [handles.insert(A, id(1)), handles.insert(A, id(2))];
        for byte in 3..=100 {
            handles.insert(A, id(byte));
        }
        handles.get(A, first).unwrap();
        handles.insert(A, id(101));
        assert!(handles.get(A, first).is_ok());
        assert_eq!(handles.get(A, second).err(), Some(LauncherError::UnknownDataId));
        assert_eq!(handles.data_ids.len(), HANDLES_MAX);
    }

    #[test]
    fn a_dropped_handle_is_unknown() {
        let mut handles = handles();
        let handle = handles.insert(A, id(1));
        assert_eq!(handles.drop_handle(A, handle), Ok(()));
        assert_eq!(handles.drop_handle(A, handle), Err(LauncherError::UnknownDataId));
    }

    #[test]
    fn another_account_cannot_use_a_handle_but_a_caller_without_a_session_can() {
        let mut handles = handles();
        let handle = handles.insert(A, id(1));
        assert!(handles.get(B, handle).is_err());
        assert!(handles.get(None, handle).is_ok());
        let open = handles.insert(None, id(2));
        assert!(handles.get(B, open).is_ok());
    }
}
