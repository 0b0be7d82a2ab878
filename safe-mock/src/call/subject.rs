//! Which handle or record a call is about, and where its request says so.

use super::words::Call;

/// Where a request says which handle or record it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// A handle to a data id, in the path.
    DataId(&'a str),
    /// A handle to a snapshot, in the path.
    StructuredData(&'a str),
    /// A handle to a choice of encryption, in the path. It is about no record.
    CipherOptions(&'a str),
    /// A name in the body.
    Body,
    /// Nowhere.
    Nothing,
}

impl Call {
    /// Where the request says which handle or record it is about.
    pub(crate) fn subject(self, path: &str) -> Subject<'_> {
        let segment = |index| path.trim_start_matches('/').split('/').nth(index).unwrap_or_default();
        match self {
            Self::HoldDataId | Self::Create => Subject::Body,
            Self::SerialiseDataId | Self::DropDataId => Subject::DataId(segment(1)),
            Self::Fetch => Subject::DataId(segment(2)),
            Self::Put | Self::Post | Self::Patch | Self::Delete | Self::Read => Subject::StructuredData(segment(1)),
            Self::Unclaim
            | Self::Metadata
            | Self::DataIdOf
            | Self::Serialise
            | Self::ValidateSize
            | Self::DropHandle => Subject::StructuredData(segment(2)),
            Self::DropCipherOptions => Subject::CipherOptions(segment(1)),
            Self::Authorise
            | Self::Check
            | Self::Revoke
            | Self::DeserialiseDataId
            | Self::Deserialise
            | Self::ChooseCipherOptions
            | Self::Health
            | Self::Options
            | Self::Unknown => Subject::Nothing,
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
        assert_eq!(subject(Method::PUT, "/structured-data/5"), Subject::StructuredData("5"));
        assert_eq!(subject(Method::GET, "/structured-data/handle/5"), Subject::DataId("5"));
        assert_eq!(subject(Method::DELETE, "/structured-data/handle/5"), Subject::StructuredData("5"));
        assert_eq!(subject(Method::POST, "/data-id/structured-data"), Subject::Body);
        assert_eq!(subject(Method::DELETE, "/cipher-opts/5"), Subject::CipherOptions("5"));
        assert_eq!(subject(Method::GET, "/auth"), Subject::Nothing);
    }
}
