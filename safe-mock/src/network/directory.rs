//! Directories: records that list sub-directories and files (wider behaviour §5.2).
//!
//! A directory is named by its id, not by its path, so it stays the same when it is renamed or moved. It lists the ids of its
//! sub-directories; what is shown of them is read from their own records, so no copy of it can be out of date. How trees of
//! directories change is in `tree.rs`.

use std::sync::Arc;
use std::time::Duration;

use super::data_id::DataName;
use super::entries::Entries;
use super::file::File;
use super::structured_data::PublicKey;

/// One directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The name of its record, drawn at random.
    pub id: DataName,
    /// Its name in the directory above it.
    pub name: Arc<str>,
    /// What an app wrote beside the entries.
    pub metadata: Arc<str>,
    /// Whether only the account that owns it can read it.
    pub is_private: bool,
    /// The account that owns it.
    pub owner: PublicKey,
    /// When it was created, as time since 1970.
    pub created: Duration,
    /// When it changed.
    pub modified: Duration,
    /// The directory that lists it; none of a root.
    pub parent: Option<DataName>,
    directories: Entries<DataName>,
    files: Entries<File>,
    entries_bytes: usize,
}

impl Directory {
    /// An empty directory, which no directory lists yet.
    pub fn new(
        id: DataName,
        name: Arc<str>,
        metadata: Arc<str>,
        is_private: bool,
        owner: PublicKey,
        now: Duration,
    ) -> Self {
        Self {
            id,
            name,
            metadata,
            is_private,
            owner,
            created: now,
            modified: now,
            parent: None,
            directories: Entries::default(),
            files: Entries::default(),
            entries_bytes: 0,
        }
    }

    /// A copy with another id in another directory, with the same files and without sub-directories.
    pub fn copy(&self, id: DataName, parent: DataName) -> Self {
        let files_bytes = self.files.iter().map(|(name, file)| Self::file_bytes(name, file)).sum();
        Self {
            id,
            parent: Some(parent),
            name: Arc::clone(&self.name),
            metadata: Arc::clone(&self.metadata),
            directories: Entries::default(),
            files: self.files.clone(),
            entries_bytes: files_bytes,
            ..*self
        }
    }

    /// The ids of its sub-directories, by name.
    pub fn directories(&self) -> &Entries<DataName> {
        &self.directories
    }

    /// Its files, by name.
    pub fn files(&self) -> &Entries<File> {
        &self.files
    }

    /// How many bytes it holds, its entries included.
    pub fn held_bytes(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.metadata.len() + self.entries_bytes
    }

    /// How many bytes an entry for a sub-directory of this name takes.
    pub fn directory_bytes(name: &str) -> usize {
        Entries::<DataName>::entry_bytes(name)
    }

    /// How many bytes an entry for a file takes.
    pub fn file_bytes(name: &str, file: &File) -> usize {
        Entries::<File>::entry_bytes(name) + file.held_bytes()
    }

    /// Lists a sub-directory behind the others. Returns whether its name was free.
    pub fn add_directory(&mut self, name: Arc<str>, id: DataName) -> bool {
        let bytes = Self::directory_bytes(&name);
        let is_added = self.directories.add(name, id);
        self.entries_bytes += if is_added { bytes } else { 0 };
        is_added
    }

    /// Lists a sub-directory no longer.
    pub fn remove_directory(&mut self, name: &str) -> Option<DataName> {
        let (name, id) = self.directories.remove(name)?;
        self.entries_bytes -= Self::directory_bytes(&name);
        Some(id)
    }

    /// Lists a sub-directory under another name, at the same place. Returns whether that was possible.
    pub fn rename_directory(&mut self, name: &str, new_name: Arc<str>) -> bool {
        let bytes = Self::directory_bytes(&new_name);
        let is_renamed = self.directories.rename(name, new_name);
        if is_renamed {
            self.entries_bytes = self.entries_bytes + bytes - Self::directory_bytes(name);
        }
        is_renamed
    }

    /// Adds a file behind the others. Returns whether its name was free.
    pub fn add_file(&mut self, name: Arc<str>, file: File) -> bool {
        let bytes = Self::file_bytes(&name, &file);
        let is_added = self.files.add(name, file);
        self.entries_bytes += if is_added { bytes } else { 0 };
        is_added
    }

    /// Removes a file.
    pub fn remove_file(&mut self, name: &str) -> Option<(Arc<str>, File)> {
        let (name, file) = self.files.remove(name)?;
        self.entries_bytes -= Self::file_bytes(&name, &file);
        Some((name, file))
    }

    /// Changes the metadata of a file, or its name at the same place, or both. Returns whether there is such a file and the new
    /// name was free, or its own; otherwise nothing has changed.
    pub fn change_file(
        &mut self,
        name: &str,
        new_name: Option<Arc<str>>,
        metadata: Option<Arc<str>>,
        now: Duration,
    ) -> bool {
        let Some(before) = self.files.get(name).map(|file| Self::file_bytes(name, file)) else { return false };
        let new_name = new_name.unwrap_or_else(|| name.into());
        if !self.files.rename(name, Arc::clone(&new_name)) {
            return false;
        }
        if let Some(file) = self.files.get_mut(&new_name) {
            file.metadata = metadata.unwrap_or_else(|| Arc::clone(&file.metadata));
            file.modified = now;
            self.entries_bytes = self.entries_bytes + Self::file_bytes(&new_name, file) - before;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::data_map::DataMap;
    use super::*;

    fn directory() -> Directory {
        Directory::new(DataName([1; 32]), "a".into(), "".into(), false, PublicKey([2; 32]), Duration::ZERO)
    }

    fn file(metadata: &str) -> File {
        let content = DataMap::Inline(Bytes::from_static(b"content"));
        File { metadata: metadata.into(), content, created: Duration::ZERO, modified: Duration::ZERO }
    }

    #[test]
    fn a_directory_that_is_emptied_holds_as_much_as_an_empty_one() {
        let mut full = directory();
        assert!(full.add_directory("one".into(), DataName([3; 32])) && full.add_file("two".into(), file("some text")));
        assert!(!full.add_directory("one".into(), DataName([4; 32])) && !full.add_file("two".into(), file("")));
        let held = full.held_bytes();
        assert!(full.rename_directory("one", "a longer name".into()));
        assert!(full.change_file("two", Some("another name".into()), Some("longer text".into()), Duration::ZERO));
        assert_eq!(full.held_bytes(), held + 10 + 9 + 2);
        assert!(!full.change_file("two", None, None, Duration::ZERO));
        assert_eq!(full.remove_directory("a longer name"), Some(DataName([3; 32])));
        assert!(full.remove_file("another name").is_some() && full.remove_file("two").is_none());
        assert_eq!(full.held_bytes(), directory().held_bytes());
    }
}
