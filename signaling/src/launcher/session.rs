//! The calls of an authorised app, one function each, in the order and form in which the original app's client library sent
//! them (the launcher's behaviour page, §10.1 and §10.3): a slash at the end of create, `/undefined` at the end of read.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use tokio::sync::oneshot;
use tracing::debug;

use super::call::{Call, Token, expect_ok, parse};
use super::client::LauncherClient;
use super::error::{HttpError, LauncherError};
use super::handle::{CLEANUP_TIMEOUT, DataIdHandle, HandleGuard, StructuredDataHandle};
use super::sentence::Heard;
use super::wire::{ChangeRequest, CreateRequest, DataIdRequest, FetchedAnswer, HandleAnswer, TYPE_TAG};
use crate::room::RecordName;

/// An authorised app at one launcher. Clones are the same session.
#[derive(Debug, Clone)]
pub struct Session {
    client: LauncherClient,
    token: Token,
}

/// A record as it was on the network when it was fetched.
#[derive(Debug)]
pub struct FetchedRecord {
    /// Its handle.
    pub handle: StructuredDataHandle,
    /// Whether it belongs to the account of this session. A deleted record has no owner.
    pub is_own: bool,
    /// Its version, which grows by one with each change.
    pub version: u64,
}

impl Session {
    pub(super) fn new(client: LauncherClient, token: Token) -> Self {
        Self { client, token }
    }

    /// The same session, with what the launcher says kept in `heard`.
    #[must_use]
    pub fn heard_by(&self, heard: &Heard) -> Self {
        Self { client: self.client.heard_by(heard), token: self.token.clone() }
    }

    /// Makes a data id: the name of a record, as a handle. The network is not asked.
    ///
    /// # Errors
    ///
    /// When the launcher does not answer as one, or no longer knows the session.
    pub async fn data_id(&self, name: &RecordName) -> Result<DataIdHandle, LauncherError> {
        let json = DataIdRequest { name: name.as_str(), type_tag: TYPE_TAG };
        let call = Call::new("naming a record", Method::POST, "data-id/structured-data".into()).json(&json)?;
        self.acquire(call, "data-id").await.map(|(guard, _)| DataIdHandle(guard))
    }

    /// Fetches the record that a data id names.
    ///
    /// # Errors
    ///
    /// [`LauncherError::NoSuchData`] when there is none, others when the launcher does not answer as one.
    pub async fn fetch(&self, data_id: &DataIdHandle) -> Result<FetchedRecord, LauncherError> {
        const REQUEST: &str = "fetching a record";
        let path = format!("structured-data/handle/{}", data_id.number());
        let call = Call::new(REQUEST, Method::GET, path);
        let (guard, answer) = self.acquire(call, "structured-data/handle").await?;
        let FetchedAnswer { is_owner, version } = parse(REQUEST, &answer)?;
        Ok(FetchedRecord { handle: StructuredDataHandle(guard), is_own: is_owner, version: version.0 })
    }

    /// Reads the content of a fetched record.
    ///
    /// # Errors
    ///
    /// [`LauncherError::is_emptied`] for a deleted record; others if the response is invalid.
    pub async fn read(&self, record: &StructuredDataHandle) -> Result<Bytes, LauncherError> {
        // The original passes no version, and its client library writes that down as the word `undefined`.
        let path = format!("structured-data/{}/undefined", record.number());
        self.send(Call::new("reading a record", Method::GET, path)).await
    }

    /// Makes a record at the launcher, of that version; without one it is the first. The network does not know it until
    /// [`put`](Self::put).
    ///
    /// # Errors
    ///
    /// When the launcher refuses it, or does not answer as one.
    pub async fn create(
        &self,
        name: &RecordName,
        content: &[u8],
        version: Option<u64>,
    ) -> Result<StructuredDataHandle, LauncherError> {
        let json = CreateRequest { name: name.as_str(), type_tag: TYPE_TAG, data: STANDARD.encode(content), version };
        let call = Call::new("creating a record", Method::POST, "structured-data/".into()).json(&json)?;
        self.acquire(call, "structured-data/handle").await.map(|(guard, _)| StructuredDataHandle(guard))
    }

