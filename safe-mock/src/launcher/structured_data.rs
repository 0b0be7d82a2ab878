//! Structured data behind handles: snapshots that change in the launcher only, until they are saved (launcher behaviour
//! §7).

use bytes::Bytes;

use super::account::AccountId;
use super::content::{self, CipherOptions, Sealed};
use super::error::LauncherError;
use super::handle::Handle;
use super::session::Session;
use super::state::State;
use super::touched::TouchedContent;
use super::uplink::Uplink;
use super::versions::Versions;
use crate::network::structured_data::SERIALISED_BYTES_MAX;
use crate::network::{DataId, DataName, MutationError, StructuredData, TypeTag};

/// The structured data of a request.
#[derive(Debug)]
pub struct Draft {
    /// The name to store it under.
    pub name: DataName,
    /// Its type; one that an app may create.
    pub tag: TypeTag,
    /// Its content, not sealed.
    pub content: Bytes,
    /// Its first version.
    pub version: u64,
    /// How to seal the content. By default plain.
    pub cipher_options: Option<Handle<CipherOptions>>,
}

/// What an app may know of structured data without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// Whether the caller's account may change it.
    pub is_owner: bool,
    /// Its version in the network.
    pub version: u64,
    /// How many versions its content has; only for type 501.
    pub data_version_length: Option<u64>,
}

/// Which content of versioned structured data to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The last one, of any type.
    Latest,
    /// The one of this index; only for type 501.
    Version(u64),
}

impl State {
    /// Makes structured data behind a new handle. It is stored in the network when it is saved; versioned content is
    /// stored at once.
    ///
    /// # Errors
    /// The cipher options are not live; the network refuses versioned content.
    pub fn create(&mut self, session: &Session, draft: Draft) -> Result<Handle<StructuredData>, LauncherError> {
        let account = session.account();
        (self.touched.record, self.touched.version) = (Some(draft.name), Some(draft.version));
        let options = self.cipher_options(account.id(), draft.cipher_options)?;
        self.touched.content = Some(TouchedContent::of(&draft.content, options));
        let sealed = Sealed::seal(draft.content, options, session, &mut self.rng);
        let content = if draft.tag == TypeTag::VERSIONED {
            Versions::begin(&mut *self.uplink.store()?, &sealed)?.encode()
        } else {
            content::pack(draft.tag, &sealed)
        };
        let data = StructuredData::new(draft.tag, draft.name, content, draft.version, account.key());
        Ok(self.hold(Some(account.id()), data))
    }

    /// Replaces the content behind a handle, or appends a version to it. Any app may; only saving checks the owner.
    ///
    /// # Errors
    /// A handle is not live; the versioned content is lost, or the network refuses it.
    pub fn patch(
        &mut self,
        session: &Session,
        handle: Handle<StructuredData>,
        content: Bytes,
        cipher_options: Option<Handle<CipherOptions>>,
    ) -> Result<(), LauncherError> {
        let account = session.account();
        let mut data = self.handles.get(Some(account.id()), handle)?.clone();
        self.touched.snapshot(&data);
        if !data.tag.is_creatable() {
            return Err(LauncherError::WrongTypeTag);
        }
        let options = self.cipher_options(account.id(), cipher_options)?;
        self.touched.content = Some(TouchedContent::of(&content, options));
        let sealed = Sealed::seal(content, options, session, &mut self.rng);
        let content = if data.tag == TypeTag::VERSIONED {
            Versions::decode(&data.content)?.append(&mut *self.uplink.store()?, &sealed)?.encode()
        } else {
            content::pack(data.tag, &sealed)
        };
        one_owner_at_most(&data)?;
        data.content = content.into();
        data.sign(account.key());
        self.handles.replace(handle, data);
        Ok(())
    }

    /// Saves a snapshot as new. The handle stays as it is (launcher behaviour §7.3).
    ///
    /// # Errors
    /// The handle is not live, or the network refuses.
    pub fn put(&mut self, session: &Session, handle: Handle<StructuredData>) -> Result<(), LauncherError> {
        let data = self.handles.get(Some(session.account().id()), handle)?.clone();
        self.touched.snapshot(&data);
        self.touched.content = stored_content(&self.uplink, &data);
        Ok(self.uplink.store()?.put(data)?)
    }

