//! How trees of directories in the store change. Each operation is decided and carried out at once, or changes nothing.
//!
//! No operation recurses: a tree may be deeper than the stack.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::data_id::DataName;
use super::directory::Directory;
use super::error::{MutationError, TreeError};
use super::file::File;
use super::store::{Record, Store};

/// How many directories and files one call copies at most, so that no call holds the network for long.
pub const COPIED_ENTRIES_MAX: usize = 100_000;

/// What a change leaves as it is where it is absent.
#[derive(Debug, Clone, Default)]
pub struct NewDescription {
    /// The new name.
    pub name: Option<Arc<str>>,
    /// The new metadata.
    pub metadata: Option<Arc<str>>,
}

impl NewDescription {
    /// How many bytes the texts grow by. The name is stored twice for a directory: there, and in the directory above it.
    fn growth(&self, name: &str, metadata: &str) -> usize {
        let longer =
            |new: &Option<Arc<str>>, old: &str| new.as_ref().map_or(0, |new| new.len().saturating_sub(old.len()));
        2 * longer(&self.name, name) + longer(&self.metadata, metadata)
    }
}

impl Store {
    /// A directory that was not deleted.
    ///
    /// # Errors
    /// It was deleted, or there is none of this id.
    pub fn directory(&self, id: DataName) -> Result<&Directory, TreeError> {
        match self.record(id) {
            Some(Record::Directory(directory)) => Ok(directory),
            Some(Record::DeletedDirectory) => Err(TreeError::Deleted),
            _ => Err(TreeError::NoDirectory),
        }
    }

