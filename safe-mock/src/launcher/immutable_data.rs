//! Immutable data behind handles: a writer takes content piece by piece and stores it when it is closed, a reader reads it
//! part by part (wider behaviour §2).
//!
//! The content is stored as chunks, and their data map, sealed as chosen, as one more record: its name is the data id.

use super::content::{CipherOptions, Sealed};
use super::error::LauncherError;
use super::handle::Handle;
use super::readable_content::ReadableContent;
use super::reader::Reader;
use super::session::Session;
use super::state::State;
use super::touched::TouchedContent;
use super::upload::Upload;
use crate::network::{DataId, DataMap, GetError, ImmutableData};

impl State {
    /// A writer without content, behind a new handle.
    pub fn open_writer(&mut self, session: &Session) -> Handle<Upload> {
        let writer = self.begin_upload();
        self.hold(Some(session.account().id()), writer)
    }

    /// Content that an app is about to send.
    pub fn begin_upload(&self) -> Upload {
        Upload::new(&self.content_budget)
    }

    /// Makes sure that so many more bytes may be written.
    ///
    /// # Errors
    /// The handle is not live; there is more content under way than the launcher may hold.
    pub fn expect_to_write(
        &mut self,
        session: &Session,
        writer: Handle<Upload>,
        bytes: u64,
    ) -> Result<(), LauncherError> {
        self.handles.get(Some(session.account().id()), writer)?.expect(bytes)
    }

    /// Appends to the content of a writer.
    ///
    /// # Errors
    /// As [`State::expect_to_write`].
    pub fn write(&mut self, session: &Session, writer: Handle<Upload>, piece: &[u8]) -> Result<(), LauncherError> {
        self.handles.get_mut(Some(session.account().id()), writer)?.push(piece)
    }

    /// Stores the content of a writer, and returns a handle to its data id. The writer stays: its content goes on, or begins
    /// anew if there was little of it (wider behaviour §2.4). That is also so if the cipher options are not live.
    ///
    /// # Errors
    /// A handle is not live; the network refuses.
    pub fn close_writer(
        &mut self,
        session: &Session,
        writer: Handle<Upload>,
        cipher_options: Option<Handle<CipherOptions>>,
    ) -> Result<Handle<DataId>, LauncherError> {
        let account = session.account().id();
        let upload = self.handles.get_mut(Some(account), writer)?;
        let map = upload.store(&mut *self.uplink.store()?)?;
        let options = self.cipher_options(account, cipher_options)?;
        self.touched.content = Some(match &map {
            DataMap::Inline(content) => TouchedContent::of(content, options),
            DataMap::Chunks(_) => TouchedContent::Streamed(map.len()),
        });
        let sealed = Sealed::seal(map.encode().into(), options, session, &mut self.rng);
        let data = ImmutableData::new(sealed.encode());
        let name = data.name();
        if let Err(refused) = self.uplink.store()?.put_immutable(data) {
            if let DataMap::Inline(content) = map {
                self.handles.get_mut(Some(account), writer)?.push(&content)?;
            }
            return Err(refused.into());
        }
        Ok(self.hold_data_id(Some(account), DataId::Immutable(name)))
    }

    /// Drops a writer and its content.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_writer(&mut self, session: &Session, writer: Handle<Upload>) -> Result<(), LauncherError> {
        self.handles.drop_handle(Some(session.account().id()), writer)
    }

    /// Opens the immutable data behind a data id. Returns a reader behind a new handle, and how many bytes it reads.
    ///
    /// # Errors
    /// The handle is not live; nothing is stored there, or something else; it is sealed for another app.
    pub fn open_reader(
        &mut self,
        caller: Option<&Session>,
        id: Handle<DataId>,
    ) -> Result<(Handle<Reader>, u64), LauncherError> {
        let account = caller.map(|session| session.account().id());
        let id = *self.handles.get(account, id)?;
        self.touched.record = Some(id.name());
        let stored = self.stored_immutable(&id)?;
        let wrapper = Sealed::decode(stored.value()).map_err(|_| LauncherError::Undecodable)?;
        let content = DataMap::decode(&wrapper.open(caller)?).map_err(|_| LauncherError::Undecodable)?;
        let length = content.len();
        let reader = self.handles.insert_if_it_fits(account, Reader { name: id.name(), content })?;
        self.touched.given = Some(reader.number());
        Ok((reader, length))
    }

    fn stored_immutable(&self, id: &DataId) -> Result<ImmutableData, LauncherError> {
        let store = self.uplink.store()?;
        match id {
            DataId::Immutable(name) => Ok(store.get_immutable(*name)?),
            other if store.contains(other) => Err(LauncherError::UnexpectedData),
            _ => Err(GetError::NoSuchData.into()),
        }
    }

    /// The content of a reader.
    ///
    /// # Errors
    /// The handle is not live; the network is unreachable.
    pub fn content_of_reader(
        &mut self,
        caller: Option<&Session>,
        reader: Handle<Reader>,
    ) -> Result<ReadableContent, LauncherError> {
        let reader = self.handles.get(caller.map(|session| session.account().id()), reader)?;
        self.touched.record = Some(reader.name);
        let content = reader.content.clone();
        self.uplink.content(content)
    }

    /// Drops a reader.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_reader(&mut self, caller: Option<&Session>, reader: Handle<Reader>) -> Result<(), LauncherError> {
        let account = caller.map(|session| session.account().id());
        self.touched.record = Some(self.handles.get(account, reader)?.name);
        self.handles.drop_handle(account, reader)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::builder::Builder;
    use crate::launcher::{App, Launcher, Permission};
    use crate::network::EncryptKey;

    async fn session(launcher: &Launcher, id: &str) -> Arc<Session> {
        let app = App { name: "n".into(), id: id.into(), vendor: "v".into(), version: "1".into() };
        launcher.authorise(app, vec![Permission::LowLevelApi]).await.unwrap()
    }

    #[tokio::test]
    async fn content_that_is_sealed_for_an_app_opens_with_it_alone() {
        let launcher = Builder::default().seed(1).build();
        let [writing, reading] = [session(&launcher, "writes").await, session(&launcher, "reads").await];
        launcher.log_in_new_account();
        let namesake = session(&launcher, "reads").await;
        let mut state = launcher.state();
        let account = writing.account().id();
        let key = state.hold::<EncryptKey>(Some(account), reading.key_pair().encrypt_key());
        let options = state.choose_encrypt_key(account, key).unwrap();
        state.drop_encrypt_key(account, key).unwrap();
        for length in [0, 5, 5_000] {
            let writer = state.open_writer(&writing);
            state.write(&writing, writer, &vec![7; length]).unwrap();
            let id = state.close_writer(&writing, writer, Some(options)).unwrap();
            let (_, size) = state.open_reader(Some(&reading), id).unwrap();
            assert_eq!(size, length as u64);
            let refused = |error| Err::<u64, _>(error);
            let mut opened = |caller| state.open_reader(caller, id).map(|(_, size)| size);
            assert_eq!(opened(Some(&*writing)), refused(LauncherError::SealedForAnother));
            assert_eq!(opened(None), refused(LauncherError::SealedNeedsApp));
            let name = *state.handles.get(Some(account), id).unwrap();
            let theirs = state.hold_data_id(Some(namesake.account().id()), name);
            let opened = state.open_reader(Some(&namesake), theirs).map(|(_, size)| size);
            assert_eq!(opened, refused(LauncherError::SealedForAnother));
        }
    }
}
