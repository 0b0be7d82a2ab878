//! `/nfs/directory` and `/nfs/movedir` (wider behaviour §5). The checks are in the order of the original launcher.

use std::sync::Arc;

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::file_path::{Passing, field, new_description, not_blank, not_root, not_valid, root, text_field};
use super::iso_time;
use super::reply::{self, Failure, NoSession, Number, Reply};
use crate::launcher::directory::{Action, DirectoryInfo, FileInfo, Listing, NewDirectory};

const NO_PATH: &str = "Directory path specified is not valid";

/// `POST /nfs/directory/:rootPath/*`: an empty directory.
pub fn create(caller: &Caller, root_path: &str, path: &str, body: &Parsed) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let root = root(root_path, "rootPath")?;
    not_root(path, NO_PATH)?;
    let metadata = text_field(body, "metadata")?.unwrap_or_else(|| Arc::from(""));
    let is_private = match field(body, "isPrivate")? {
        None => false,
        Some(Value::Bool(is_private)) => *is_private,
        Some(_) => return Err(not_valid("isPrivate")),
    };
    let path = not_blank(root, path)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.create_directory(session, path, NewDirectory { metadata, is_private }, now))?;
    Ok(reply::done())
}

/// `GET /nfs/directory/:rootPath/*`: a directory with its entries.
pub fn read(caller: &Caller, root_path: &str, path: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let path = not_blank(root(root_path, "rootPath")?, path)?;
    let now = caller.launcher().clock().unix_time();
    Ok(listing(&caller.operate(|state| state.read_directory(session, path, now))?))
}

/// `PUT /nfs/directory/:rootPath/*`: another name, other metadata, or both.
pub fn change(caller: &Caller, root_path: &str, path: &str, body: &Parsed) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let root = root(root_path, "rootPath")?;
    not_root(path, NO_PATH)?;
    let new = new_description(body)?;
    let path = not_blank(root, path)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.change_directory(session, path, new, now))?;
    Ok(reply::done())
}

/// `DELETE /nfs/directory/:rootPath/*`: a directory, whatever is in it.
pub fn delete(caller: &Caller, root_path: &str, path: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let root = root(root_path, "rootPath")?;
    not_root(path, "Cannot delete root directory")?;
    let path = not_blank(root, path)?;
    let now = caller.launcher().clock().unix_time();
    let deleted = caller.operate(|state| state.delete_directory(session, path, now))?;
    // Without the lock: it may be large.
    drop(deleted);
    Ok(reply::done())
}

/// `POST /nfs/movedir`: into another directory, under the same name.
pub fn pass(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    let passing = Passing::read(body)?;
    if passing.action == Action::Move && passing.from.text == "/" {
        return Err(Failure::Refused("Cannot move root directory".into()));
    }
    let Passing { from, to, action } = passing.not_blank()?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.pass_directory(session, from, to, action, now))?;
    Ok(reply::done())
}

/// The answer with a directory and its entries.
pub fn listing(listing: &Listing) -> Response {
    reply::json(&ListingBody {
        info: directory_body(&listing.info),
        sub_directories: listing.directories.iter().map(directory_body).collect(),
        files: listing.files.iter().map(file_body).collect(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListingBody<'a> {
    info: DirectoryBody<'a>,
    sub_directories: Vec<DirectoryBody<'a>>,
    files: Vec<FileBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DirectoryBody<'a> {
    name: &'a str,
    metadata: &'a str,
    is_private: bool,
    is_versioned: bool,
    created_on: String,
    modified_on: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileBody<'a> {
    name: &'a str,
    metadata: &'a str,
    size: Number,
    created_on: String,
    modified_on: String,
}

fn directory_body(info: &DirectoryInfo) -> DirectoryBody<'_> {
    DirectoryBody {
        name: &info.name,
        metadata: &info.metadata,
        is_private: info.is_private,
        is_versioned: false,
        created_on: iso_time::text(info.created),
        modified_on: iso_time::text(info.modified),
    }
}

fn file_body(info: &FileInfo) -> FileBody<'_> {
    FileBody {
        name: &info.name,
        metadata: &info.file.metadata,
        size: Number(info.file.content.len()),
        created_on: iso_time::text(info.file.created),
        modified_on: iso_time::text(info.file.modified),
    }
}
