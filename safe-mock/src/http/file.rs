//! `/nfs/file` and `/nfs/movefile` (wider behaviour §6). The checks are in the order of the original launcher.

use std::sync::Arc;

use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::body::Parsed;
use super::caller::Caller;
use super::file_path::{Passing, new_description, not_empty, not_valid, root};
use super::reply::{self, Failure, NoSession, Reply};
use super::stream::{self, Incoming};
use super::{file_type, iso_time};
use crate::launcher::readable_content::ReadableContent;
use crate::network::File;

const METADATA: HeaderName = HeaderName::from_static("metadata");
const CREATED_ON: HeaderName = HeaderName::from_static("created-on");

/// `POST /nfs/file/:rootPath/*`: a file of the body. It appears when the body is complete.
pub async fn create(caller: &Caller, root_path: &str, path: &str, request: Request) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let root = root(root_path, "rootPath")?;
    let metadata = metadata_of(request.headers());
    let incoming = Incoming::of(request)?;
    let path = not_empty(root, path)?;
    let now = || caller.launcher().clock().unix_time();
    let mut file = caller.operate(|state| state.begin_file(session, path, metadata, incoming.length(), now()))?;
    incoming.receive(|piece| Ok(file.push(piece)?)).await?;
    caller.operate(|state| state.finish_file(file, now()))?;
    Ok(reply::done())
}

/// The metadata of a new file: the bytes of a header, each as one character, as Node reads a header. They come back as the same
/// bytes.
fn metadata_of(headers: &HeaderMap) -> Arc<str> {
    let values: Vec<&[u8]> = headers.get_all(METADATA).iter().map(HeaderValue::as_bytes).collect();
    values.join(&b", "[..]).into_iter().map(char::from).collect::<String>().into()
}

/// `GET /nfs/file/:rootPath/*`: the content of a file, or a part of it.
pub fn read(caller: &Caller, root_path: &str, path: &str, headers: &HeaderMap) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let path = not_empty(root(root_path, "rootPath")?, path)?;
    let now = caller.launcher().clock().unix_time();
    let file = caller.operate(|state| state.open_file(session, path, now))?;
    let mut response = send(caller, headers, path.text, &file, not_valid("range"))?;
    add_metadata(response.headers_mut(), &file.metadata);
    Ok(response)
}

/// The answer with the content of the file at a path, or a part of it. The path as it was sent decides the content type, so that a
/// slash at its end hides the extension, as in the original launcher. `bad_unit` is the answer of the route to a range of another unit than
/// bytes. The metadata is not in it.
///
/// # Errors
/// There is no such part, or the content is lost.
pub fn send(caller: &Caller, headers: &HeaderMap, path: &str, file: &File, bad_unit: Failure) -> Reply {
    let content = ReadableContent::new(caller.launcher().network(), file.content.clone());
    let mut response = stream::send(caller, headers, content, bad_unit)?;
    let headers = response.headers_mut();
    for (header, time) in [(CREATED_ON, file.created), (header::LAST_MODIFIED, file.modified)] {
        headers.extend(HeaderValue::from_str(&iso_time::text(time)).ok().map(|time| (header, time)));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file_type::of_path(path)));
    Ok(response)
}

/// Adds the metadata of a file to an answer. Characters that a header of Node could not hold are sent as UTF-8; without the header
/// where no header can hold them (wider behaviour §13.2, N6).
pub fn add_metadata(headers: &mut HeaderMap, metadata: &str) {
    let bytes = metadata.chars().map(|character| u8::try_from(u32::from(character))).collect::<Result<Vec<_>, _>>();
    let value = HeaderValue::from_bytes(&bytes.unwrap_or_else(|_| metadata.as_bytes().to_vec()));
    headers.extend(value.ok().map(|value| (METADATA, value)));
}

/// `PUT /nfs/file/metadata/:rootPath/*`: another name, other metadata, or both.
pub fn change(caller: &Caller, root_path: &str, path: &str, body: &Parsed) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let root = root(root_path, "rootPath")?;
    let new = new_description(body)?;
    let path = not_empty(root, path)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.change_file(session, path, new, now))?;
    Ok(reply::done())
}

/// `DELETE /nfs/file/:rootPath/*`: a file.
pub fn delete(caller: &Caller, root_path: &str, path: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let path = not_empty(root(root_path, "rootPath")?, path)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.delete_file(session, path, now))?;
    Ok(reply::done())
}

/// `POST /nfs/movefile`: into another directory, under the same name.
pub fn pass(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let Passing { from, to, action } = Passing::read(body)?.not_blank()?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.pass_file(session, from, to, action, now))?;
    Ok(reply::done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_comes_back_as_the_bytes_that_were_sent() {
        for bytes in [&b""[..], b"{\"a\": 1}", b"with  two blanks", "\u{fc}ber".as_bytes(), b"\xfcber"] {
            let sent = [(METADATA, HeaderValue::from_bytes(bytes).unwrap())].into_iter().collect();
            let mut answered = HeaderMap::new();
            add_metadata(&mut answered, &metadata_of(&sent));
            assert_eq!(answered, sent);
        }
        assert_eq!(&*metadata_of(&HeaderMap::new()), "");
    }

    #[test]
    fn metadata_of_other_scripts_is_sent_as_utf8_and_control_characters_are_not_sent() {
        let mut headers = HeaderMap::new();
        add_metadata(&mut headers, "\u{65e5}\u{672c}");
        assert_eq!(headers[METADATA].as_bytes(), "\u{65e5}\u{672c}".as_bytes());
        headers.clear();
        add_metadata(&mut headers, "a\r\nSet-Cookie: b");
        assert!(headers.is_empty());
    }
}
