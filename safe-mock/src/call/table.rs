//! What a method and path ask for, and which methods a path has. The routes themselves are in `routes.rs`.
//!
//! The paths are in their canonical form (`http/path.rs`). A literal segment wins over a parameter for its own methods
//! only: `PUT /structured-data/handle` is a save of the handle "handle" (launcher behaviour §2.1).

use http::Method;

use super::routes;
use super::words::Call;

/// The methods of the API, in the order in which the launcher lists them (launcher behaviour §2.1).
const METHODS: [Method; 6] = [Method::POST, Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE];

impl Call {
    /// What `method` on `path` asks for. The path is in its canonical form: without a mount such as `/0.5` and without
    /// a slash at the end, its literal words in lower case.
    pub fn parse(method: &Method, path: &str) -> Self {
        let call = Self::of_route(method, path);
        match call {
            Self::Unknown if method == Method::OPTIONS && Self::methods(path).is_some() => Self::Options,
            call => call,
        }
    }

    /// The methods that a path has, as `OPTIONS` lists them; `None` for a path without a route.
    pub(crate) fn methods(path: &str) -> Option<String> {
        let known = METHODS.iter().filter(|method| Self::of_route(method, path) != Self::Unknown);
        let names: Vec<&str> = known.map(Method::as_str).collect();
        (!names.is_empty()).then(|| names.join(","))
    }

    /// The nouns of the API: the first segment of a path.
    pub(crate) fn nouns() -> [&'static str; 10] {
        routes::NOUNS
    }

