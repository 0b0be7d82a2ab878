//! Why a request failed, and what would have been right: for the person whose app sent it. The launcher's own error has a code alone.
//!
//! The text goes to the journal and to the header `x-mock-why`. It is no part of the launcher's behaviour, and no client may need it.

use http::{HeaderMap, HeaderValue, Method};

use super::body::PARSED_BYTES_MAX;
use super::mock_headers::WHY;
use super::reply::{Failure, NoSession};
use crate::call::{Call, HandleKind};
use crate::config::Consent;
use crate::escape::Escaped;
use crate::launcher::faults::Named;
use crate::launcher::lost_handles::{End, HandleFate};
use crate::launcher::shared::ConsentDenied;
use crate::launcher::{Launcher, LauncherError, RecordState};
use crate::network::{DataName, GetError, MutationError};

/// The longest text in the header, in bytes.
const HEADER_BYTES_MAX: usize = 600;

/// What is known of a request that failed.
pub struct Asked<'a> {
    /// The launcher.
    pub launcher: &'a Launcher,
    /// What it asked for.
    pub call: Option<Call>,
    /// Its method.
    pub method: &'a Method,
    /// The canonical form of its path.
    pub path: &'a str,
    /// The handle in its path.
    pub handle: Option<Named>,
    /// The record that it was about.
    pub record: Option<DataName>,
    /// The version that it would have stored.
    pub version: Option<u64>,
}

