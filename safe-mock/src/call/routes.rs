//! The routes of the API: one function for each noun, from a method and the segments behind the noun to the [`Call`].
//!
//! Paths are in their canonical form (`http/path.rs`). A literal segment wins over a parameter for its own methods only:
//! `PUT /structured-data/handle` is a save of the handle "handle" (launcher behaviour §2.1, wider behaviour §1.1).

use super::words::Call;

/// The most segments behind a noun, where each is a word or a parameter.
const SEGMENTS_MAX: usize = 4;

/// The nouns of the API: the first segment of a path.
pub const NOUNS: [&str; 10] = [
    "auth",
    "data-id",
    "structured-data",
    "cipher-opts",
    "immutable-data",
    "appendable-data",
    "sign-key",
    "nfs",
    "dns",
    "health",
];

/// The call of a method and path; `None` where there is no route.
pub fn call(method: &str, path: &str) -> Option<Call> {
    let (noun, rest) = path.strip_prefix('/').map(|path| path.split_once('/').unwrap_or((path, "")))?;
    // The paths of files are part of these.
    match noun {
        "nfs" => return nfs(method, rest),
        // One slash at the end makes no difference, two do.
        "dns" if path == "/dns/" => return None,
        "dns" => return dns(method, rest),
        _ => {}
    }
    let mut segments = [""; SEGMENTS_MAX];
    let mut count = 0;
    if path.len() > 1 + noun.len() {
        for segment in rest.split('/') {
            *segments.get_mut(count).filter(|_| !segment.is_empty())? = segment;
            count += 1;
        }
    }
    let segments = &segments[..count];
    match noun {
        "health" => segments.is_empty().then_some(Call::Health),
        "auth" => auth(method, segments),
        "data-id" => data_id(method, segments),
        "structured-data" => structured_data(method, segments),
        "cipher-opts" => cipher_options(method, segments),
        "immutable-data" => immutable_data(method, segments),
        "appendable-data" => appendable_data(method, segments),
        "sign-key" => sign_key(method, segments),
        _ => None,
    }
}

fn auth(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("POST", []) => Call::Authorise,
        ("GET", []) => Call::Check,
        ("DELETE", []) => Call::Revoke,
        _ => return None,
    })
}

fn data_id(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("POST", []) => Call::DeserialiseDataId,
        ("POST", ["structured-data"]) => Call::HoldDataId,
        ("POST", ["appendable-data"]) => Call::HoldAppendableDataId,
        ("GET", [_]) => Call::SerialiseDataId,
        ("DELETE", [_]) => Call::DropDataId,
        _ => return None,
    })
}

fn structured_data(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("POST", []) => Call::Create,
        ("POST", ["deserialise"]) => Call::Deserialise,
        ("GET", ["handle", _]) => Call::Fetch,
        ("GET", ["metadata", _]) => Call::Metadata,
        ("GET", ["data-id", _]) => Call::DataIdOf,
        ("GET", ["serialise", _]) => Call::Serialise,
        ("GET", ["validate-size", _]) => Call::ValidateSize,
        ("GET", [_] | [_, _]) => Call::Read,
        ("DELETE", ["handle", _]) => Call::DropHandle,
        ("DELETE", ["unclaim", _]) => Call::Unclaim,
        ("PUT", [_]) => Call::Put,
        ("POST", [_]) => Call::Post,
        ("PATCH", [_]) => Call::Patch,
        ("DELETE", [_]) => Call::Delete,
        _ => return None,
    })
}

fn cipher_options(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("GET", [_] | [_, _]) => Call::ChooseCipherOptions,
        ("DELETE", [_]) => Call::DropCipherOptions,
        _ => return None,
    })
}

fn immutable_data(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("GET", ["writer"]) => Call::OpenWriter,
        ("POST", [_]) => Call::Write,
        ("PUT", [_, _]) => Call::CloseWriter,
        ("DELETE", ["writer", _]) => Call::DropWriter,
        ("GET", ["reader", _]) => Call::OpenReader,
        ("GET", [_]) => Call::ReadImmutable,
        ("DELETE", ["reader", _]) => Call::DropReader,
        _ => return None,
    })
}