    /// Stores a created record on the network: under a name that was never used, or one whose record was deleted.
    ///
    /// # Errors
    ///
    /// [`LauncherError::is_conflict`] for a name that is in use, or that needs another version; others if the response is
    /// invalid.
    pub async fn put(&self, record: &StructuredDataHandle) -> Result<(), LauncherError> {
        let path = format!("structured-data/{}", record.number());
        self.send(Call::new("storing a record", Method::PUT, path)).await.map(drop)
    }

    /// Changes the content of a record at the launcher. The network does not know of it until [`save`](Self::save).
    ///
    /// # Errors
    ///
    /// When the launcher refuses it, or does not answer as one.
    pub async fn change(&self, record: &StructuredDataHandle, content: &[u8]) -> Result<(), LauncherError> {
        let path = format!("structured-data/{}", record.number());
        let json = ChangeRequest { data: STANDARD.encode(content) };
        self.send(Call::new("changing a record", Method::PATCH, path).json(&json)?).await.map(drop)
    }

    /// Stores a changed record on the network, as the version after the one that was fetched.
    ///
    /// # Errors
    ///
    /// [`LauncherError::is_conflict`] for a record that has changed, or of another account; others if the response is
    /// invalid.
    pub async fn save(&self, record: &StructuredDataHandle) -> Result<(), LauncherError> {
        let path = format!("structured-data/{}", record.number());
        self.send(Call::new("replacing a record", Method::POST, path)).await.map(drop)
    }

    /// Deletes a record from the network. What is left of it is its version, from which the name can be used again.
    ///
    /// # Errors
    ///
    /// [`LauncherError::is_conflict`] for a record that has changed, or of another account; others if the response is
    /// invalid.
    pub async fn delete(&self, record: &StructuredDataHandle) -> Result<(), LauncherError> {
        let path = format!("structured-data/{}", record.number());
        self.send(Call::new("deleting a record", Method::DELETE, path)).await.map(drop)
    }

    /// Whether both are the same session.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.token == other.token
    }

    pub(super) fn client(&self) -> &LauncherClient {
        &self.client
    }

    /// Drops a handle. It does not matter to anyone whether this works.
    pub(super) async fn drop_handle(&self, path: String) {
        let call = Call::new("dropping a handle", Method::DELETE, path);
        // What the launcher says of a handle is of no interest to the meeting.
        let unheard = self.heard_by(&Heard::default());
        if let Err(error) = unheard.send_within(call, CLEANUP_TIMEOUT).await {
            debug!(%error, "a handle may be left behind");
        }
    }

    async fn send(&self, call: Call) -> Result<Bytes, LauncherError> {
        self.send_within(call, self.client.request_timeout()).await
    }

    async fn send_within(&self, call: Call, timeout: Duration) -> Result<Bytes, LauncherError> {
        let name = call.name;
        let answer = self.client.exchange(call.token(&self.token), Some(timeout)).await?;
        expect_ok(name, &answer)
    }

    /// Sends a request that returns a handle. A separate task waits for the response, so that the handle is dropped at the
    /// launcher even if the caller is gone by then.
    async fn acquire(&self, call: Call, kind: &'static str) -> Result<(HandleGuard, Bytes), LauncherError> {
        let name = call.name;
        let session = self.clone();
        let (mut answered, answer) = oneshot::channel();
        self.client.tasks().spawn(async move {
            let guard = async {
                let body = session.send(call).await?;
                let HandleAnswer { handle_id } = parse(name, &body)?;
                Ok((HandleGuard::new(session.clone(), kind, handle_id.0), body))
            };
            tokio::select! {
                guard = guard => drop(answered.send(guard)),
                () = abandoned(&mut answered) => debug!(request = name, "gave up on a request that nobody waits for"),
            }
        });
        let lost = || HttpError::Exchange("the request was abandoned".into());
        answer.await.unwrap_or_else(|_| Err(LauncherError::Http { request: name, source: lost() }))
    }
}

/// Ends some time after the receiver has gone.
async fn abandoned<T>(sender: &mut oneshot::Sender<T>) {
    sender.closed().await;
    tokio::time::sleep(CLEANUP_TIMEOUT).await;
}
