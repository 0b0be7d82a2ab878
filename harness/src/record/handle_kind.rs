//! Which handle a request uses, and which it is given.

use super::event::Call;
use super::request::RequestKind;

/// The two kinds of handle, which a launcher numbers on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HandleKind {
    /// Of a data id.
    DataId,
    /// Of a record.
    Record,
}

impl Call {
    /// The handle in its path.
    pub(crate) fn handle_used(&self) -> Option<(HandleKind, u64)> {
        let kind = match self.kind {
            RequestKind::FetchRecord | RequestKind::DropDataId => HandleKind::DataId,
            RequestKind::ReadRecord
            | RequestKind::DropRecord
            | RequestKind::ChangeRecord
            | RequestKind::StoreRecord
            | RequestKind::UpdateRecord
            | RequestKind::DeleteRecord => HandleKind::Record,
            RequestKind::Authorise | RequestKind::NameRecord | RequestKind::CreateRecord | RequestKind::Other => {
                return None;
            }
        };
        Some((kind, self.target?))
    }

    /// The handle that it is given.
    pub(crate) fn handle_given(&self) -> Option<(HandleKind, u64)> {
        let kind = match self.kind {
            RequestKind::NameRecord => HandleKind::DataId,
            RequestKind::FetchRecord | RequestKind::CreateRecord => HandleKind::Record,
            _ => return None,
        };
        Some((kind, self.given?))
    }
}