fn appendable_data(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("POST", []) => Call::CreateAppendable,
        ("POST", ["deserialise"]) => Call::DeserialiseAppendable,
        ("POST", [_]) => Call::PostAppendable,
        ("PUT", [_]) => Call::PutAppendable,
        ("PUT", ["filter", _]) => Call::AddToFilter,
        ("PUT", ["toggle-filter", _]) => Call::ToggleFilter,
        ("PUT", ["restore", _, _]) => Call::RestoreItem,
        ("PUT", [_, _]) => Call::Append,
        ("GET", ["handle", _]) => Call::FetchAppendable,
        ("GET", ["metadata", _]) => Call::AppendableMetadata,
        ("GET", ["data-id", _]) => Call::AppendableDataIdOf,
        ("GET", ["serialise", _]) => Call::SerialiseAppendable,
        ("GET", ["validate-size", _]) => Call::ValidateAppendableSize,
        ("GET", ["encrypt-key", _]) => Call::EncryptKeyOf,
        ("GET", ["deleted-data", _, _]) => Call::DeletedItemAt,
        ("GET", ["sign-key", _, _]) => Call::SignKeyAt,
        ("GET", ["sign-key", "deleted-data", _, _]) => Call::DeletedSignKeyAt,
        ("GET", ["filter", _, _]) => Call::FilterKeyAt,
        ("GET", [_, _]) => Call::ItemAt,
        ("DELETE", ["handle", _]) => Call::DropAppendable,
        ("DELETE", ["filter", _]) => Call::RemoveFromFilter,
        ("DELETE", ["clear-data", _]) => Call::ClearItems,
        ("DELETE", ["clear-deleted-data", _]) => Call::ClearDeletedItems,
        ("DELETE", ["encrypt-key", _]) => Call::DropEncryptKey,
        ("DELETE", ["deleted-data", _, _]) => Call::RemoveDeletedItem,
        ("DELETE", [_, _]) => Call::RemoveItem,
        _ => return None,
    })
}

fn sign_key(method: &str, segments: &[&str]) -> Option<Call> {
    Some(match (method, segments) {
        ("GET", []) => Call::OwnSignKey,
        ("GET", ["serialise", _]) => Call::SerialiseSignKey,
        ("POST", ["deserialise"]) => Call::DeserialiseSignKey,
        ("DELETE", [_]) => Call::DropSignKey,
        _ => return None,
    })
}

/// Directories and files. The slash behind the root is required; the path behind it may be empty.
fn nfs(method: &str, rest: &str) -> Option<Call> {
    let (noun, rest) = rest.split_once('/').map_or((rest, None), |(noun, rest)| (noun, Some(rest)));
    let root = rest.and_then(|rest| rest.split_once('/')).filter(|(root, _)| !root.is_empty());
    let is_metadata = root.is_some_and(|(word, path)| {
        word == "metadata" && path.split_once('/').is_some_and(|(root, _)| !root.is_empty())
    });
    Some(match (method, noun) {
        ("POST", "movedir") if rest.is_none() => Call::MoveDirectory,
        ("POST", "movefile") if rest.is_none() => Call::MoveFile,
        _ if root.is_none() => return None,
        ("POST", "directory") => Call::CreateDirectory,
        ("GET", "directory") => Call::ReadDirectory,
        ("PUT", "directory") => Call::ChangeDirectory,
        ("DELETE", "directory") => Call::DeleteDirectory,
        ("POST", "file") => Call::CreateFile,
        ("GET", "file") => Call::ReadFile,
        ("PUT", "file") if is_metadata => Call::ChangeFile,
        ("DELETE", "file") => Call::DeleteFile,
        _ => return None,
    })
}

/// Long names, services, and the files of services.
fn dns(method: &str, rest: &str) -> Option<Call> {
    let mut parts = rest.splitn(3, '/');
    let (first, second, path) = (parts.next().filter(|first| !first.is_empty()), parts.next(), parts.next());
    if second.is_some_and(str::is_empty) || first.is_none() && second.is_some() {
        return None;
    }
    Some(match (method, first, second, path) {
        ("POST", None, ..) => Call::RegisterName,
        ("PUT", None, ..) => Call::AddService,
        ("GET", None, ..) => Call::ListNames,
        ("POST", Some(_), None, _) => Call::CreateName,
        ("GET", Some(_), None, _) => Call::ListServices,
        ("DELETE", Some(_), None, _) => Call::DeleteName,
        ("DELETE", Some(_), Some(_), None) => Call::DeleteService,
        ("GET", Some(_), Some(_), None) => Call::ReadHome,
        ("GET", Some(_), Some(_), Some(_)) => Call::ReadServiceFile,
        _ => return None,
    })
}