    /// The sub-directory of a directory.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn sub_directory(&self, parent: DataName, name: &str) -> Result<DataName, TreeError> {
        self.directory(parent)?.directories().get(name).copied().ok_or(TreeError::NoDirectory)
    }

    /// Stores a directory that no directory lists.
    ///
    /// # Errors
    /// The network is full, or the id is taken.
    pub fn add_root(&mut self, directory: Directory) -> Result<(), TreeError> {
        if self.record(directory.id).is_some() {
            return Err(MutationError::DataExists.into());
        }
        Ok(self.insert(directory.id, Record::Directory(Box::new(directory)))?)
    }

    /// Stores a new directory in another.
    ///
    /// # Errors
    /// That has one of this name, or is gone; the network is full.
    pub fn add_directory(&mut self, parent: DataName, mut directory: Directory) -> Result<(), TreeError> {
        self.check_free(parent, &directory.name)?;
        let (id, name, modified) = (directory.id, Arc::clone(&directory.name), directory.modified);
        self.check_room(Directory::directory_bytes(&name) + directory.held_bytes() + Self::OVERHEAD_BYTES)?;
        directory.parent = Some(parent);
        self.add_root(directory)?;
        self.list(parent, name, id, modified)
    }

    /// Deletes a directory, with all that it lists: the sub-directories below it stay stored, but no path leads to them (wider
    /// behaviour §5.5). Returns it, since to drop a large one takes time.
    ///
    /// # Errors
    /// There is none.
    pub fn delete_directory(
        &mut self,
        parent: DataName,
        name: &str,
        now: Duration,
    ) -> Result<Box<Directory>, TreeError> {
        let id = self.sub_directory(parent, name)?;
        self.change_directory(parent, 0, |parent| parent.remove_directory(name))?;
        self.touch(parent, now)?;
        self.bury_directory(id)
    }

    /// Changes the name or the metadata of a directory.
    ///
    /// # Errors
    /// The directory above it has another one of the new name; it is gone; the network is full.
    pub fn change_description(&mut self, id: DataName, new: NewDescription, now: Duration) -> Result<(), TreeError> {
        let directory = self.directory(id)?;
        let (parent, old_name) = (directory.parent, Arc::clone(&directory.name));
        self.check_room(new.growth(&old_name, &directory.metadata))?;
        let new_name = new.name.filter(|name| *name != old_name);
        if let (Some(parent), Some(new_name)) = (parent, &new_name) {
            // The directory above it may be deleted; then nothing lists it.
            if self.directory(parent).is_ok() {
                self.check_free(parent, new_name)?;
                let rename = |parent: &mut Directory| parent.rename_directory(&old_name, Arc::clone(new_name));
                self.change_directory(parent, 0, rename)?;
            }
        }
        self.change_directory(id, 0, |directory| {
            directory.name = new_name.unwrap_or(old_name);
            directory.metadata = new.metadata.unwrap_or_else(|| Arc::clone(&directory.metadata));
        })?;
        self.touch(id, now)
    }

    /// Moves a directory into another, behind its entries. It stays the same directory.
    ///
    /// # Errors
    /// The other has one of its name, or lies in it, or is it; it is a root; the network is full.
    pub fn move_directory(&mut self, id: DataName, to: DataName, now: Duration) -> Result<(), TreeError> {
        let directory = self.directory(id)?;
        let (name, modified, from) = (Arc::clone(&directory.name), directory.modified, directory.parent);
        self.check_free(to, &name)?;
        let from = from.filter(|_| !self.lies_in(to, id)).ok_or(TreeError::IntoItself)?;
        self.check_room(Directory::directory_bytes(&name))?;
        self.change_directory(from, 0, |from| from.remove_directory(&name))?;
        self.touch(from, now)?;
        self.change_directory(id, 0, |directory| directory.parent = Some(to))?;
        self.list(to, name, id, modified)
    }

    /// Whether a directory is another, or lies in it.
    fn lies_in(&self, id: DataName, outer: DataName) -> bool {
        let above = |id: &DataName| self.directory(*id).ok().and_then(|directory| directory.parent);
        std::iter::successors(Some(id), above).any(|id| id == outer)
    }

    /// Copies a directory and all below it into another. The copies have the names, the metadata and the times of what they are
    /// copies of, and ids of their own.
    ///
    /// # Errors
    /// The other has one of its name; it is more than [`COPIED_ENTRIES_MAX`]; the network is full.
    pub fn copy_directory(
        &mut self,
        id: DataName,
        to: DataName,
        mut new_id: impl FnMut() -> DataName,
    ) -> Result<(), TreeError> {
        let directory = self.directory(id)?;
        let (name, modified) = (Arc::clone(&directory.name), directory.modified);
        self.check_free(to, &name)?;
        let copies = self.copies(id, to, &mut new_id)?;
        let bytes: usize = copies.iter().map(|copy| copy.held_bytes() + Self::OVERHEAD_BYTES).sum();
        self.check_room(bytes + Directory::directory_bytes(&name))?;
        let copy = copies.first().map(|copy| copy.id).ok_or(TreeError::NoDirectory)?;
        for copy in copies {
            self.add_root(copy)?;
        }
        self.list(to, name, copy, modified)
    }

    /// A copy of each directory of a tree, the topmost first, taken before any is stored: the target may lie in the tree.
    fn copies(
        &self,
        id: DataName,
        to: DataName,
        new_id: &mut impl FnMut() -> DataName,
    ) -> Result<Vec<Directory>, TreeError> {
        let mut copies = Vec::new();
        let mut entries = 0;
        let mut waiting = VecDeque::from([(id, new_id(), to)]);
        while let Some((id, copy_id, parent)) = waiting.pop_front() {
            let directory = self.directory(id)?;
            entries += 1 + directory.files().count();
            if entries + waiting.len() + directory.directories().count() > COPIED_ENTRIES_MAX {
                return Err(MutationError::DataTooLarge.into());
            }
            let mut copy = directory.copy(copy_id, parent);
            for (name, id) in directory.directories().iter() {
                let below = new_id();
                copy.add_directory(Arc::clone(name), below);
                waiting.push_back((*id, below, copy_id));
            }
            copies.push(copy);
        }
        Ok(copies)
    }

    /// Adds a file to a directory.
    ///
    /// # Errors
    /// It has a file of this name, or is gone; the network is full.
    pub fn add_file(&mut self, directory: DataName, name: Arc<str>, file: File) -> Result<(), TreeError> {
        self.check_no_file(directory, &name)?;
        let modified = file.modified;
        let growth = Directory::file_bytes(&name, &file);
        self.change_directory(directory, growth, |directory| directory.add_file(name, file))?;
        self.touch(directory, modified)
    }

    /// The file of a directory.
    ///
    /// # Errors
    /// It has none of this name, or is gone.
    pub fn file(&self, directory: DataName, name: &str) -> Result<&File, TreeError> {
        self.directory(directory)?.files().get(name).ok_or(TreeError::NoFile)
    }

    /// Fails where a directory has a file of this name.
    ///
    /// # Errors
    /// It has, or it is gone.
    pub fn check_no_file(&self, directory: DataName, name: &str) -> Result<(), TreeError> {
        if self.directory(directory)?.files().contains(name) { Err(TreeError::FileExists) } else { Ok(()) }
    }

    /// Removes a file. The directory's times stay (wider behaviour §5.2), and so does its content: other files may have the same.
    ///
    /// # Errors
    /// The directory has none of this name, or is gone.
    pub fn remove_file(&mut self, directory: DataName, name: &str) -> Result<(), TreeError> {
        self.file(directory, name)?;
        self.change_directory(directory, 0, |directory| directory.remove_file(name))?;
        Ok(())
    }

    /// Changes the name or the metadata of a file.
    ///
    /// # Errors
    /// There is none; the directory has another file of the new name; the network is full.
    pub fn change_file(
        &mut self,
        directory: DataName,
        name: &str,
        new: NewDescription,
        now: Duration,
    ) -> Result<(), TreeError> {
        let growth = new.growth(name, &self.file(directory, name)?.metadata);
        if let Some(new_name) = new.name.as_deref().filter(|new_name| *new_name != name) {
            self.check_no_file(directory, new_name)?;
        }
        let change = |directory: &mut Directory| directory.change_file(name, new.name, new.metadata, now);
        self.change_directory(directory, growth, change)?;
        self.touch(directory, now)
    }

    /// Moves a file into another directory, or copies it. It keeps its name and its times.
    ///
    /// # Errors
    /// The other directory has a file of its name, also where it is the same directory; there is no such file; the network is full.
    pub fn pass_file(&mut self, from: DataName, name: &str, to: DataName, stays: bool) -> Result<(), TreeError> {
        self.check_no_file(to, name)?;
        let file = self.file(from, name)?.clone();
        self.add_file(to, name.into(), file)?;
        if stays { Ok(()) } else { self.remove_file(from, name) }
    }

    /// Fails where a directory has a sub-directory of this name.
    fn check_free(&self, parent: DataName, name: &str) -> Result<(), TreeError> {
        if self.directory(parent)?.directories().contains(name) { Err(TreeError::DirectoryExists) } else { Ok(()) }
    }

    /// Lists a stored directory in another. The other takes over its time (wider behaviour §5.2).
    fn list(&mut self, parent: DataName, name: Arc<str>, id: DataName, modified: Duration) -> Result<(), TreeError> {
        let growth = Directory::directory_bytes(&name);
        self.change_directory(parent, growth, |parent| parent.add_directory(name, id))?;
        self.touch(parent, modified)
    }

    /// Sets when a directory changed, and the directory above it, but none further up (wider behaviour §5.2).
    fn touch(&mut self, id: DataName, at: Duration) -> Result<(), TreeError> {
        let set = |directory: &mut Directory| {
            directory.modified = at;
            directory.parent
        };
        let parent = self.change_directory(id, 0, set)?;
        if let Some(parent) = parent.filter(|parent| self.directory(*parent).is_ok()) {
            self.change_directory(parent, 0, set)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::data_map::DataMap;
    use super::super::structured_data::PublicKey;
    use super::*;

    const ROOT: DataName = DataName([0; 32]);
    const A: DataName = DataName([1; 32]);
    const B: DataName = DataName([2; 32]);
    const NEW: DataName = DataName([9; 32]);
    const NOW: Duration = Duration::from_secs(7);

    fn directory(id: DataName, name: &str) -> Directory {
        Directory::new(id, name.into(), "".into(), false, PublicKey([5; 32]), Duration::ZERO)
    }

    fn file() -> File {
        let content = DataMap::Inline(Bytes::from_static(b"content"));
        File { metadata: "".into(), content, created: NOW, modified: NOW }
    }

    /// `a` with the file `f`, and `b` in `a`, in a store of at most `bytes_max` bytes.
    fn store(bytes_max: usize) -> Store {
        let mut store = Store::new(bytes_max);
        store.add_root(directory(ROOT, "root")).unwrap();
        store.add_directory(ROOT, directory(A, "a")).unwrap();
        store.add_directory(A, directory(B, "b")).unwrap();
        store.add_file(A, "f".into(), file()).unwrap();
        store
    }

    fn records(store: &Store) -> Vec<(DataName, Record)> {
        store.records_behind(None).map(|(name, record)| (*name, record.clone())).collect()
    }

    #[test]
    fn a_full_network_refuses_what_grows_changes_nothing_by_it_and_still_deletes() {
        let bytes = store(usize::MAX).bytes();
        let mut store = store(bytes);
        let before = records(&store);
        let named = |name: &str| NewDescription { name: Some(name.into()), metadata: None };
        for refused in [
            store.add_root(directory(NEW, "new")),
            store.add_directory(B, directory(NEW, "new")),
            store.add_file(B, "f".into(), file()),
            store.change_description(A, named("longer"), NOW),
            store.change_file(A, "f", named("longer"), NOW),
            store.copy_directory(A, B, || NEW),
            store.pass_file(A, "f", B, true),
        ] {
            assert_eq!(refused, Err(MutationError::NetworkFull.into()));
        }
        assert_eq!((records(&store), store.bytes()), (before, bytes));
        store.change_description(A, named("c"), NOW).unwrap();
        assert_eq!(store.delete_directory(ROOT, "c", NOW).unwrap().id, A);
        assert_eq!((store.directory(A), store.directory(B).map(|b| b.id)), (Err(TreeError::Deleted), Ok(B)));
        assert!(store.bytes() < bytes);
    }

    #[test]
    fn a_change_sets_the_time_of_its_directory_and_of_the_one_above_and_no_other() {
        let mut store = store(usize::MAX);
        store.add_file(B, "g".into(), file()).unwrap();
        let times = |store: &Store| [ROOT, A, B].map(|id| store.directory(id).unwrap().modified);
        let later = NOW * 2;
        store.add_file(B, "late".into(), File { modified: later, ..file() }).unwrap();
        assert_eq!(times(&store), [NOW, later, later]);
        store.remove_file(B, "late").unwrap();
        assert_eq!(times(&store), [NOW, later, later]);
        store.delete_directory(A, "b", later * 2).unwrap();
        assert_eq!([ROOT, A].map(|id| store.directory(id).unwrap().modified), [later * 2; 2]);
    }

    #[test]
    fn a_tree_of_too_many_entries_is_not_copied() {
        let mut store = store(usize::MAX);
        for number in 0..COPIED_ENTRIES_MAX - 2 {
            store.add_file(A, format!("{number}").into(), file()).unwrap();
        }
        assert_eq!(store.copy_directory(A, ROOT, || NEW), Err(TreeError::DirectoryExists));
        assert_eq!(store.copy_directory(A, B, || NEW), Err(MutationError::DataTooLarge.into()));
        store.remove_file(A, "f").unwrap();
        let mut ids = (10..).map(|id| DataName([id; 32]));
        assert_eq!(store.copy_directory(A, B, || ids.next().unwrap()), Ok(()));
        assert_eq!(store.directory(DataName([10; 32])).unwrap().files().count(), COPIED_ENTRIES_MAX - 2);
    }
}
