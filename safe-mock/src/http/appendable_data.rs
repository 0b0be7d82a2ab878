//! `/appendable-data` (wider behaviour §3). The checks are in the order of the original launcher: the permission, then what the
//! path and the body say, then the handles.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::reply::{self, Failure, Number, Reply};
use super::{javascript, number};
use crate::launcher::appendable_data::AppendableMetadata;
use crate::launcher::appendable_items::KeyChange;
use crate::launcher::{Handle, LauncherError, Session};
use crate::network::{AppendableData, DataId, DataName, FilterKind};

type Copy = Handle<AppendableData>;

/// `POST /appendable-data`: new appendable data behind a handle.
pub fn create(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.low_level()?;
    let body = &body.value;
    let name = name(body)?;
    caller.note(|touched| touched.record = Some(name));
    let is_private = match body.get("isPrivate") {
        absent if javascript::is_falsy(absent) => false,
        Some(Value::Bool(is_private)) => *is_private,
        _ => return Err(Failure::Refused("Invalid isPrivate field".into())),
    };
    // Every other word means a black list (wider behaviour §3.4).
    let filter = match body.get("filterType").and_then(Value::as_str) {
        Some("WHITE_LIST") => FilterKind::WhiteList,
        _ => FilterKind::BlackList,
    };
    let keys = body.get("filterKeys").filter(|keys| !javascript::is_falsy(Some(keys)));
    let handle = caller.operate(|state| state.create_appendable(session, name, is_private, filter));
    if let Some(keys) = keys
        && let Err(failure) = change_keys(caller, session, &handle.number().to_string(), keys, KeyChange::Insert)
    {
        // The original launcher kept data that no app had a handle to.
        caller.operate(|state| state.drop_appendable(Some(session), handle))?;
        caller.note(|touched| touched.given = None);
        return Err(failure);
    }
    Ok(reply::handle(handle))
}

/// The name of new appendable data.
fn name(body: &Value) -> Result<DataName, Failure> {
    let name = body.get("name").filter(|name| !javascript::is_falsy(Some(name)));
    let name = name.ok_or(Failure::Refused("name field is missing".into()))?;
    let bytes = javascript::buffer(Some(name))?;
    bytes.try_into().map(DataName).map_err(|_| Failure::Refused("Invalid name field".into()))
}

/// `PUT /appendable-data/:handle`: saves as new.
pub fn put(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    caller.operate(|state| state.put_appendable(session, handle))?;
    Ok(reply::done())
}

/// `POST /appendable-data/:handle`: saves filter and deleted items as the next version.
pub fn post(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    caller.operate(|state| state.post_appendable(session, handle))?;
    Ok(reply::done())
}

/// `PUT /appendable-data/:handle/:dataId`: appends in the network.
pub fn append(caller: &Caller, handle: &str, id: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    let id = Handle::<DataId>::new(number::from_text(id, 2)?);
    caller.operate(|state| state.append(session, handle, id))?;
    Ok(reply::done())
}

/// `GET /appendable-data/handle/:dataId`: a copy from the network.
pub fn fetch(caller: &Caller, id: &str) -> Reply {
    let id = Handle::new(number::from_text(id, 1)?);
    let (handle, metadata) = caller.operate(|state| state.fetch_appendable(caller.known(), id))?;
    Ok(described(Some(handle), &metadata))
}

/// `POST /appendable-data/deserialise`: a copy that was serialised.
pub fn deserialise(caller: &Caller, bytes: &[u8]) -> Reply {
    // Many items take a while, in which others need the launcher.
    let data = AppendableData::decode(bytes).map_err(|_| LauncherError::Undecodable)?;
    let (handle, metadata) = caller.operate(|state| state.deserialise_appendable(caller.known(), data))?;
    Ok(described(Some(handle), &metadata))
}

/// `GET /appendable-data/metadata/:handle`: version, owner, filter and counts of a copy.
pub fn metadata(caller: &Caller, handle: &str) -> Reply {
    let argument = usize::from(caller.known().is_some());
    let handle = Handle::new(number::from_text(handle, argument)?);
    let metadata = caller.operate(|state| state.appendable_metadata(caller.known(), handle))?;
    Ok(described(None, &metadata))
}

/// The answer with a new handle has no number of filter keys, and that with metadata alone has it (wider behaviour §3.6).
fn described(handle: Option<Copy>, metadata: &AppendableMetadata) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(skip_serializing_if = "Option::is_none")]
        handle_id: Option<Number>,
        is_owner: bool,
        version: Number,
        filter_type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        filter_length: Option<usize>,
        data_length: usize,
        deleted_data_length: usize,
    }
    reply::json(&Body {
        handle_id: handle.map(|handle| Number(handle.number())),
        is_owner: metadata.is_owner,
        version: Number(metadata.version),
        filter_type: match metadata.filter_kind {
            FilterKind::BlackList => "BlackList",
            FilterKind::WhiteList => "WhiteList",
        },
        filter_length: handle.is_none().then_some(metadata.filter_keys),
        data_length: metadata.items,
        deleted_data_length: metadata.deleted,
    })
}

/// `GET /appendable-data/data-id/:handle`: a handle to its data id.
pub fn data_id(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::handle(caller.operate(|state| state.appendable_data_id_of(caller.known(), handle))?))
}

/// `GET /appendable-data/encrypt-key/:handle`: a handle to the key for which its items are sealed.
pub fn encrypt_key(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::handle(caller.operate(|state| state.encrypt_key_of(session, handle))?))
}

/// `GET /appendable-data/serialise/:handle`: its serialised form.
pub fn serialise(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::bytes(caller.operate(|state| state.serialise_appendable(session, handle))?))
}

/// `GET /appendable-data/validate-size/:handle`: whether the original network would have accepted its size.
pub fn validate_size(caller: &Caller, handle: &str) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        is_valid: bool,
    }
    let handle = Handle::new(number::from_text(handle, 0)?);
    let is_valid = caller.operate(|state| state.appendable_has_valid_size(caller.known(), handle))?;
    Ok(reply::json(&Body { is_valid }))
}

/// `DELETE /appendable-data/handle/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.drop_appendable(caller.known(), handle))?;
    Ok(reply::done())
}

/// `PUT` and `DELETE /appendable-data/filter/:handle`: adds or removes keys.
pub fn change_filter(caller: &Caller, handle: &str, body: &Parsed, change: KeyChange) -> Reply {
    let session = caller.low_level()?;
    change_keys(caller, session, handle, &body.value, change)?;
    Ok(reply::done())
}

/// Adds or removes the keys of a list, in its order, up to the first that fails. Without keys, not even the handle is read (wider
/// behaviour §3.8).
fn change_keys(
    caller: &Caller,
    session: &Session,
    handle: &str,
    keys: &Value,
    change: KeyChange,
) -> Result<(), Failure> {
    // The original launcher took a text for a list of its characters.
    let Value::Array(keys) = keys else {
        return Err(Failure::Refused("keys[Symbol.iterator] is not a function".into()));
    };
    if keys.is_empty() {
        return Ok(());
    }
    let handle = Handle::new(number::from_text(handle, 0)?);
    let (mut known, mut unreadable) = (Vec::new(), None);
    for key in keys {
        match number::from_json(key, 1) {
            Ok(key) => known.push(Handle::new(key)),
            Err(failure) => {
                unreadable = Some(failure);
                break;
            }
        }
    }
    caller.operate(|state| state.change_filter(session, handle, &known, change))?;
    unreadable.map_or(Ok(()), Err)
}
