//! Directories: by path for the app that has the root, and by id for readers of a long name (wider behaviour §5 and §7.9).

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::app::Permission;
use super::error::LauncherError;
use super::path::{self, Path, Root};
use super::roots::Roots;
use super::session::Session;
use super::state::State;
use crate::network::tree::NewDescription;
use crate::network::{DataName, Directory, File, GetError, PublicKey, Store, TreeError};

/// What is shown of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryInfo {
    /// Its name.
    pub name: Arc<str>,
    /// Its metadata.
    pub metadata: Arc<str>,
    /// Whether only its owner reads it.
    pub is_private: bool,
    /// When it was created, as time since 1970.
    pub created: Duration,
    /// When it changed.
    pub modified: Duration,
}

/// What is shown of a file without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Its name.
    pub name: Arc<str>,
    /// The file.
    pub file: File,
}

/// A directory with its entries, in the order in which they were added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The directory.
    pub info: DirectoryInfo,
    /// Its sub-directories.
    pub directories: Vec<DirectoryInfo>,
    /// Its files.
    pub files: Vec<FileInfo>,
}

impl DirectoryInfo {
    fn of(directory: &Directory) -> Self {
        Self {
            name: Arc::clone(&directory.name),
            metadata: Arc::clone(&directory.metadata),
            is_private: directory.is_private,
            created: directory.created,
            modified: directory.modified,
        }
    }
}

impl Listing {
    /// The entries are copied while the store is locked; their texts are shared.
    fn of(store: &Store, directory: &Directory) -> Self {
        let ids = directory.directories().iter().map(|(_, id)| *id);
        let files = directory.files().iter();
        Self {
            info: DirectoryInfo::of(directory),
            directories: ids.filter_map(|id| store.directory(id).ok()).map(DirectoryInfo::of).collect(),
            files: files.map(|(name, file)| FileInfo { name: Arc::clone(name), file: file.clone() }).collect(),
        }
    }
}

/// A directory that an app asks for.
#[derive(Debug, Clone)]
pub struct NewDirectory {
    /// What the app writes beside the entries.
    pub metadata: Arc<str>,
    /// Whether only the account that owns it can read it.
    pub is_private: bool,
}

/// What becomes of what is moved or copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is in the new place alone.
    Move,
    /// It is in both places.
    Copy,
}

/// Fails where the app may not use the root.
///
/// # Errors
/// It may not.
pub(super) fn check_root(session: &Session, root: Root) -> Result<(), LauncherError> {
    let is_allowed = root == Root::App || session.may(Permission::SafeDriveAccess);
    if is_allowed { Ok(()) } else { Err(LauncherError::PermissionDenied) }
}

impl State {
    /// The id of the directory that a path names.
    ///
    /// # Errors
    /// The app may not use the root; there is no such directory.
    pub fn open_directory(
        &mut self,
        session: &Session,
        at: Path<'_>,
        now: Duration,
    ) -> Result<DataName, LauncherError> {
        let root = self.root(session, at.root, now)?;
        let found = descend(&*self.uplink.store()?, root, path::names(at.text), &|_| Ok(()));
        self.touched.record = Some(*found.as_ref().unwrap_or(&root));
        found
    }

    /// The id of the directory of a root, which is stored when it is first used.
    fn root(&mut self, session: &Session, root: Root, now: Duration) -> Result<DataName, LauncherError> {
        check_root(session, root)?;
        let account = session.account();
        let app = (root == Root::App).then(|| session.app());
        let mut store = self.uplink.store()?;
        let name = match self.roots.find(account.id(), app) {
            Ok(id) if store.directory(id).is_ok() => return Ok(id),
            // Another launcher has emptied the network, and all roots are lost.
            Ok(_) => {
                self.roots = Roots::default();
                self.roots.find(account.id(), app).err().unwrap_or_default()
            }
            Err(name) => name,
        };
        let id = new_id(&mut self.rng);
        store.add_root(Directory::new(id, name.into(), "".into(), true, account.public_key(), now))?;
        self.roots.stored(account.id(), app, id);
        Ok(id)
    }

    /// Creates an empty directory. The directories above it are not created.
    ///
    /// # Errors
    /// The path has no name; the app may not use the root; a directory above is missing; there is one of this name.
    pub fn create_directory(
        &mut self,
        session: &Session,
        at: Path<'_>,
        new: NewDirectory,
        now: Duration,
    ) -> Result<(), LauncherError> {
        let (above, name) = path::last_name(at.text).ok_or(LauncherError::InvalidPath)?;
        let parent = self.open_directory(session, Path { text: above, ..at }, now)?;
        let id = new_id(&mut self.rng);
        let owner = session.account().public_key();
        let directory = Directory::new(id, name.into(), new.metadata, new.is_private, owner, now);
        self.uplink.store()?.add_directory(parent, directory)?;
        self.touched.record = Some(id);
        Ok(())
    }