    /// Saves a snapshot as the next version, which the handle then holds.
    ///
    /// # Errors
    /// The handle is not live, or the network refuses; the handle is then unchanged.
    pub fn post(&mut self, session: &Session, handle: Handle<StructuredData>) -> Result<(), LauncherError> {
        let account = session.account();
        let data = self.handles.get(Some(account.id()), handle)?;
        self.touched.record = Some(data.name);
        let next = one_owner_at_most(data)?.successor(account.key()).ok_or(MutationError::InvalidSuccessor)?;
        self.touched.snapshot(&next);
        self.touched.content = stored_content(&self.uplink, &next);
        self.uplink.store()?.post(next.clone())?;
        self.handles.replace(handle, next);
        Ok(())
    }

    /// Deletes from the network. The handle stays, with the next version and no content.
    ///
    /// # Errors
    /// The handle is not live, or the network refuses; the handle is then unchanged.
    pub fn delete(&mut self, session: &Session, handle: Handle<StructuredData>) -> Result<(), LauncherError> {
        let account = session.account();
        let data = self.handles.get(Some(account.id()), handle)?;
        self.touched.record = Some(data.name);
        let emptied = one_owner_at_most(data)?.emptied(account.key()).ok_or(MutationError::InvalidSuccessor)?;
        self.touched.snapshot(&emptied);
        self.uplink.store()?.delete(emptied.clone())?;
        self.handles.replace(handle, emptied);
        Ok(())
    }

    /// Empties a name; nobody can use it again. The handle holds the result.
    ///
    /// # Errors
    /// The handle is not live, or the network refuses; the handle is then unchanged.
    pub fn unclaim(&mut self, session: &Session, handle: Handle<StructuredData>) -> Result<(), LauncherError> {
        let account = session.account();
        let data = self.handles.get(Some(account.id()), handle)?;
        self.touched.record = Some(data.name);
        let unclaimable = data.unclaimable(account.key()).ok_or(MutationError::InvalidSuccessor)?;
        self.touched.snapshot(&unclaimable);
        self.uplink.store()?.post(unclaimable.clone())?;
        self.handles.replace(handle, unclaimable);
        Ok(())
    }

    /// Takes a snapshot from the network, behind a new handle each time.
    ///
    /// # Errors
    /// The data id is not live, nothing is stored there, it is too large, or it is emptied versioned data. In the last case the
    /// original launcher leaked a handle; here there is none.
    pub fn fetch(
        &mut self,
        caller: Option<&Session>,
        id: Handle<DataId>,
    ) -> Result<(Handle<StructuredData>, Metadata), LauncherError> {
        let account = caller.map(|session| session.account().id());
        let id = *self.handles.get(account, id)?;
        self.touched.record = Some(id.name());
        let data = match id {
            DataId::Structured(name, tag) => self.uplink.fetch(name, tag)?,
            _ if self.uplink.store()?.contains(&id) => return Err(LauncherError::UnexpectedData),
            _ => return Err(crate::network::GetError::NoSuchData.into()),
        };
        self.hold_snapshot(caller, data)
    }

    /// Holds structured data that was serialised, behind a new handle. Only saving checks it (launcher behaviour
    /// §7.9).
    ///
    /// # Errors
    /// The bytes do not decode, are too many, or are emptied versioned data.
    pub fn deserialise(
        &mut self,
        caller: Option<&Session>,
        bytes: &[u8],
    ) -> Result<(Handle<StructuredData>, Metadata), LauncherError> {
        let data = StructuredData::decode(bytes).map_err(|_| LauncherError::Undecodable)?;
        self.hold_snapshot(caller, data)
    }

    fn hold_snapshot(
        &mut self,
        caller: Option<&Session>,
        data: StructuredData,
    ) -> Result<(Handle<StructuredData>, Metadata), LauncherError> {
        self.touched.snapshot(&data);
        let metadata = describe(caller, &data)?;
        let handle = self.handles.insert_if_it_fits(caller.map(|session| session.account().id()), data)?;
        self.touched.given = Some(handle.number());
        Ok((handle, metadata))
    }

