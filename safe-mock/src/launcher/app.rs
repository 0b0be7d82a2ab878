//! Apps and the permissions that they can be granted.

use serde::{Deserialize, Serialize};

use crate::journal::JournalApp;

/// An app, as its request for a session describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct App {
    /// Its readable name.
    pub name: String,
    /// Its id. Together with the vendor it determines the app's keys.
    pub id: String,
    /// Its vendor.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

impl App {
    /// What the journal tells of it.
    pub(crate) fn for_journal(&self) -> JournalApp {
        JournalApp::new(&self.id, &self.vendor, &self.name)
    }

    /// How many bytes its texts have.
    pub(super) fn held_bytes(&self) -> usize {
        let Self { name, id, vendor, version } = self;
        name.len() + id.len() + vendor.len() + version.len()
    }
}

/// What a user can grant an app. The names are those of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Permission {
    /// The user's drive.
    #[serde(rename = "SAFE_DRIVE_ACCESS")]
    SafeDriveAccess,
    /// Structured data and everything else below the file system.
    #[serde(rename = "LOW_LEVEL_API")]
    LowLevelApi,
}
