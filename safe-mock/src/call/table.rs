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
    use super::*;

    #[test]
    fn each_route_has_its_word() {
        for (method, path, call) in [
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
        ] {
            assert_eq!(Call::parse(&method.parse().unwrap(), path), call, "{method} {path}");
        }
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