impl Asked<'_> {
    /// Why it failed.
    pub fn why(&self, failure: &Failure) -> String {
        match failure {
            Failure::BadToken => "The token belongs to no live session of this launcher: the session was revoked or displaced, the user \
                                  logged out, the launcher restarted, or another launcher issued it. Ask for a session again: POST /auth."
                .to_owned(),
            Failure::ConsentDenied(denied) => self.denied(*denied),
            Failure::NoToken => no_session(NoSession::Unauthorized),
            Failure::NoSession(route) => no_session(*route),
            Failure::NoPermission => {
                "The app did not ask for LOW_LEVEL_API. Ask for a session with \"permissions\": [\"LOW_LEVEL_API\"]: POST /auth.".to_owned()
            }
            Failure::Refused(text) => self.refused(text),
            Failure::Launcher(error) => self.failed(*error),
            Failure::NotFound => self.not_found(),
            Failure::Absent(text) => format!("{text}."),
            Failure::InvalidRange => {
                "The Range header asks for no part of the content. Expected: bytes=START-END, with START at most its length; END is exclusive and may be left out.".to_owned()
            }
            Failure::BodyTooLarge(max) => format!("The body has more than {max} bytes, which is the most that this launcher takes."),
            Failure::Foreign(refusal) => refusal.to_string(),
        }
    }

    fn denied(&self, denied: ConsentDenied) -> String {
        let why = match (denied, self.launcher.consent()) {
            (ConsentDenied::NoAccount, _) => "no account is logged in: POST /__mock/accounts logs one in",
            (ConsentDenied::ByUser, Consent::Deny) => {
                "the launcher denies every app: PUT /__mock/consent {\"policy\":\"allow\"} lets apps in"
            }
            (ConsentDenied::ByUser, Consent::Ask) => {
                "the user denied it, or too many apps wait: GET /__mock/consent shows who waits"
            }
            (ConsentDenied::ByUser, Consent::Allow) => "the user denied it, before the policy was to let every app in",
        };
        format!("The app was not let in; {why}.")
    }

    fn refused(&self, text: &str) -> String {
        let expected = match self.call {
            Some(Call::Authorise) => {
                "a JSON body {\"app\":{\"name\",\"id\",\"vendor\",\"version\"},\"permissions\":[]}, each text not empty"
            }
            Some(Call::Create) => {
                "a JSON body {\"name\": 32 bytes in base64, \"typeTag\": 500, 501 or from 15000, \"data\": base64, \"version\", \"cipherOpts\"}"
            }
            Some(Call::HoldAppendableDataId) => {
                "a JSON body {\"name\": 32 bytes in base64, \"isPrivate\": true or false}"
            }
            Some(Call::CreateAppendable) => {
                "a JSON body {\"name\": 32 bytes in base64, \"isPrivate\": true or false, \"filterType\": \"BLACK_LIST\" or \"WHITE_LIST\", \"filterKeys\": [handles of signing keys]}"
            }
            Some(Call::AddToFilter | Call::RemoveFromFilter) => {
                "a whole number as the handle in the path, and a JSON body [handles of signing keys]"
            }
            Some(
                Call::ItemAt
                | Call::DeletedItemAt
                | Call::SignKeyAt
                | Call::DeletedSignKeyAt
                | Call::FilterKeyAt
                | Call::RemoveItem
                | Call::RemoveDeletedItem
                | Call::RestoreItem,
            ) => "whole numbers as the handle and the index in the path",
            Some(Call::Append) => "whole numbers as the two handles in the path",
            Some(Call::HoldDataId) => "a JSON body {\"name\": 32 bytes in base64, \"typeTag\"}",
            Some(Call::Patch) => "a JSON body {\"data\": base64, \"cipherOpts\": a handle}",
            Some(Call::ChooseCipherOptions) => {
                "/cipher-opts/plain, /cipher-opts/symmetric, or /cipher-opts/asymmetric with the handle of an encryption key"
            }
            Some(Call::Write) => {
                "a handle of a writer in the path, and a body whose header Content-Length says how long it is"
            }
            Some(Call::ReadImmutable) => {
                "a handle of a reader in the path, and no Range header or one of bytes=START-END"
            }
            Some(
                Call::Deserialise | Call::DeserialiseDataId | Call::DeserialiseAppendable | Call::DeserialiseSignKey,
            ) => "a body of the bytes that the launcher serialised",
            Some(Call::RegisterName | Call::AddService) => {
                "a JSON body {\"longName\", \"serviceName\": 3 to 62 of a-z, 0-9 and inner hyphens, \"rootPath\": app or drive, \"serviceHomeDirPath\"}"
            }
            Some(Call::CreateName) => "a name of 3 to 62 of a-z, 0-9 and inner hyphens",
            Some(call) if call.is_of_files() => {
                "/nfs/directory/app/PATH or /nfs/file/app/PATH, or drive for app; JSON with \"metadata\", \"isPrivate\", \"name\", or to move \
                 \"srcRootPath\", \"srcPath\", \"destRootPath\", \"destPath\", \"action\""
            }
            Some(_) => "a whole number as the handle in the path",
            None => return format!("{}.", Escaped(text)),
        };
        format!("{}. Expected: {expected}.", Escaped(text.trim_end_matches('.')))
    }

    fn not_found(&self) -> String {
        let path = Escaped(self.path);
        match Call::methods(self.path) {
            Some(methods) if methods.split(',').any(|method| method == self.method.as_str()) => {
                format!(
                    "The body is not what its Content-Type says, or is JSON or a form of more than {PARSED_BYTES_MAX} bytes; or the path has a \
                     malformed escape."
                )
            }
            Some(methods) => format!("{path} takes {methods}, and no {}.", Escaped(self.method.as_str())),
            None if self.path.starts_with("/nfs/") => format!(
                "No route of this launcher: {path}. Expected: /nfs/directory/app/PATH or /nfs/file/app/PATH, with the slash behind the root \
                 also where PATH is empty; PUT /nfs/file/metadata/app/PATH; POST /nfs/movedir and /nfs/movefile."
            ),
            None => format!(
                "No route of this launcher: {path}. It serves {}, also below /0.5; and its control plane below /__mock.",
                Call::nouns().map(|noun| format!("/{noun}")).join(", ")
            ),
        }
    }

    fn failed(&self, error: LauncherError) -> String {
        match error {
            LauncherError::UnknownStructuredData => self.unknown(HandleKind::StructuredData),
            LauncherError::UnknownDataId => self.unknown(HandleKind::DataId),
            LauncherError::UnknownCipherOptions => self.unknown(HandleKind::CipherOptions),
            LauncherError::UnknownWriter => self.unknown(HandleKind::Writer),
            LauncherError::UnknownReader => self.unknown(HandleKind::Reader),
            LauncherError::UnknownEncryptKey => self.unknown(HandleKind::EncryptKey),
            LauncherError::UnknownSignKey => self.unknown(HandleKind::SignKey),
            LauncherError::UnknownAppendableData => self.unknown(HandleKind::AppendableData),
            LauncherError::NoSuchIndex => {
                "There is no item or key of this index: indexes begin with 0, and GET /appendable-data/metadata/{handle} has the \
                 lengths of the copy behind the handle."
                    .to_owned()
            }
            LauncherError::ItemForAnother => {
                "The item is sealed for the app that created this appendable data, of the account that owns it: no other opens it."
                    .to_owned()
            }
            LauncherError::NotPrivate => {
                "Items of public appendable data are not sealed: only private appendable data has an encryption key.".to_owned()
            }
            LauncherError::Get(GetError::NoSuchData) => self.nothing_there(),
            LauncherError::Mutation(error) => self.not_stored(error),
            LauncherError::RequestTimeout => {
                "The launcher is cut off from its network, by a fault rule or by its link: see GET /__mock/faults, and \
                                              PUT /__mock/link {\"joined\":true}."
                    .to_owned()
            }
            LauncherError::TooLarge => "It is larger than this launcher holds: see --memory-bytes-max.".to_owned(),
            LauncherError::TooMuchContent => {
                "Apps send more content than this launcher may hold at a time: close or drop writers, or see --content-bytes-max.".to_owned()
            }
            LauncherError::SealedForAnother => {
                "Another app or another account sealed it: only the same app of the same account can open it."
                    .to_owned()
            }
            LauncherError::SealedNeedsApp => {
                "It is sealed, and the request has no session: send Authorization: Bearer TOKEN.".to_owned()
            }
            LauncherError::PermissionDenied => {
                "The app did not ask for SAFE_DRIVE_ACCESS. Ask for a session with \"permissions\": [\"SAFE_DRIVE_ACCESS\"]: POST /auth."
                    .to_owned()
            }
            LauncherError::PathNotFound => {
                "No directory has this path, or one on the way is missing: parents are not created. A directory cannot be moved into itself."
                    .to_owned()
            }
            LauncherError::NameTaken => {
                "Somebody registered this long name before: GET /dns lists those of the account. PUT /dns adds a service to one.".to_owned()
            }
            LauncherError::UnknownName => {
                "The account has no such long name: GET /dns lists those it has, POST /dns/NAME registers one.".to_owned()
            }
            LauncherError::FileExists => {
                "The directory has a file of this name, and files are not overwritten: DELETE it first.".to_owned()
            }
            other => format!("It failed: {other}."),
        }
    }

    fn unknown(&self, wanted: HandleKind) -> String {
        let Some(handle) = self.handle.map(|named| named.number) else {
            return format!("The body names no live handle of {}.", noun(wanted));
        };
        let fate = self.launcher.state().handles.fate(handle, wanted);
        let why = match fate {
            HandleFate::NeverMade(0) => {
                "was never made: there has been no handle since the launcher started".to_owned()
            }
            HandleFate::NeverMade(last) => format!("was never made: the last handle is {last}"),
            HandleFate::OfKind(kind) => {
                format!("is a handle of {}, and this call takes one of {}", noun(kind), noun(wanted))
            }
            HandleFate::OfAnotherAccount => "belongs to another account".to_owned(),
            HandleFate::Ended(End::Dropped) => "was dropped before".to_owned(),
            HandleFate::Ended(End::Displaced) => {
                let most = self.launcher.config().handles_max;
                format!(
                    "was lost to others that were used later: the launcher keeps {most} of a kind, and as many bytes as --memory-bytes-max \
                     leaves for it. Drop handles after use"
                )
            }
            HandleFate::AllLost => "was lost with all others, by a fault or through the control plane".to_owned(),
            HandleFate::LongGone => "was dropped or lost long ago".to_owned(),
        };
        format!("Handle {handle} {why}.")
    }

    fn nothing_there(&self) -> String {
        let stored = self.record.and_then(|record| self.launcher.network().record(record));
        match stored.and_then(|stored| stored.type_tag) {
            Some(tag) => format!("Data of type tag {tag} are stored there, and another tag was asked for."),
            None => "Nothing is stored under this name.".to_owned(),
        }
    }

    fn not_stored(&self, error: MutationError) -> String {
        let network = self.launcher.network();
        let stored = self.record.and_then(|record| network.record(record));
        let writer = self.record.and_then(|record| network.rooms().writes(record).next());
        let has = stored.as_ref().and_then(|stored| stored.version);
        let writer = writer.filter(|write| has.is_none() || write.version == has);
        let by = writer.map_or_else(String::new, |write| {
            format!(", stored by launcher {} in request {}", write.launcher, write.request)
        });
        let state = stored.as_ref().map(|stored| stored.state);
        let sent = self.version;
        match (error, has, sent) {
            (_, Some(has), Some(sent)) if state == Some(RecordState::Deleted) => format!(
                "It is deleted with version {has}{by}: only a PUT of version {} stores there again, and version {sent} was sent.",
                has.saturating_add(1)
            ),
            (_, Some(_), _) if state == Some(RecordState::Unclaimable) => {
                format!("Its name was emptied for ever{by}: nothing can be stored there again. Use another name.")
            }
            (MutationError::DataExists, Some(has), _) => format!(
                "The name is taken: the network has version {has}{by}. PUT is for new names; to change it, fetch it and POST its next version."
            ),
            (MutationError::InvalidSuccessor, Some(has), Some(sent)) if self.call == Some(Call::Append) && has == sent => {
                "The filter excludes this account, or it has appended the same before: an item is appended once, even if its owner \
                 removed it."
                    .to_owned()
            }
            (MutationError::InvalidSuccessor, Some(has), Some(sent)) if self.call == Some(Call::Append) => {
                format!("The copy behind the handle has version {sent}, the network {has}. Fetch it again, and append to that handle.")
            }
            (MutationError::InvalidSuccessor, Some(has), Some(sent)) if has.checked_add(1) != Some(sent) => {
                format!("Version {sent} was sent, the network has {has}{by}. Fetch it again, and POST that handle.")
            }
            (MutationError::InvalidSuccessor, Some(has), _) => {
                format!(
                    "The network has version {has}{by}, of another owner: only the account that owns it can change it."
                )
            }
            (MutationError::NoSuchData, ..) => {
                "Nothing is stored under this name: PUT stores what is new, POST changes it.".to_owned()
            }
            (MutationError::NetworkFull, ..) => {
                "The network is full: see --network-bytes-max, or POST /__mock/reset.".to_owned()
            }
            _ => format!("The network refused it: {error}."),
        }
    }
}

