//! Files: in a directory that a path names, or that a service has (wider behaviour §6 and §7.9).

use std::time::Duration;

use super::directory::{Action, FileInfo, absent_record, descend};
use super::error::LauncherError;
use super::path::{self, Path};
use super::session::Session;
use super::state::State;
use crate::network::tree::NewDescription;
use crate::network::{DataName, TreeError};

impl State {
    /// The directory of a file's path, and the name of the file.
    fn open_parent<'a>(
        &mut self,
        session: &Session,
        at: Path<'a>,
        now: Duration,
    ) -> Result<(DataName, &'a str), LauncherError> {
        // The root comes first: whoever may not use it learns that of any path.
        let root = self.open_directory(session, Path { text: "", ..at }, now)?;
        let (above, name) = path::last_name(at.text).ok_or(LauncherError::PathNotFound)?;
        let parent = descend(&*self.uplink.store()?, root, path::names(above), &|_| Ok(()))?;
        self.touched.record = Some(parent);
        Ok((parent, name))
    }

    /// A file that a path names.
    ///
    /// # Errors
    /// The app may not use the root; a directory on the way, or the file, is missing.
    #[allow(dead_code, reason = "the routes that read files will use it")]
    pub fn open_file(&mut self, session: &Session, at: Path<'_>, now: Duration) -> Result<FileInfo, LauncherError> {
        let (parent, name) = self.open_parent(session, at, now)?;
        let store = self.uplink.store()?;
        let file = store.file(parent, name).map_err(missing_file)?;
        Ok(FileInfo { name: name.into(), file: file.clone() })
    }

    /// A file below a directory that is known by its id. Without a session, the account that is logged in reads.
    ///
    /// # Errors
    /// The directory was deleted; a directory on the way is private and belongs to another account, or nobody is logged in; the path
    /// has no name; a directory on the way, or the file, is missing.
    #[allow(dead_code, reason = "the routes of names will use it")]
    pub fn file_below(
        &mut self,
        caller: Option<&Session>,
        directory: DataName,
        text: &str,
    ) -> Result<FileInfo, LauncherError> {
        self.touched.record = Some(directory);
        let reader = self.reader(caller);
        let store = self.uplink.store()?;
        reader.check(store.directory(directory).map_err(absent_record)?)?;
        let (above, name) = path::last_name(text).ok_or(LauncherError::InvalidPath)?;
        let check = |directory: &_| reader.check(directory);
        let parent = descend(&store, directory, path::names(above), &check)?;
        check(store.directory(parent)?)?;
        let file = store.file(parent, name).map_err(missing_file)?;
        Ok(FileInfo { name: name.into(), file: file.clone() })
    }

    /// Deletes a file.
    ///
    /// # Errors
    /// As [`State::open_file`]; the error for the missing file is another.
    pub fn delete_file(&mut self, session: &Session, at: Path<'_>, now: Duration) -> Result<(), LauncherError> {
        let (parent, name) = self.open_parent(session, at, now)?;
        self.uplink.store()?.remove_file(parent, name).map_err(|error| match error {
            TreeError::NoFile => LauncherError::NoFile,
            error => error.into(),
        })
    }

    /// Changes the name or the metadata of a file.
    ///
    /// # Errors
    /// As [`State::open_file`]; the directory has another file of the new name.
    pub fn change_file(
        &mut self,
        session: &Session,
        at: Path<'_>,
        new: NewDescription,
        now: Duration,
    ) -> Result<(), LauncherError> {
        let (parent, name) = self.open_parent(session, at, now)?;
        self.uplink.store()?.change_file(parent, name, new, now).map_err(missing_file)
    }

    /// Moves or copies a file into another directory, of which `to` is the path.
    ///
    /// # Errors
    /// The app may not use a root; a directory on the way, or the file, is missing; the other directory has a file of its name.
    pub fn pass_file(
        &mut self,
        session: &Session,
        from: Path<'_>,
        to: Path<'_>,
        action: Action,
        now: Duration,
    ) -> Result<(), LauncherError> {
        self.check_root(session, from.root)?;
        self.check_root(session, to.root)?;
        let (source, name) = self.open_parent(session, from, now)?;
        let target = self.open_directory(session, to, now)?;
        self.touched.record = Some(source);
        Ok(self.uplink.store()?.pass_file(source, name, target, action == Action::Copy)?)
    }
}

/// The error of a call that names a file by its path.
fn missing_file(error: TreeError) -> LauncherError {
    match error {
        TreeError::NoFile => LauncherError::InvalidPath,
        error => error.into(),
    }
}
