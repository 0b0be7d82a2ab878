//! Which handle or record a call is about, and where its request says so.

use super::handle_kind::HandleKind;
use super::words::Call;

/// Where a request says which handle or record it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// A handle of some kind, in the path.
    Handle(HandleKind, &'a str),
    /// A name in the body.
    Body,
    /// Nowhere, or in a way that no fault rule asks for.
    Nothing,
}

impl Call {
    /// Where the request says which handle or record it is about.
    pub(crate) fn subject(self, path: &str) -> Subject<'_> {
        let handle = |kind, index| {
            let segment = path.trim_start_matches('/').split('/').nth(index);
            Subject::Handle(kind, segment.unwrap_or_default())
        };
        match self {
            Self::HoldDataId | Self::HoldAppendableDataId | Self::Create | Self::CreateAppendable => Subject::Body,
            Self::SerialiseDataId | Self::DropDataId => handle(HandleKind::DataId, 1),
            Self::Put | Self::Post | Self::Patch | Self::Delete | Self::Read => handle(HandleKind::StructuredData, 1),
            Self::Unclaim
            | Self::Metadata
            | Self::DataIdOf
            | Self::Serialise
            | Self::ValidateSize
            | Self::DropHandle => handle(HandleKind::StructuredData, 2),
            Self::DropCipherOptions => handle(HandleKind::CipherOptions, 1),
            Self::Write | Self::CloseWriter => handle(HandleKind::Writer, 1),
            Self::DropWriter => handle(HandleKind::Writer, 2),
            Self::Fetch | Self::FetchAppendable | Self::OpenReader => handle(HandleKind::DataId, 2),
            Self::ReadImmutable => handle(HandleKind::Reader, 1),
            Self::DropReader => handle(HandleKind::Reader, 2),
            Self::DropEncryptKey => handle(HandleKind::EncryptKey, 2),
            Self::DropSignKey => handle(HandleKind::SignKey, 1),
            Self::SerialiseSignKey => handle(HandleKind::SignKey, 2),
            Self::PutAppendable | Self::PostAppendable | Self::Append | Self::ItemAt | Self::RemoveItem => {
                handle(HandleKind::AppendableData, 1)
            }
            Self::AppendableMetadata
            | Self::AppendableDataIdOf
            | Self::SerialiseAppendable
            | Self::ValidateAppendableSize
            | Self::DropAppendable
            | Self::EncryptKeyOf
            | Self::DeletedItemAt
            | Self::SignKeyAt
            | Self::FilterKeyAt
            | Self::AddToFilter
            | Self::RemoveFromFilter
            | Self::ToggleFilter
            | Self::RemoveDeletedItem
            | Self::RestoreItem
            | Self::ClearItems
            | Self::ClearDeletedItems => handle(HandleKind::AppendableData, 2),
            Self::DeletedSignKeyAt => handle(HandleKind::AppendableData, 3),
            _ => Subject::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn the_subject_is_the_handle_in_the_path() {
        let subject = |method: Method, path| Call::parse(&method, path).subject(path);
        assert_eq!(subject(Method::PUT, "/structured-data/5"), Subject::Handle(HandleKind::StructuredData, "5"));
        assert_eq!(subject(Method::GET, "/structured-data/handle/5"), Subject::Handle(HandleKind::DataId, "5"));
        assert_eq!(
            subject(Method::DELETE, "/structured-data/handle/5"),
            Subject::Handle(HandleKind::StructuredData, "5")
        );
        assert_eq!(subject(Method::POST, "/data-id/structured-data"), Subject::Body);
        assert_eq!(subject(Method::DELETE, "/cipher-opts/5"), Subject::Handle(HandleKind::CipherOptions, "5"));
        assert_eq!(subject(Method::GET, "/auth"), Subject::Nothing);
    }
}
