//! Apps: what asks for a session, and what it may do.

use serde::{Deserialize, Serialize};

/// An app as it introduces itself when it asks for authorisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct App {
    /// Its readable name.
    pub name: String,
    /// Its identity. Together with the vendor it selects the app's keys.
    pub id: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

/// What a user can grant an app; the names are those of the wire.
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
