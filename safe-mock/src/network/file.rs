//! Files: what a directory holds of each of them (wider behaviour §6). The name is that of its entry in the directory.

use std::sync::Arc;
use std::time::Duration;

use super::data_map::DataMap;

/// One file. Copies of it share its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What an app wrote beside the content.
    pub metadata: Arc<str>,
    /// Where its content is stored.
    pub content: DataMap,
    /// When it was begun, as time since 1970.
    pub created: Duration,
    /// When its content was complete, or its name or metadata changed.
    pub modified: Duration,
}

impl File {
    /// How many bytes it holds beside its own fields.
    pub fn held_bytes(&self) -> usize {
        self.metadata.len() + self.content.held_bytes()
    }
}
