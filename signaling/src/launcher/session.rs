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
use super::handle::{CLEANUP_TIMEOUT, DataIdHandle, Held, StructuredDataHandle};
use super::wire::{CreateRequest, DataIdRequest, HandleAnswer, TYPE_TAG};
use crate::room::RecordName;

/// An authorised app at one launcher. Clones are the same session.
#[derive(Debug, Clone)]
pub struct Session {
    client: LauncherClient,
    token: Token,
}

impl Session {
    pub(super) fn new(client: LauncherClient, token: Token) -> Self {
        Self { client, token }
    }

    /// Makes a data id: the name of a record, as a handle. The network is not asked.
    ///
    /// # Errors
    ///
    /// When the launcher does not answer as one, or no longer knows the session.
    pub async fn data_id(&self, name: &RecordName) -> Result<DataIdHandle, LauncherError> {
        let json = DataIdRequest { name: name.as_str(), type_tag: TYPE_TAG };
        let call = Call::new("naming a record", Method::POST, "data-id/structured-data".into()).json(&json)?;
        self.acquire(call, "data-id").await.map(DataIdHandle)
    }

    /// Fetches the record that a data id names.
    ///
    /// # Errors
    ///
    /// [`LauncherError::NoSuchData`] when there is none, others when the launcher does not answer as one.
    pub async fn fetch(&self, data_id: &DataIdHandle) -> Result<StructuredDataHandle, LauncherError> {
        let path = format!("structured-data/handle/{}", data_id.number());
        let call = Call::new("fetching a record", Method::GET, path);
        self.acquire(call, "structured-data/handle").await.map(StructuredDataHandle)
    }

    /// Reads the content of a fetched record.
    ///
    /// # Errors
    ///
    /// When it has none, as after its deletion, or the launcher does not answer as one.
    pub async fn read(&self, record: &StructuredDataHandle) -> Result<Bytes, LauncherError> {
        // The original passes no version, and its client library writes that down as the word `undefined`.
        let path = format!("structured-data/{}/undefined", record.number());
        self.send(Call::new("reading a record", Method::GET, path)).await
    }

    /// Makes a record at the launcher. The network does not know it until [`put`](Self::put).
    ///
    /// # Errors
    ///
    /// When the launcher refuses it, or does not answer as one.
    pub async fn create(&self, name: &RecordName, content: &[u8]) -> Result<StructuredDataHandle, LauncherError> {
        let json = CreateRequest { name: name.as_str(), type_tag: TYPE_TAG, data: STANDARD.encode(content) };
        let call = Call::new("creating a record", Method::POST, "structured-data/".into()).json(&json)?;
        self.acquire(call, "structured-data/handle").await.map(StructuredDataHandle)
    }

    /// Stores a created record on the network.
    ///
    /// # Errors
    ///
    /// A [`LauncherError::Launcher`] with code -23 when there is one of that name already, others when the launcher does
    /// not answer as one.
    pub async fn put(&self, record: &StructuredDataHandle) -> Result<(), LauncherError> {
        let path = format!("structured-data/{}", record.number());
        self.send(Call::new("storing a record", Method::PUT, path)).await.map(drop)
    }

    /// Reads what is stored under `name`, as the original does, and leaves no handle behind.
    ///
    /// # Errors
    ///
    /// [`LauncherError::NoSuchData`] when there is nothing, others when the launcher does not answer as one.
    pub async fn read_record(&self, name: &RecordName) -> Result<Bytes, LauncherError> {
        let data_id = self.data_id(name).await?;
        let fetched = self.fetch(&data_id).await;
        // The original keeps the data id if nothing is stored, and so leaks one at each poll.
        data_id.release().await;
        let record = fetched?;
        let content = self.read(&record).await;
        record.release().await;
        content
    }

    /// Stores `content` under `name`, as the original does, and leaves no handle behind.
    ///
    /// # Errors
    ///
    /// As of [`create`](Self::create) and [`put`](Self::put).
    pub async fn publish_record(&self, name: &RecordName, content: &[u8]) -> Result<(), LauncherError> {
        let record = self.create(name, content).await?;
        let stored = self.put(&record).await;
        // The original never drops it.
        record.release().await;
        stored
    }

    pub(super) fn client(&self) -> &LauncherClient {
        &self.client
    }

    /// Drops a handle. It does not matter to anyone whether this works.
    pub(super) async fn drop_handle(&self, path: String) {
        let call = Call::new("dropping a handle", Method::DELETE, path);
        if let Err(error) = self.send_within(call, CLEANUP_TIMEOUT).await {
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

    /// Sends a request that makes the launcher give a handle. It has a task of its own, so that the handle is seen, and
    /// dropped, even if the caller is gone before the answer comes.
    async fn acquire(&self, call: Call, kind: &'static str) -> Result<Held, LauncherError> {
        let name = call.name;
        let session = self.clone();
        let (mut answered, answer) = oneshot::channel();
        self.client.tasks().spawn(async move {
            let held = async {
                let body = session.send(call).await?;
                let HandleAnswer { handle_id } = parse(name, &body)?;
                Ok(Held::new(session.clone(), kind, handle_id.0))
            };
            tokio::select! {
                held = held => drop(answered.send(held)),
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