    /// Lists the directory that a path names.
    ///
    /// # Errors
    /// As [`State::open_directory`].
    pub fn read_directory(&mut self, session: &Session, at: Path<'_>, now: Duration) -> Result<Listing, LauncherError> {
        let id = self.open_directory(session, at, now)?;
        self.list_directory(Some(session), id)
    }

    /// Lists a directory by its id. Without a session, the account that is logged in reads.
    ///
    /// # Errors
    /// It was deleted; it is private and belongs to another account, or nobody is logged in.
    pub fn list_directory(&self, caller: Option<&Session>, id: DataName) -> Result<Listing, LauncherError> {
        let store = self.uplink.store()?;
        let directory = store.directory(id).map_err(absent_record)?;
        self.reader(caller).check(directory)?;
        Ok(Listing::of(&store, directory))
    }

    /// The reader: the account of the session, or without one the account that is logged in.
    pub(super) fn reader(&self, caller: Option<&Session>) -> Reader {
        let own = || self.account().map(|account| account.public_key());
        Reader(caller.map(|session| session.account().public_key()).or_else(own))
    }

    /// Deletes a directory, whatever is in it. Returns it: to drop a large one takes time.
    ///
    /// # Errors
    /// The path has no name; the app may not use the root; a directory above is missing; there is none of this name.
    pub fn delete_directory(
        &mut self,
        session: &Session,
        at: Path<'_>,
        now: Duration,
    ) -> Result<Box<Directory>, LauncherError> {
        let (above, name) = path::last_name(at.text).ok_or(LauncherError::InvalidPath)?;
        let parent = self.open_directory(session, Path { text: above, ..at }, now)?;
        let deleted = self.uplink.store()?.delete_directory(parent, name, now).map_err(|error| match error {
            TreeError::NoDirectory => LauncherError::NoDirectory,
            error => error.into(),
        })?;
        self.touched.record = Some(deleted.id);
        Ok(deleted)
    }

    /// Changes the name or the metadata of a directory.
    ///
    /// # Errors
    /// As [`State::open_directory`]; there is another directory of the new name beside it.
    pub fn change_directory(
        &mut self,
        session: &Session,
        at: Path<'_>,
        new: NewDescription,
        now: Duration,
    ) -> Result<(), LauncherError> {
        let id = self.open_directory(session, at, now)?;
        Ok(self.uplink.store()?.change_description(id, new, now)?)
    }

    /// Moves or copies a directory into another, of which `to` is the path.
    ///
    /// # Errors
    /// As [`State::open_directory`], of both; the other has one of its name, or lies in it.
    pub fn pass_directory(
        &mut self,
        session: &Session,
        from: Path<'_>,
        to: Path<'_>,
        action: Action,
        now: Duration,
    ) -> Result<(), LauncherError> {
        check_root(session, from.root)?;
        check_root(session, to.root)?;
        let source = self.open_directory(session, from, now)?;
        let target = self.open_directory(session, to, now)?;
        let Self { uplink, rng, touched, .. } = self;
        touched.record = Some(source);
        let mut store = uplink.store()?;
        match action {
            Action::Move => store.move_directory(source, target, now)?,
            Action::Copy => store.copy_directory(source, target, || new_id(rng))?,
        }
        Ok(())
    }
}

/// Whose keys read a directory, if anybody's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader(Option<PublicKey>);

impl Reader {
    /// Fails where a directory is private and not the reader's.
    ///
    /// # Errors
    /// It is.
    pub(super) fn check(self, directory: &Directory) -> Result<(), LauncherError> {
        match self.0 {
            _ if !directory.is_private => Ok(()),
            Some(key) if key == directory.owner => Ok(()),
            Some(_) => Err(LauncherError::PrivateDirectory),
            None => Err(LauncherError::NobodyLoggedIn),
        }
    }
}

/// The directory that some names lead to, from one on. Each directory on the way is checked before it is read.
pub(super) fn descend<'a>(
    store: &Store,
    from: DataName,
    names: impl Iterator<Item = &'a str>,
    check: &dyn Fn(&Directory) -> Result<(), LauncherError>,
) -> Result<DataName, LauncherError> {
    let mut id = from;
    for name in names {
        let directory = store.directory(id)?;
        check(directory)?;
        id = *directory.directories().get(name).ok_or(LauncherError::PathNotFound)?;
    }
    Ok(id)
}

/// The error for a directory that a name leads to.
pub(super) fn absent_record(error: TreeError) -> LauncherError {
    match error {
        TreeError::Deleted => LauncherError::DirectoryDeleted,
        TreeError::NoDirectory => GetError::NoSuchData.into(),
        error => error.into(),
    }
}

fn new_id(rng: &mut impl Rng) -> DataName {
    let mut id = [0; 32];
    rng.fill_bytes(&mut id);
    DataName(id)
}