    /// The metadata of the snapshot behind a handle.
    ///
    /// # Errors
    /// The handle is not live, or holds emptied versioned data.
    pub fn metadata(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<Metadata, LauncherError> {
        describe(caller, self.snapshot(caller, handle)?)
    }

    /// The data id of the snapshot behind a handle, behind a new handle.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn data_id_of(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<Handle<DataId>, LauncherError> {
        let id = self.snapshot(caller, handle)?.data_id();
        Ok(self.hold_data_id(caller.map(|session| session.account().id()), id))
    }

    /// The bytes of the snapshot behind a handle, content as sealed.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn serialise(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<Vec<u8>, LauncherError> {
        Ok(self.snapshot(caller, handle)?.encode())
    }

    /// Whether the snapshot behind a handle is small enough for the original network.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn has_valid_size(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<bool, LauncherError> {
        Ok(self.snapshot(caller, handle)?.encoded_len() <= SERIALISED_BYTES_MAX)
    }

    /// Reads the content of the snapshot behind a handle, saved or not.
    ///
    /// # Errors
    /// The handle is not live; the type has no content, no versions, or not this version; the content is lost, or
    /// sealed for another app.
    pub fn read(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
        wanted: Wanted,
    ) -> Result<Bytes, LauncherError> {
        let (tag, packed) = {
            let data = self.snapshot(caller, handle)?;
            (data.tag, data.content.clone())
        };
        let sealed = match wanted {
            _ if !tag.is_creatable() => return Err(LauncherError::WrongTypeTag),
            Wanted::Latest => latest(&self.uplink, tag, &packed)?,
            Wanted::Version(n) if tag == TypeTag::VERSIONED => {
                Versions::decode(&packed)?.nth(&*self.uplink.store()?, n)?
            }
            Wanted::Version(_) => return Err(LauncherError::WrongTypeTag),
        };
        let touched = TouchedContent::from(&sealed);
        let content = sealed.open(caller)?;
        self.touched.content = Some(touched);
        Ok(content)
    }

    /// Drops a handle to a snapshot.
    ///
    /// # Errors
    /// The handle is not live.
    pub fn drop_structured_data(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<(), LauncherError> {
        self.snapshot(caller, handle)?;
        self.handles.drop_handle(caller.map(|session| session.account().id()), handle)
    }

    fn snapshot(
        &mut self,
        caller: Option<&Session>,
        handle: Handle<StructuredData>,
    ) -> Result<&StructuredData, LauncherError> {
        let account: Option<AccountId> = caller.map(|session| session.account().id());
        let data = self.handles.get(account, handle)?;
        self.touched.snapshot(data);
        Ok(data)
    }
}

/// The content of structured data; of versioned data the last.
fn latest(uplink: &Uplink, tag: TypeTag, packed: &Bytes) -> Result<Sealed, LauncherError> {
    if tag == TypeTag::VERSIONED {
        Versions::decode(packed)?.latest(&*uplink.store()?)
    } else {
        content::unpack(tag, packed)
    }
}

/// The content that is stored with `data`, for the journal; `None` if it cannot be read.
fn stored_content(uplink: &Uplink, data: &StructuredData) -> Option<TouchedContent> {
    latest(uplink, data.tag, &data.content).ok().as_ref().map(TouchedContent::from)
}

/// The same structured data. The original launcher could not make a version for several owners; only crafted bytes
/// have them.
fn one_owner_at_most(data: &StructuredData) -> Result<&StructuredData, LauncherError> {
    if data.owners.len() > 1 { Err(LauncherError::SeveralOwners) } else { Ok(data) }
}

fn describe(caller: Option<&Session>, data: &StructuredData) -> Result<Metadata, LauncherError> {
    let is_owner = caller.is_some_and(|session| data.is_owned_by(&session.account().public_key()));
    let data_version_length = match data.tag {
        TypeTag::VERSIONED => Some(Versions::decode(&data.content)?.count()),
        _ => None,
    };
    Ok(Metadata { is_owner, version: data.version, data_version_length })
}
