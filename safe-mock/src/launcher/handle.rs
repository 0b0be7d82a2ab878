//! Handles: numbers by which apps refer to objects in the launcher (launcher behaviour §4).
//!
//! One counter for all kinds, a table for each, bounded in number and in bytes; the least recently used is lost. Any caller may use any handle
//! of its own account; those that a caller without a session made are open to all (§11.3 on handles and accounts).

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;

use super::account::AccountId;
use super::content::CipherOptions;
use super::error::LauncherError;
use super::lost_handles::{End, HandleFate, LostHandles};
use super::memory::Shares;
use super::reader::Reader;
use super::recent::Recent;
use super::upload::Upload;
use crate::call::{Call, HandleKind};
use crate::network::{AppendableData, DataId, DataName, EncryptKey, PublicKey, StructuredData};

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

    /// The kind.
    const KIND: HandleKind;

    /// The record that the object is about.
    fn record(&self) -> Option<DataName>;

    /// The table of this kind.
    fn table(handles: &mut Handles) -> &mut Table<Self>;

    /// How many bytes the object holds, its own fields included.
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// The request that made a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maker {
    /// Its number in the journal.
    pub request: u64,
    /// What it asked for.
    pub call: Call,
    /// The session that sent it.
    pub session: Option<u64>,
}

/// An object behind a handle, and whose it is.
#[derive(Debug)]
pub struct Owned<T> {
    /// The account that it belongs to; nobody's is open to all.
    pub account: Option<AccountId>,
    /// The request that made it, once that request is in the journal.
    pub maker: Option<Maker>,
    /// The object.
    pub value: T,
}

/// How many kinds of handles there are.
pub const KINDS: usize = 8;

/// The live handles of one kind.
pub type Table<T> = Recent<Owned<T>>;

/// A live handle, without its object.
#[derive(Debug, Clone, Copy)]
pub struct HandleSummary {
    /// The number that apps see.
    pub number: u64,
    /// The account that it belongs to; nobody's is open to all.
    pub account: Option<AccountId>,
    /// The request that made it.
    pub maker: Option<Maker>,
    /// The record that its object is about.
    pub record: Option<DataName>,
}

/// What the tables of all kinds have in common.
pub trait AnyTable {
    /// The kind of its handles.
    fn kind(&self) -> HandleKind;

    /// How many are live.
    fn live(&self) -> usize;

    /// How many bytes they hold, overhead included.
    fn held_bytes(&self) -> usize;

    /// A live handle.
    fn summary(&self, number: u64) -> Option<HandleSummary>;

    /// The live handles, most recently used first, at most `limit`.
    fn summaries(&self, limit: usize) -> Vec<HandleSummary>;

    /// Notes which request made a handle, if it is in this table.
    fn note_maker(&mut self, number: u64, maker: Maker);
}

impl<T: Held> AnyTable for Table<T> {
    fn kind(&self) -> HandleKind {
        T::KIND
    }

    fn live(&self) -> usize {
        self.len()
    }

    fn held_bytes(&self) -> usize {
        self.bytes()
    }

    fn summary(&self, number: u64) -> Option<HandleSummary> {
        self.peek(number).map(|held| summary(number, held))
    }

    fn summaries(&self, limit: usize) -> Vec<HandleSummary> {
        self.used_last().take(limit).map(|(number, held)| summary(number, held)).collect()
    }

    fn note_maker(&mut self, number: u64, maker: Maker) {
        if let Some(held) = self.peek_mut(number) {
            held.maker = Some(maker);
        }
    }
}

fn summary<T: Held>(number: u64, held: &Owned<T>) -> HandleSummary {
    HandleSummary { number, account: held.account, maker: held.maker, record: held.value.record() }
}

