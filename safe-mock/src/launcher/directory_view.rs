//! A directory, as the control plane shows it: with some of its entries, and no content of files.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;

use crate::millis;
use crate::network::{Directory, Store};

/// How many entries are shown of each kind.
const SHOWN_MAX: usize = 200;

/// A directory and its first entries.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DirectoryView {
    /// Its name.
    pub name: String,
    /// Whether only its owner can read it.
    pub is_private: bool,
    /// The key of the account that owns it, in base64.
    pub owner: String,
    /// When it was created, in milliseconds since 1970.
    #[serde(with = "millis")]
    pub created_ms: std::time::Duration,
    /// When it changed.
    #[serde(with = "millis")]
    pub modified_ms: std::time::Duration,
    /// How many sub-directories it has.
    pub directory_count: usize,
    /// The first of them.
    pub directories: Vec<DirectoryEntryView>,
    /// How many files it has.
    pub file_count: usize,
    /// The first of them.
    pub files: Vec<FileEntryView>,
}

/// A sub-directory.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DirectoryEntryView {
    /// Its name.
    pub name: String,
    /// The name of its record, in base64.
    pub record: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FileEntryView {
    /// Its name.
    pub name: String,
    /// How many bytes its content has.
    pub bytes: u64,
}

impl DirectoryView {
    /// What a directory of a store lists.
    pub fn of(directory: &Directory, store: &Store) -> Self {
        let directories = directory.directories().iter().filter(|(_, id)| store.directory(**id).is_ok());
        let directories =
            directories.map(|(name, id)| DirectoryEntryView { name: shown(name), record: id.to_string() });
        let files = directory.files().iter();
        let files = files.map(|(name, file)| FileEntryView { name: shown(name), bytes: file.content.len() });
        Self {
            name: shown(&directory.name),
            is_private: directory.is_private,
            owner: STANDARD.encode(directory.owner.0),
            created_ms: directory.created,
            modified_ms: directory.modified,
            directory_count: directory.directories().count(),
            directories: directories.take(SHOWN_MAX).collect(),
            file_count: directory.files().count(),
            files: files.take(SHOWN_MAX).collect(),
        }
    }
}

/// The most characters that are shown of a name.
const NAME_CHARS_MAX: usize = 200;

fn shown(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.to_owned(),
    }
}
