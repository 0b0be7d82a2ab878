//! Files: in a directory that a path names, or that a service has (wider behaviour §6 and §7.9).

use std::sync::Arc;
use std::time::Duration;

use super::directory::{Action, absent_record, check_root, descend};
use super::error::LauncherError;
use super::path::{self, Path};
use super::session::Session;
use super::state::State;
use super::touched::TouchedContent;
use super::upload::Upload;
use crate::network::tree::NewDescription;
use crate::network::{DataName, File, TreeError};

/// A file whose content is under way.
#[derive(Debug)]
pub struct NewFile {
    directory: DataName,
    name: Arc<str>,
    metadata: Arc<str>,
    begun: Duration,
    upload: Upload,
}

impl NewFile {
    /// Appends a piece of its content.
    ///
    /// # Errors
    /// There is more content under way than the launcher may hold.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), LauncherError> {
        self.upload.push(piece)
    }
}

impl State {
    /// The directory of a file's path, and the name of the file.
    fn open_parent<'a>(
        &mut self,
        session: &Session,
        at: Path<'a>,
        now: Duration,
    ) -> Result<(DataName, &'a str), LauncherError> {
        // The root comes first: an app without the permission gets the same error for any path.
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
    pub fn open_file(&mut self, session: &Session, at: Path<'_>, now: Duration) -> Result<File, LauncherError> {
        let (parent, name) = self.open_parent(session, at, now)?;
        Ok(self.uplink.store()?.file(parent, name).map_err(missing_file)?.clone())
    }

    /// A file below a directory that is known by its id. Without a session, the account that is logged in reads.
    ///
    /// # Errors
    /// The directory was deleted; a directory on the way is private and belongs to another account, or nobody is logged in; the path
    /// has no name; a directory on the way, or the file, is missing.
    pub fn file_below(
        &mut self,
        caller: Option<&Session>,
        directory: DataName,
        text: &str,
    ) -> Result<File, LauncherError> {
        self.touched.record = Some(directory);
        let reader = self.reader(caller);
        let store = self.uplink.store()?;
        reader.check(store.directory(directory).map_err(absent_record)?)?;
        let (above, name) = path::last_name(text).ok_or(LauncherError::InvalidPath)?;
        let check = |directory: &_| reader.check(directory);
        let parent = descend(&store, directory, path::names(above), &check)?;
        check(store.directory(parent)?)?;
        Ok(store.file(parent, name).map_err(missing_file)?.clone())
    }

    /// Begins a file: it takes its content, and no app sees it until it is finished.
    ///
    /// # Errors
    /// The app may not use the root; a directory on the way is missing; there is a file of this name; content of `length` bytes is more
    /// than the launcher may hold.
    pub fn begin_file(
        &mut self,
        session: &Session,
        at: Path<'_>,
        metadata: Arc<str>,
        length: u64,
        now: Duration,
    ) -> Result<NewFile, LauncherError> {
        let (directory, name) = self.open_parent(session, at, now)?;
        self.uplink.store()?.check_no_file(directory, name)?;
        let upload = Upload::new(&self.content_budget);
        upload.expect(length)?;
        Ok(NewFile { directory, name: name.into(), metadata, begun: now, upload })
    }

    /// Stores a file with all of its content, in its directory as that is now: others may have changed it since the file was begun.
    ///
    /// # Errors
    /// The directory was deleted meanwhile, or got a file of this name; the network refuses.
    pub fn finish_file(&mut self, file: NewFile, now: Duration) -> Result<(), LauncherError> {
        let NewFile { directory, name, metadata, begun, upload } = file;
        self.touched.record = Some(directory);
        let mut store = self.uplink.store()?;
        store.check_no_file(directory, &name)?;
        let content = upload.finish(&mut store)?;
        self.touched.content = Some(TouchedContent::Streamed(content.len()));
        Ok(store.add_file(directory, name, File { metadata, content, created: begun, modified: now })?)
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
        check_root(session, from.root)?;
        check_root(session, to.root)?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::directory::NewDirectory;
    use super::super::network::Network;
    use super::super::path::Root;
    use super::super::{App, Session};
    use super::*;
    use crate::config::Config;
    use crate::network::GetError;

    const NOW: Duration = Duration::from_secs(1_000);

    fn at(text: &str) -> Path<'_> {
        Path { root: Root::App, text }
    }

    /// A launcher, and the sessions of two accounts; the second one is logged in.
    fn two_accounts() -> (State, [Arc<Session>; 2]) {
        let mut state = State::new(&Config::default(), 1, Network::new());
        let app = App { name: "app".into(), id: "net.example".into(), vendor: "Example".into(), version: "1".into() };
        let accounts = [Arc::clone(state.account().unwrap()), state.log_in_new_account()];
        let sessions = accounts.map(|account| state.sessions.open(&account, app.clone(), Vec::new(), &mut state.rng));
        (state, sessions)
    }

    fn create(state: &mut State, session: &Session, path: &str, is_private: bool) -> DataName {
        let new = NewDirectory { metadata: "".into(), is_private };
        state.create_directory(session, at(path), new, NOW).unwrap();
        state.open_directory(session, at(path), NOW).unwrap()
    }

    fn begin(state: &mut State, session: &Session, path: &str) -> Result<NewFile, LauncherError> {
        let mut file = state.begin_file(session, at(path), "".into(), 7, NOW)?;
        file.push(b"content")?;
        Ok(file)
    }

    fn write(state: &mut State, session: &Session, path: &str) {
        let file = begin(state, session, path).unwrap();
        state.finish_file(file, NOW).unwrap();
    }

    #[test]
    fn a_file_appears_when_it_is_complete_in_its_directory_as_that_is_then() {
        let (mut state, [session, _]) = two_accounts();
        create(&mut state, &session, "a", false);
        create(&mut state, &session, "b", false);
        let file = begin(&mut state, &session, "a/f").unwrap();
        assert_eq!(state.open_file(&session, at("a/f"), NOW), Err(LauncherError::InvalidPath));
        // Meanwhile the directory gets another file, another name and another place.
        write(&mut state, &session, "a/g");
        state.pass_directory(&session, at("a"), at("b"), Action::Move, NOW).unwrap();
        state.finish_file(file, NOW * 2).unwrap();
        let listed = state.read_directory(&session, at("b/a"), NOW).unwrap();
        let files: Vec<_> =
            listed.files.iter().map(|file| (&*file.name, file.file.created, file.file.modified)).collect();
        assert_eq!(files, [("g", NOW, NOW), ("f", NOW, NOW * 2)]);
        assert_eq!(listed.info.modified, NOW * 2);
    }

    #[test]
    fn of_two_files_of_one_name_the_first_complete_one_stays_and_a_given_up_one_leaves_nothing() {
        let (mut state, [session, _]) = two_accounts();
        let directory = create(&mut state, &session, "a", false);
        let [first, second, third] = [(), (), ()].map(|()| begin(&mut state, &session, "a/f").unwrap());
        assert_eq!(state.finish_file(second, NOW), Ok(()));
        assert_eq!(state.finish_file(first, NOW), Err(LauncherError::FileExists));
        drop(third);
        assert_eq!(state.content_budget.used(), 0);
        assert_eq!(begin(&mut state, &session, "a/f").err(), Some(LauncherError::FileExists));
        let late = begin(&mut state, &session, "a/g").unwrap();
        state.delete_directory(&session, at("a"), NOW).unwrap();
        assert_eq!(state.finish_file(late, NOW), Err(LauncherError::PathNotFound));
        assert_eq!(state.list_directory(Some(&session), directory), Err(LauncherError::DirectoryDeleted));
    }

    #[test]
    fn more_content_than_the_launcher_may_hold_is_refused_before_it_comes() {
        let (mut state, [session, _]) = two_accounts();
        let refused = state.begin_file(&session, at("f"), "".into(), u64::MAX, NOW);
        assert_eq!(refused.err(), Some(LauncherError::TooMuchContent));
    }

    #[test]
    fn a_private_directory_is_read_with_the_keys_of_its_owner_alone() {
        let (mut state, [owner, other]) = two_accounts();
        let public = create(&mut state, &owner, "public", false);
        let private = create(&mut state, &owner, "public/private", true);
        write(&mut state, &owner, "public/f");
        write(&mut state, &owner, "public/private/f");
        for (caller, expected) in [
            (Some(&*owner), None),
            (Some(&*other), Some(LauncherError::PrivateDirectory)),
            (None, Some(LauncherError::PrivateDirectory)),
        ] {
            assert_eq!(state.list_directory(caller, public).err(), None);
            assert_eq!(state.list_directory(caller, private).err(), expected);
            assert_eq!(state.file_below(caller, public, "/f").err(), None);
            assert_eq!(state.file_below(caller, public, "private//f").err(), expected);
        }
        drop(state.log_out());
        assert_eq!(state.list_directory(None, private).err(), Some(LauncherError::NobodyLoggedIn));
        assert_eq!(state.file_below(None, private, "f").err(), Some(LauncherError::NobodyLoggedIn));
        assert!(state.list_directory(None, public).is_ok());
    }

    #[test]
    fn below_a_known_directory_each_missing_thing_has_its_error() {
        let (mut state, [owner, other]) = two_accounts();
        let home = create(&mut state, &owner, "home", false);
        let below = create(&mut state, &owner, "home/below", false);
        write(&mut state, &owner, "home/below/f");
        for (text, error) in [
            ("//", LauncherError::InvalidPath),
            ("g", LauncherError::InvalidPath),
            ("below", LauncherError::InvalidPath),
            ("missing/f", LauncherError::PathNotFound),
        ] {
            assert_eq!(state.file_below(Some(&other), home, text).err(), Some(error), "{text}");
        }
        state.delete_directory(&owner, at("home"), NOW).unwrap();
        assert_eq!(state.file_below(Some(&other), home, "//").err(), Some(LauncherError::DirectoryDeleted));
        // What lies below a deleted directory can still be read by its id.
        assert!(state.file_below(Some(&other), below, "f").is_ok());
        let unknown = state.list_directory(None, DataName([9; 32]));
        assert_eq!(unknown.err(), Some(GetError::NoSuchData.into()));
    }
}
