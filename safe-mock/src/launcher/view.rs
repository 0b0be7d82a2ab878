//! The public views of a launcher's state, without secrets: no private key and no token.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use super::account::{Account, AccountId};
use super::app::{App, Permission};
use super::handle::{Handles, Table};
use super::session::Session;
use super::state::State;

/// An account, without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountView {
    /// Its number in this launcher.
    pub id: AccountId,
    /// The key that owns what it stores, in base64.
    pub public_key: String,
    /// Whether it is the one that is logged in.
    pub logged_in: bool,
}

impl AccountView {
    pub(super) fn new(account: &Account, logged_in: bool) -> Self {
        Self { id: account.id(), public_key: STANDARD.encode(account.public_key().0), logged_in }
    }

    pub(super) fn all(state: &State) -> Vec<Self> {
        let current = state.account().map(|account| account.id());
        let mut accounts = BTreeMap::new();
        for session in state.sessions.list() {
            let account = session.account();
            accounts.entry(account.id()).or_insert_with(|| Self::new(account, Some(account.id()) == current));
        }
        if let Some(account) = state.account() {
            accounts.entry(account.id()).or_insert_with(|| Self::new(account, true));
        }
        accounts.into_values().collect()
    }
}

/// A session, without its key and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SessionView {
    /// Its number, by which it is revoked.
    pub id: u64,
    /// The account it acts for.
    pub account: AccountId,
    /// The app that was let in.
    pub app: App,
    /// What it was granted.
    pub permissions: Vec<Permission>,
}

impl SessionView {
    pub(super) fn new(session: &Session) -> Self {
        Self {
            id: session.number(),
            account: session.account().id(),
            app: session.app().clone(),
            permissions: session.permissions().to_vec(),
        }
    }
}

/// The live handles of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KindView {
    /// How many.
    pub live: usize,
    /// Their numbers, most recently used first.
    pub numbers: Vec<u64>,
}

impl KindView {
    fn new<T>(table: &Table<T>) -> Self {
        Self { live: table.len(), numbers: table.numbers().collect() }
    }
}

/// The live handles, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HandlesView {
    /// Snapshots of structured data.
    pub structured_data: KindView,
    /// Data ids.
    pub data_id: KindView,
    /// Choices of encryption.
    pub cipher_options: KindView,
}

impl HandlesView {
    pub(super) fn new(handles: &Handles) -> Self {
        Self {
            structured_data: KindView::new(&handles.structured_data),
            data_id: KindView::new(&handles.data_ids),
            cipher_options: KindView::new(&handles.cipher_options),
        }
    }

    /// How many handles of all kinds are live.
    pub fn live(&self) -> usize {
        self.structured_data.live + self.data_id.live + self.cipher_options.live
    }
}