fn no_session(route: NoSession) -> String {
    let what = match route {
        NoSession::Unauthorised => "This call is about a session",
        NoSession::UnauthorisedAccess => "This call needs the session of an app with LOW_LEVEL_API",
        NoSession::Unauthorized => "This call needs the session of an app",
    };
    format!("{what}, and the request has no token: send Authorization: Bearer TOKEN, with the token of POST /auth.")
}

fn noun(kind: HandleKind) -> &'static str {
    match kind {
        HandleKind::StructuredData => "structured data",
        HandleKind::DataId => "a data id",
        HandleKind::CipherOptions => "cipher options",
        HandleKind::Writer => "a writer",
        HandleKind::Reader => "a reader",
        HandleKind::EncryptKey => "an encryption key",
        HandleKind::SignKey => "a signing key",
        HandleKind::AppendableData => "appendable data",
    }
}

/// Adds the text to an answer, as far as a header can hold it: printable ASCII.
pub fn add(headers: &mut HeaderMap, why: &str) {
    let text: String = why.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect();
    let text = if text.len() > HEADER_BYTES_MAX { format!("{}...", &text[..HEADER_BYTES_MAX]) } else { text };
    headers.extend(HeaderValue::from_str(&text).ok().map(|text| (WHY, text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_holds_printable_ascii_and_no_more_than_a_screen() {
        let mut headers = HeaderMap::new();
        add(&mut headers, "room gr\u{f6}\u{df}e\r\nx-evil: 1");
        assert_eq!(headers[WHY], "room gr??e??x-evil: 1");
        headers.clear();
        add(&mut headers, &"x".repeat(100_000));
        assert_eq!(headers[WHY].len(), HEADER_BYTES_MAX + 3);
    }
}