/// All live handles of one launcher.
#[derive(Debug)]
pub struct Handles {
    next: u64,
    changes: u64,
    /// Snapshots of structured data.
    pub structured_data: Table<StructuredData>,
    /// Data ids.
    pub data_ids: Table<DataId>,
    /// Choices of encryption.
    pub cipher_options: Table<CipherOptions>,
    /// Writers of immutable data. The budget of content counts what they hold.
    pub writers: Table<Upload>,
    /// Readers of immutable data.
    pub readers: Table<Reader>,
    /// Public keys of apps.
    pub encrypt_keys: Table<EncryptKey>,
    /// Public signing keys of accounts.
    pub sign_keys: Table<PublicKey>,
    /// Copies of appendable data.
    pub appendable_data: Table<AppendableData>,
    lost: LostHandles,
}

impl Handles {
    /// No handle yet, at most `capacity` of each kind, and at most the bytes of each share.
    ///
    /// Numbers start at 1. The original launcher started at 0, which is false in JavaScript clients (§11.2).
    pub fn new(capacity: NonZeroUsize, shares: Shares) -> Self {
        Self {
            next: 1,
            changes: 0,
            structured_data: Table::new(capacity, shares.structured_data),
            data_ids: Table::new(capacity, shares.data_ids),
            cipher_options: Table::new(capacity, shares.cipher_options),
            writers: Table::new(capacity, shares.writers),
            readers: Table::new(capacity, shares.readers),
            encrypt_keys: Table::new(capacity, shares.encrypt_keys),
            sign_keys: Table::new(capacity, shares.sign_keys),
            appendable_data: Table::new(capacity, shares.appendable_data),
            lost: LostHandles::default(),
        }
    }

    /// Holds `value` for the callers of `account`, or for all. The least recently used of its kind are lost if the
    /// table is full.
    pub fn insert<T: Held>(&mut self, account: Option<AccountId>, value: T) -> Handle<T> {
        let number = self.next;
        self.next += 1;
        self.changes += 1;
        let bytes = value.bytes();
        self.put(number, Owned { account, maker: None, value }, bytes);
        Handle::new(number)
    }

    /// As [`Handles::insert`], for a value of any size.
    ///
    /// # Errors
    /// [`LauncherError::TooLarge`] for a value that is larger than the share of its kind.
    pub fn insert_if_it_fits<T: Held>(
        &mut self,
        account: Option<AccountId>,
        value: T,
    ) -> Result<Handle<T>, LauncherError> {
        let table = T::table(self);
        if table.has_room_for(value.bytes()) { Ok(self.insert(account, value)) } else { Err(LauncherError::TooLarge) }
    }

    /// The value behind a handle, which becomes the most recently used.
    ///
    /// # Errors
    /// [`Held::UNKNOWN`] if the handle is not live, or belongs to another account.
    pub fn get<T: Held>(&mut self, caller: Option<AccountId>, handle: Handle<T>) -> Result<&T, LauncherError> {
        match T::table(self).get(handle.number) {
            Some(held) if is_open_to(held.account, caller) => Ok(&held.value),
            _ => Err(T::UNKNOWN),
        }
    }

    /// As [`Handles::get`], to change the value without a change of its size.
    ///
    /// # Errors
    /// As [`Handles::get`].
    pub fn get_mut<T: Held>(&mut self, caller: Option<AccountId>, handle: Handle<T>) -> Result<&mut T, LauncherError> {
        self.get(caller, handle)?;
        T::table(self).peek_mut(handle.number).map(|held| &mut held.value).ok_or(T::UNKNOWN)
    }

    /// Replaces the value behind a handle, which keeps its account. A handle that is not live stays so.
    pub fn replace<T: Held>(&mut self, handle: Handle<T>, value: T) {
        let bytes = value.bytes();
        if let Some(&Owned { account, maker, .. }) = T::table(self).peek(handle.number) {
            self.put(handle.number, Owned { account, maker, value }, bytes);
        }
    }

    fn put<T: Held>(&mut self, number: u64, held: Owned<T>, bytes: usize) {
        let lost = T::table(self).insert(number, held, bytes);
        for (displaced, _) in lost.into_iter().filter(|(lost, _)| *lost != number) {
            self.lost.add(displaced, End::Displaced);
        }
    }