    fn of_route(method: &Method, path: &str) -> Self {
        // What answers GET answers HEAD.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        routes::call(method, path).unwrap_or(Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Requests, with the call of each.
    const ROUTES: [(&str, &str, Call); 113] = [
        ("POST", "/auth", Call::Authorise),
        ("GET", "/auth", Call::Check),
        ("DELETE", "/auth", Call::Revoke),
        ("POST", "/data-id/structured-data", Call::HoldDataId),
        ("POST", "/data-id", Call::DeserialiseDataId),
        ("GET", "/data-id/5", Call::SerialiseDataId),
        ("DELETE", "/data-id/5", Call::DropDataId),
        ("DELETE", "/data-id/structured-data", Call::DropDataId),
        ("POST", "/structured-data", Call::Create),
        ("PUT", "/structured-data/5", Call::Put),
        ("PUT", "/structured-data/handle", Call::Put),
        ("POST", "/structured-data/5", Call::Post),
        ("PATCH", "/structured-data/5", Call::Patch),
        ("DELETE", "/structured-data/5", Call::Delete),
        ("DELETE", "/structured-data/unclaim/5", Call::Unclaim),
        ("GET", "/structured-data/handle/5", Call::Fetch),
        ("DELETE", "/structured-data/handle/5", Call::DropHandle),
        ("POST", "/structured-data/deserialise", Call::Deserialise),
        ("GET", "/structured-data/metadata/5", Call::Metadata),
        ("GET", "/structured-data/data-id/5", Call::DataIdOf),
        ("GET", "/structured-data/serialise/5", Call::Serialise),
        ("GET", "/structured-data/validate-size/5", Call::ValidateSize),
        ("GET", "/structured-data/5", Call::Read),
        ("GET", "/structured-data/5/undefined", Call::Read),
        ("GET", "/structured-data/unclaim/5", Call::Read),
        ("GET", "/cipher-opts/plain", Call::ChooseCipherOptions),
        ("GET", "/cipher-opts/asymmetric/5", Call::ChooseCipherOptions),
        ("DELETE", "/cipher-opts/5", Call::DropCipherOptions),
        ("POST", "/data-id/appendable-data", Call::HoldAppendableDataId),
        ("GET", "/immutable-data/writer", Call::OpenWriter),
        ("POST", "/immutable-data/5", Call::Write),
        ("POST", "/immutable-data/writer", Call::Write),
        ("PUT", "/immutable-data/5/undefined", Call::CloseWriter),
        ("PUT", "/immutable-data/5", Call::Unknown),
        ("DELETE", "/immutable-data/writer/5", Call::DropWriter),
        ("GET", "/immutable-data/reader/5", Call::OpenReader),
        ("GET", "/immutable-data/5", Call::ReadImmutable),
        ("GET", "/immutable-data/reader", Call::ReadImmutable),
        ("DELETE", "/immutable-data/reader/5", Call::DropReader),
        ("DELETE", "/immutable-data/5", Call::Unknown),
        ("POST", "/appendable-data", Call::CreateAppendable),
        ("POST", "/appendable-data/deserialise", Call::DeserialiseAppendable),
        ("PUT", "/appendable-data/5", Call::PutAppendable),
        ("PUT", "/appendable-data/deserialise", Call::PutAppendable),
        ("POST", "/appendable-data/5", Call::PostAppendable),
        ("PUT", "/appendable-data/5/6", Call::Append),
        ("PUT", "/appendable-data/metadata/6", Call::Append),
        ("GET", "/appendable-data/handle/5", Call::FetchAppendable),
        ("GET", "/appendable-data/metadata/5", Call::AppendableMetadata),
        ("GET", "/appendable-data/data-id/5", Call::AppendableDataIdOf),
        ("GET", "/appendable-data/serialise/5", Call::SerialiseAppendable),
        ("GET", "/appendable-data/validate-size/5", Call::ValidateAppendableSize),
        ("GET", "/appendable-data/5/0", Call::ItemAt),
        ("GET", "/appendable-data/5", Call::Unknown),
        ("GET", "/appendable-data/deleted-data/5/0", Call::DeletedItemAt),
        ("GET", "/appendable-data/sign-key/5/0", Call::SignKeyAt),
        ("GET", "/appendable-data/sign-key/deleted-data/5/0", Call::DeletedSignKeyAt),
        ("GET", "/appendable-data/filter/5/0", Call::FilterKeyAt),
        ("PUT", "/appendable-data/filter/5", Call::AddToFilter),
        ("DELETE", "/appendable-data/filter/5", Call::RemoveFromFilter),
        ("PUT", "/appendable-data/toggle-filter/5", Call::ToggleFilter),
        ("DELETE", "/appendable-data/5/0", Call::RemoveItem),
        ("DELETE", "/appendable-data/5", Call::Unknown),
        ("DELETE", "/appendable-data/deleted-data/5/0", Call::RemoveDeletedItem),
        ("PUT", "/appendable-data/restore/5/0", Call::RestoreItem),
        ("DELETE", "/appendable-data/clear-data/5", Call::ClearItems),
        ("DELETE", "/appendable-data/clear-deleted-data/5", Call::ClearDeletedItems),
        ("DELETE", "/appendable-data/handle/5", Call::DropAppendable),
        ("GET", "/appendable-data/encrypt-key/5", Call::EncryptKeyOf),
        ("DELETE", "/appendable-data/encrypt-key/5", Call::DropEncryptKey),
        ("GET", "/sign-key", Call::OwnSignKey),
        ("GET", "/sign-key/serialise/5", Call::SerialiseSignKey),
        ("POST", "/sign-key/deserialise", Call::DeserialiseSignKey),
        ("DELETE", "/sign-key/5", Call::DropSignKey),
        ("POST", "/nfs/directory/app/a/b", Call::CreateDirectory),
        ("GET", "/nfs/directory/app/", Call::ReadDirectory),
        ("GET", "/dns/", Call::Unknown),
        ("GET", "/nfs/directory/app", Call::Unknown),
        ("PUT", "/nfs/directory/drive/a", Call::ChangeDirectory),
        ("DELETE", "/nfs/directory/app//a", Call::DeleteDirectory),
        ("POST", "/nfs/movedir", Call::MoveDirectory),
        ("POST", "/nfs/movedir/app/a", Call::Unknown),
        ("POST", "/nfs/file/app/a/b", Call::CreateFile),
        ("GET", "/nfs/file/app/a", Call::ReadFile),
        ("HEAD", "/nfs/file/app/a", Call::ReadFile),
        ("GET", "/nfs/file/metadata/app/a", Call::ReadFile),
        ("PUT", "/nfs/file/metadata/app/a", Call::ChangeFile),
        ("PUT", "/nfs/file/app/a", Call::Unknown),
        ("DELETE", "/nfs/file/app/a", Call::DeleteFile),
        ("POST", "/nfs/movefile", Call::MoveFile),
        ("POST", "/dns", Call::RegisterName),
        ("PUT", "/dns", Call::AddService),
        ("GET", "/dns", Call::ListNames),
        ("POST", "/dns/a", Call::CreateName),
        ("GET", "/dns/a", Call::ListServices),
        ("DELETE", "/dns/a", Call::DeleteName),
        ("DELETE", "/dns/www/a", Call::DeleteService),
        ("GET", "/dns/www/a", Call::ReadHome),
        ("HEAD", "/dns/www/a/b", Call::ReadServiceFile),
        ("GET", "/dns/www/a/b/c", Call::ReadServiceFile),
        ("DELETE", "/dns/www/a/b", Call::Unknown),
        ("PUT", "/dns/a", Call::Unknown),
        ("GET", "/health", Call::Health),
        ("PUT", "/auth", Call::Unknown),
        ("GET", "/structured-data/handle/5/6", Call::Unknown),
        ("GET", "/", Call::Unknown),
        ("PUT", "/health", Call::Health),
        ("HEAD", "/structured-data/5", Call::Read),
        ("OPTIONS", "/structured-data/5", Call::Options),
        ("OPTIONS", "/nope", Call::Unknown),
        ("GET", "/structured-data//5", Call::Unknown),
        ("GET", "/structured-data/handle/", Call::Unknown),
        ("POST", "//auth", Call::Unknown),
    ];

    #[test]
    fn each_route_has_its_word() {
        for (method, path, call) in ROUTES {
            assert_eq!(Call::parse(&method.parse().unwrap(), path), call, "{method} {path}");
        }
    }

    #[test]
    fn the_listed_nouns_are_those_of_the_routes() {
        let known = ROUTES.iter().filter(|(.., call)| *call != Call::Unknown);
        let mut nouns: Vec<_> = known.filter_map(|(_, path, _)| path.split('/').nth(1)).collect();
        let mut listed = Call::nouns().to_vec();
        nouns.sort_unstable();
        nouns.dedup();
        listed.sort_unstable();
        assert_eq!(nouns, listed);
    }

    #[test]
    fn each_word_has_its_route() {
        // The words are those of the declaration, in its order.
        let last = Call::Unknown as usize;
        let seen: BTreeSet<usize> = ROUTES.iter().map(|(_, _, call)| *call as usize).collect();
        assert_eq!(seen, (0..=last).collect(), "a call has no route in the table above");
    }

    #[test]
    fn options_lists_the_methods_that_have_a_call() {
        for (path, methods) in [
            ("/auth", Some("POST,GET,HEAD,DELETE")),
            ("/data-id", Some("POST")),
            ("/data-id/structured-data", Some("POST,GET,HEAD,DELETE")),
            ("/data-id/5", Some("GET,HEAD,DELETE")),
            ("/structured-data", Some("POST")),
            ("/structured-data/5", Some("POST,GET,HEAD,PUT,PATCH,DELETE")),
            ("/structured-data/handle/5", Some("GET,HEAD,DELETE")),
            ("/structured-data/unclaim/5", Some("GET,HEAD,DELETE")),
            ("/structured-data/metadata/5", Some("GET,HEAD")),
            ("/cipher-opts/5", Some("GET,HEAD,DELETE")),
            ("/cipher-opts/asymmetric/5", Some("GET,HEAD")),
            ("/structured-data//5", None),
            ("/nope", None),
            ("/", None),
        ] {
            assert_eq!(Call::methods(path).as_deref(), methods, "{path}");
        }
    }
}
