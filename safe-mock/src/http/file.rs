//! `/nfs/file` and `/nfs/movefile` (wider behaviour §6). The checks are in the order of the original launcher.

use super::body::Parsed;
use super::caller::Caller;
use super::file_path::{Passing, new_description, not_empty, root};
use super::reply::{self, NoSession, Reply};

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
    let Passing { from, to, action } = Passing::read(body)?;
    let now = caller.launcher().clock().unix_time();
    caller.operate(|state| state.pass_file(session, from, to, action, now))?;
    Ok(reply::done())
}
