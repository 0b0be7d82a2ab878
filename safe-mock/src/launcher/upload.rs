//! Content that an app sends: held until it is stored, within the budget of its launcher.

use super::content_budget::{ContentBudget, Reserved};
use super::error::LauncherError;
use crate::network::{DataMap, DraftContent, Store};

/// Content that comes in pieces.
#[derive(Debug)]
pub struct Upload {
    content: DraftContent,
    reserved: Reserved,
}

impl Upload {
    /// No content yet.
    pub fn new(budget: &ContentBudget) -> Self {
        Self { content: DraftContent::default(), reserved: budget.share() }
    }

    /// Whether so many bytes may come.
    ///
    /// # Errors
    /// They are more than the launcher may hold.
    pub fn expect(&self, bytes: u64) -> Result<(), LauncherError> {
        if self.reserved.budget().has_room_for(bytes) { Ok(()) } else { Err(LauncherError::TooMuchContent) }
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// There is more content under way than the launcher may hold; the piece is not appended.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), LauncherError> {
        self.reserved.grow(piece.len())?;
        self.content.push(piece);
        Ok(())
    }

    /// Stores the content; see [`DraftContent::store`].
    ///
    /// # Errors
    /// The network refuses.
    pub fn store(&mut self, store: &mut Store) -> Result<DataMap, LauncherError> {
        let map = self.content.store(store)?;
        self.reserved.shrink_to(self.content.held_bytes());
        Ok(map)
    }

    /// Stores all of the content.
    ///
    /// # Errors
    /// The network refuses.
    pub fn finish(self, store: &mut Store) -> Result<DataMap, LauncherError> {
        Ok(self.content.finish(store)?)
    }
}
