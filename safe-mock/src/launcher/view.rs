//! The public views of a launcher's state, without secrets: no private key and no token.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use super::account::{Account, AccountId};
use super::app::{App, Permission};
use super::handle::{AnyTable, HandleSummary, Handles};
use super::page::Page;
use super::session::Session;
use super::state::State;
use crate::call::{Call, HandleKind};

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

    pub(super) fn page(state: &State, after: Option<u64>, limit: Option<usize>) -> Page<Self, u64> {
        let after = AccountId(after.unwrap_or(0));
        let current = state.account().filter(|current| current.id() > after);
        let logged_in = current.map(|account| account.id());
        // The account that is logged in stands in its place, whether or not it has a session.
        let below = state.sessions.accounts_above(after).filter(|account| Some(account.id()) < logged_in);
        let above = state.sessions.accounts_above(after).filter(|account| Some(account.id()) > logged_in);
        let all = below.chain(current).chain(above);
        let views = all.map(|account| Self::new(account, Some(account.id()) == logged_in));
        Page::of(views.map(|view| (view.id.0, size_of::<Self>(), view)), limit)
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
    fn new(table: &dyn AnyTable, limit: usize) -> Self {
        let numbers = table.summaries(limit).into_iter().map(|handle| handle.number).collect();
        Self { live: table.live(), numbers }
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
    /// Writers of immutable data.
    pub writer: KindView,
    /// Readers of immutable data.
    pub reader: KindView,
    /// Public keys of apps.
    pub encrypt_key: KindView,
    /// Public signing keys of accounts.
    pub sign_key: KindView,
    /// Copies of appendable data.
    pub appendable_data: KindView,
    /// Each of them, with the request that made it: by kind, most recently used first.
    pub handles: Vec<HandleView>,
}

/// A live handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HandleView {
    /// The number that apps see.
    pub number: u64,
    /// What is behind it.
    pub kind: HandleKind,
    /// The account that it belongs to; nobody's is open to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The number of the request that made it, in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<u64>,
    /// What that request asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The session that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// The name of the record that it is about, in base64 as the API writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl HandleView {
    fn new(kind: HandleKind, handle: HandleSummary) -> Self {
        Self {
            number: handle.number,
            kind,
            account: handle.account,
            request: handle.maker.map(|maker| maker.request),
            call: handle.maker.map(|maker| maker.call),
            session: handle.maker.and_then(|maker| maker.session),
            record: handle.record.map(|name| name.to_string()),
        }
    }
}

impl HandlesView {
    pub(super) fn new(handles: &Handles, limit: usize) -> Self {
        let views = |table: &dyn AnyTable| -> Vec<HandleView> {
            let summaries = table.summaries(limit).into_iter();
            summaries.map(|handle| HandleView::new(table.kind(), handle)).collect()
        };
        Self {
            structured_data: KindView::new(&handles.structured_data, limit),
            data_id: KindView::new(&handles.data_ids, limit),
            cipher_options: KindView::new(&handles.cipher_options, limit),
            writer: KindView::new(&handles.writers, limit),
            reader: KindView::new(&handles.readers, limit),
            encrypt_key: KindView::new(&handles.encrypt_keys, limit),
            sign_key: KindView::new(&handles.sign_keys, limit),
            appendable_data: KindView::new(&handles.appendable_data, limit),
            handles: handles.tables().into_iter().flat_map(views).collect(),
        }
    }

    /// How many handles of all kinds are live.
    pub fn live(&self) -> usize {
        self.structured_data.live
            + self.data_id.live
            + self.cipher_options.live
            + self.writer.live
            + self.reader.live
            + self.encrypt_key.live
            + self.sign_key.live
            + self.appendable_data.live
    }
}