    /// The tables, one for each kind.
    pub fn tables(&self) -> [&dyn AnyTable; KINDS] {
        [
            &self.structured_data,
            &self.data_ids,
            &self.cipher_options,
            &self.writers,
            &self.readers,
            &self.encrypt_keys,
            &self.sign_keys,
            &self.appendable_data,
        ]
    }

    fn tables_mut(&mut self) -> [&mut dyn AnyTable; KINDS] {
        [
            &mut self.structured_data,
            &mut self.data_ids,
            &mut self.cipher_options,
            &mut self.writers,
            &mut self.readers,
            &mut self.encrypt_keys,
            &mut self.sign_keys,
            &mut self.appendable_data,
        ]
    }

    /// Notes which request made a handle, if the handle is live.
    pub fn made_by(&mut self, number: u64, maker: Maker) {
        for table in self.tables_mut() {
            table.note_maker(number, maker);
        }
    }

    /// Why a handle of some kind is unknown to a caller.
    pub fn fate(&self, number: u64, wanted: HandleKind) -> HandleFate {
        match self.tables().into_iter().find(|table| table.summary(number).is_some()).map(AnyTable::kind) {
            Some(kind) if kind == wanted => HandleFate::OfAnotherAccount,
            Some(kind) => HandleFate::OfKind(kind),
            None if number >= self.next || number == 0 => HandleFate::NeverMade(self.next - 1),
            None => self.lost.fate(number),
        }
    }

    /// The record behind a live handle, for any caller, without making it the most recently used.
    pub fn record_behind(&self, kind: HandleKind, number: u64) -> Option<DataName> {
        let table = self.tables().into_iter().find(|table| table.kind() == kind)?;
        table.summary(number)?.record
    }

    /// How often a handle was made or dropped, and how often all were lost.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many bytes all handles hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.tables().into_iter().map(AnyTable::held_bytes).sum()
    }

    /// Removes all handles, and returns them: to drop many takes time. New handles continue to count.
    pub fn take(&mut self) -> Self {
        self.lost.all(self.next);
        self.changes += 1;
        Self {
            lost: LostHandles::default(),
            next: self.next,
            changes: self.changes,
            structured_data: self.structured_data.take(),
            data_ids: self.data_ids.take(),
            cipher_options: self.cipher_options.take(),
            writers: self.writers.take(),
            readers: self.readers.take(),
            encrypt_keys: self.encrypt_keys.take(),
            sign_keys: self.sign_keys.take(),
            appendable_data: self.appendable_data.take(),
        }
    }

    /// As [`Handles::take`]. New handles count from 1 again.
    pub fn take_and_restart(&mut self) -> Self {
        let taken = self.take();
        self.next = 1;
        self.lost = LostHandles::default();
        taken
    }

    /// Drops a handle.
    ///
    /// # Errors
    /// As [`Handles::get`].
    pub fn drop_handle<T: Held>(&mut self, caller: Option<AccountId>, handle: Handle<T>) -> Result<(), LauncherError> {
        self.get(caller, handle)?;
        T::table(self).remove(handle.number);
        self.lost.add(handle.number, End::Dropped);
        self.changes += 1;
        Ok(())
    }
}

fn is_open_to(owner: Option<AccountId>, caller: Option<AccountId>) -> bool {
    owner.is_none() || caller.is_none() || owner == caller
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HANDLES_MAX, MEMORY_BYTES_MAX};
    use crate::network::{DataName, TypeTag};

    const A: Option<AccountId> = Some(AccountId(1));
    const B: Option<AccountId> = Some(AccountId(2));

    fn id(byte: u8) -> DataId {
        DataId::Structured(DataName([byte; 32]), TypeTag::UNVERSIONED)
    }

    fn handles() -> Handles {
        Handles::new(NonZeroUsize::new(HANDLES_MAX).unwrap(), Shares::of(MEMORY_BYTES_MAX))
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
