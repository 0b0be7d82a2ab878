//! Whole records: read, stored and removed. None of these operations leaks a handle.

use bytes::Bytes;

use super::error::LauncherError;
use super::handle::StructuredDataHandle;
use super::session::{FetchedRecord, Session};
use crate::room::{Place, RecordName};

/// What is stored under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing, and nothing ever was.
    Nothing,
    /// The remainder of a deleted record (launcher behaviour §7.12): the account that stores the next version owns the name.
    Emptied {
        /// The version that the deletion left.
        version: u64,
    },
    /// A record.
    Record(Record),
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it holds.
    pub content: Bytes,
    /// Its version.
    pub version: u64,
    /// Whether it belongs to the account of the session that read it.
    pub is_own: bool,
}

impl Found {
    /// Where another record can be stored; `None` if one lives there.
    pub fn free_place(&self) -> Option<Place> {
        match self {
            Self::Nothing => Some(Place::Free { version: 0 }),
            Self::Emptied { version } => Some(Place::Free { version: version.saturating_add(1) }),
            Self::Record(_) => None,
        }
    }
}

impl Session {
    /// Reads what is stored under `name`, with the requests of the original app.
    ///
    /// # Errors
    ///
    /// The launcher cannot be reached, or its response is invalid.
    pub async fn look(&self, name: &RecordName) -> Result<Found, LauncherError> {
        let Some(FetchedRecord { handle, is_own, version }) = self.fetch_by_name(name).await? else {
            return Ok(Found::Nothing);
        };
        let content = self.read(&handle).await;
        handle.release().await;
        match content {
            Ok(content) => Ok(Found::Record(Record { content, version, is_own })),
            Err(error) if error.is_emptied() => Ok(Found::Emptied { version }),
            Err(error) => Err(error),
        }
    }

    /// Stores `content` under `name`. In a place that was never used, that takes the requests of the original.
    ///
    /// # Errors
    ///
    /// [`LauncherError::is_conflict`] if the place has changed; others if the response is invalid.
    pub async fn store(&self, name: &RecordName, content: &[u8], place: Place) -> Result<(), LauncherError> {
        match place {
            Place::Free { version } => {
                let record = self.create(name, content, Some(version).filter(|version| *version > 0)).await?;
                let stored = self.put(&record).await;
                // The original never drops it.
                record.release().await;
                stored
            }
            Place::Over { version } => {
                let changed = LauncherError::Changed { request: "replacing a record" };
                let Some(fetched) = self.fetch_by_name(name).await? else { return Err(changed) };
                let is_expected = fetched.is_own && fetched.version == version;
                let saved = if is_expected { self.overwrite(&fetched.handle, content).await } else { Err(changed) };
                fetched.handle.release().await;
                saved
            }
        }
    }

    /// Deletes what is stored under `name` if it is ours and holds one of `contents`. Answers `false` if it is not there:
    /// nothing is, or something else of ours. What another account has stored there means that ours never can be.
    ///
    /// # Errors
    ///
    /// The launcher cannot be reached, or its response is invalid.
    pub async fn remove(&self, name: &RecordName, contents: &[Bytes]) -> Result<bool, LauncherError> {
        let Some(FetchedRecord { handle, is_own, .. }) = self.fetch_by_name(name).await? else { return Ok(false) };
        let removed = self.delete_if(&handle, is_own, contents).await;
        handle.release().await;
        match removed {
            Err(error) if error.is_emptied() => Ok(false),
            // It has been changed just now.
            Err(error) if error.is_conflict() => Ok(true),
            removed => removed,
        }
    }

    /// A deletion names the version that was fetched, so it deletes exactly what was read.
    async fn delete_if(
        &self,
        record: &StructuredDataHandle,
        is_own: bool,
        contents: &[Bytes],
    ) -> Result<bool, LauncherError> {
        let content = self.read(record).await?;
        if !is_own {
            return Ok(true);
        }
        let is_ours = contents.contains(&content);
        if is_ours {
            self.delete(record).await?;
        }
        Ok(is_ours)
    }

    async fn overwrite(&self, record: &StructuredDataHandle, content: &[u8]) -> Result<(), LauncherError> {
        self.change(record, content).await?;
        self.save(record).await
    }

    /// `None` where nothing ever was.
    async fn fetch_by_name(&self, name: &RecordName) -> Result<Option<FetchedRecord>, LauncherError> {
        let data_id = self.data_id(name).await?;
        let fetched = self.fetch(&data_id).await;
        // The original keeps the data id if nothing is stored, and so leaks one at each poll.
        data_id.release().await;
        match fetched {
            Ok(fetched) => Ok(Some(fetched)),
            Err(LauncherError::NoSuchData { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
