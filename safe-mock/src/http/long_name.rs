//! `/dns` (wider behaviour §7). The checks are in the order of the original launcher.

use http::HeaderMap;
use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::file_path::{field, not_blank, not_valid, root};
use super::reply::{self, Failure, NoSession, Reply};
use super::{directory, file};
use crate::launcher::path::Path;

/// A name for a service, with the directory that it gets.
struct Registration<'a> {
    name: &'a str,
    service: &'a str,
    home: Path<'a>,
}

impl<'a> Registration<'a> {
    /// Reads a body, with the checks in the launcher's order (§7.3).
    fn read(body: &'a Parsed) -> Result<Self, Failure> {
        let present = |name| field(body, name)?.ok_or_else(|| empty(name));
        let (name, service) = (present("longName")?, present("serviceName")?);
        let (home, root_path) = (present("serviceHomeDirPath")?, present("rootPath")?);
        let name = ruled(name, "longName")?;
        let service = ruled(service, "serviceName")?;
        let root = root(root_path.as_str().ok_or(Failure::NotFound)?, "rootPath")?;
        let text = home.as_str().ok_or_else(|| not_valid("serviceHomeDirPath"))?;
        Ok(Self { name, service, home: Path { root, text } })
    }
}

fn empty(field: &str) -> Failure {
    Failure::Refused(format!("Invalid request. '{field}' is empty or not present").into())
}

/// A name by the rule (§7.2).
fn ruled<'a>(value: &'a Value, field: &str) -> Result<&'a str, Failure> {
    value.as_str().filter(|name| is_name(name)).ok_or_else(|| not_valid(field))
}

fn is_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=62).contains(&name.len()) && name.bytes().all(is_inner) && !name.starts_with('-') && !name.ends_with('-')
}

/// `POST /dns`: a long name with a service.
pub fn register(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.known().ok_or(Failure::NoToken)?;
    let Registration { name, service, home } = Registration::read(body)?;
    let home = not_blank(home.root, home.text)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.register_name(session, name, service, home, now))?;
    Ok(reply::done())
}

/// `PUT /dns`: a service of a long name. A blank path is one like any other here.
pub fn add_service(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.known().ok_or(Failure::NoToken)?;
    let Registration { name, service, home } = Registration::read(body)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.add_service(session, name, service, home, now))?;
    Ok(reply::done())
}

/// `POST /dns/:longName`: a long name without services.
pub fn create(caller: &Caller, name: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    if !is_name(name) {
        return Err(not_valid("longName"));
    }
    caller.operate(|state| state.create_name(session, name))?;
    Ok(reply::done())
}

/// `DELETE /dns/:longName`.
pub fn delete(caller: &Caller, name: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    caller.operate(|state| state.delete_name(session, name))?;
    Ok(reply::done())
}

/// `DELETE /dns/:serviceName/:longName`.
pub fn delete_service(caller: &Caller, service: &str, name: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    caller.operate(|state| state.delete_service(session, name, service))?;
    Ok(reply::done())
}

/// `GET /dns`: the long names of the account.
pub fn list(caller: &Caller) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let names = caller.operate(|state| state.list_names(session))?;
    Ok(reply::json(&names.iter().map(|name| &**name).collect::<Vec<_>>()))
}

/// `GET /dns/:longName`: the services of any long name.
pub fn list_services(caller: &Caller, name: &str) -> Reply {
    caller.session(NoSession::Unauthorised)?;
    Ok(reply::json(&caller.operate(|state| state.list_services(name))?))
}

/// `GET /dns/:serviceName/:longName`: the directory of a service, without a session too.
pub fn read_home(caller: &Caller, service: &str, name: &str) -> Reply {
    let listing = caller.operate(|state| state.read_home(caller.known(), name, service))?;
    Ok(directory::listing(&listing))
}

/// `GET /dns/:serviceName/:longName/*`: a file of a service, without a session too.
pub fn read_file(caller: &Caller, service: &str, name: &str, path: &str, headers: &HeaderMap) -> Reply {
    let file = caller.operate(|state| state.service_file(caller.known(), name, service, path))?;
    let mut response = file::send(caller, headers, path, &file, Failure::InvalidRange)?;
    // The original launcher failed where there is metadata (wider behaviour §13.2, N4).
    if !file.metadata.is_empty() {
        file::add_metadata(response.headers_mut(), &file.metadata);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_3_to_62_letters_digits_or_hyphens_inside() {
        let (longest, longer) = ("x".repeat(62), "x".repeat(63));
        for name in ["abc", "a-b", "a--b", "123", "x9x", longest.as_str()] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a", "ab", "-ab", "ab-", "aBc", "a.b", "a_b", "a b", "abc\n", "\u{e4}bc", longer.as_str()] {
            assert!(!is_name(name), "{name}");
        }
    }
}
