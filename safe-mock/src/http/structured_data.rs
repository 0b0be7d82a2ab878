//! `/structured-data` (launcher behaviour §7). The checks are in the order of the original launcher.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::reply::{self, Failure, NoSession, Number, Reply};
use super::{data_id as data_id_body, javascript, number};
use crate::launcher::Handle;
use crate::launcher::structured_data::{Draft, Metadata, Wanted};
use crate::network::{StructuredData, TypeTag};

type Snapshot = Handle<StructuredData>;

/// `POST /structured-data`: a draft behind a handle.
pub fn create(caller: &Caller, body: &Parsed) -> Reply {
    let session = caller.low_level()?;
    let value = &body.value;
    if !value.is_null() && javascript::is_falsy(value.get("name")) {
        return Err(Failure::Refused("name is missing in request body".into()));
    }
    let name = data_id_body::name(value)?;
    caller.note(|touched| touched.record = Some(name));
    let tag = type_tag(value.get("typeTag"))?;
    let content = match value.get("data") {
        absent if javascript::is_falsy(absent) => Vec::new(),
        data => javascript::buffer(data)?,
    };
    if body.is_form {
        return Err(Failure::Refused("body.hasOwnProperty is not a function".into()));
    }
    let version = value.get("version").map_or(Ok(0), |version| number::from_json(version, 3))?;
    let cipher_options = cipher_options(value, 4)?;
    let draft = Draft { name, tag, content: content.into(), version, cipher_options };
    Ok(reply::handle(caller.operate(|state| state.create(session, draft))?))
}

/// The type tag that an app may create (§7.2, steps 6 to 8).
fn type_tag(value: Option<&Value>) -> Result<TypeTag, Failure> {
    let Some(value) = value.filter(|value| !javascript::is_falsy(Some(value))) else {
        return Ok(TypeTag::UNVERSIONED);
    };
    let text = javascript::to_text(value);
    if !value.is_boolean() && !javascript::is_numeric(&text) {
        return Err(Failure::Refused("Tag type must be a valid number".into()));
    }
    let tag = javascript::parse_int(&text).filter(|tag| *tag >= 0.0).map(number::from_double).map(TypeTag);
    tag.filter(|tag| tag.is_creatable()).ok_or_else(|| Failure::Refused("Invalid tag type specified".into()))
}

fn cipher_options<T>(body: &Value, argument: usize) -> Result<Option<Handle<T>>, Failure> {
    let chosen = body.get("cipherOpts").filter(|value| !javascript::is_falsy(Some(value)));
    chosen.map(|handle| number::from_json(handle, argument).map(Handle::new)).transpose()
}

/// `PATCH /structured-data/:handle`: replaces the content behind the handle.
pub fn patch(caller: &Caller, handle: &str, body: &Parsed) -> Reply {
    let session = caller.low_level()?;
    if body.value.is_null() {
        return Err(Failure::Refused("Cannot read property 'cipherOpts' of null".into()));
    }
    let content = javascript::buffer(body.value.get("data"))?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    let cipher_options = cipher_options(&body.value, 2)?;
    caller.operate(|state| state.patch(session, handle, content.into(), cipher_options))?;
    Ok(reply::done())
}

/// `PUT /structured-data/:handle`: saves as new.
pub fn put(caller: &Caller, handle: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorized)?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    caller.operate(|state| state.put(session, handle))?;
    Ok(reply::done())
}

/// `POST /structured-data/:handle`: saves as the next version.
pub fn post(caller: &Caller, handle: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorized)?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    caller.operate(|state| state.post(session, handle))?;
    Ok(reply::done())
}

/// `DELETE /structured-data/:handle`: deletes from the network.
pub fn delete(caller: &Caller, handle: &str) -> Reply {
    let session = caller.session(NoSession::Unauthorized)?;
    let handle = Handle::new(number::from_parse_int(handle, 1)?);
    caller.operate(|state| state.delete(session, handle))?;
    Ok(reply::done())
}

/// `DELETE /structured-data/unclaim/:handle`: empties the name; nobody can use it again.
pub fn unclaim(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    caller.operate(|state| state.unclaim(session, handle))?;
    Ok(reply::done())
}

/// `GET /structured-data/handle/:dataId`: a snapshot from the network.
pub fn fetch(caller: &Caller, id: &str) -> Reply {
    let id = Handle::new(number::from_text(id, 1)?);
    let (handle, metadata) = caller.operate(|state| state.fetch(caller.known(), id))?;
    Ok(described(Some(handle), metadata))
}

/// `POST /structured-data/deserialise`: a snapshot that `GET /structured-data/serialise/:handle`
/// serialised.
pub fn deserialise(caller: &Caller, bytes: &[u8]) -> Reply {
    let (handle, metadata) = caller.operate(|state| state.deserialise(caller.known(), bytes))?;
    Ok(described(Some(handle), metadata))
}

/// `GET /structured-data/metadata/:handle`: the version and owner of the snapshot.
pub fn metadata(caller: &Caller, handle: &str) -> Reply {
    let argument = usize::from(caller.known().is_some());
    let handle = Handle::new(number::from_text(handle, argument)?);
    let metadata = caller.operate(|state| state.metadata(caller.known(), handle))?;
    Ok(described(None, metadata))
}

fn described(handle: Option<Snapshot>, metadata: Metadata) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(skip_serializing_if = "Option::is_none")]
        handle_id: Option<Number>,
        is_owner: bool,
        version: Number,
        #[serde(skip_serializing_if = "Option::is_none")]
        data_version_length: Option<Number>,
    }
    reply::json(&Body {
        handle_id: handle.map(|handle| Number(handle.number())),
        is_owner: metadata.is_owner,
        version: Number(metadata.version),
        data_version_length: metadata.data_version_length.map(Number),
    })
}

/// `GET /structured-data/data-id/:handle`: a handle to its data id.
pub fn data_id(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::handle(caller.operate(|state| state.data_id_of(caller.known(), handle))?))
}

/// `GET /structured-data/serialise/:handle`: its serialised form.
pub fn serialise(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::bytes(caller.operate(|state| state.serialise(caller.known(), handle))?))
}

/// `GET /structured-data/validate-size/:handle`: whether the original network would have accepted its size.
pub fn validate_size(caller: &Caller, handle: &str) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        is_valid: bool,
    }
    let handle = Handle::new(number::from_text(handle, 0)?);
    let is_valid = caller.operate(|state| state.has_valid_size(caller.known(), handle))?;
    Ok(reply::json(&Body { is_valid }))
}

/// `GET /structured-data/:handle/:version?`: its content. A version that is not a number means the latest, because
/// clients send `undefined` there.
pub fn read(caller: &Caller, handle: &str, version: Option<&str>) -> Reply {
    let handle = Handle::new(number::from_text(handle, 1)?);
    let wanted = match version {
        Some(version) if javascript::is_numeric(version) => Wanted::Version(number::from_text(version, 2)?),
        _ => Wanted::Latest,
    };
    Ok(reply::bytes(caller.operate(|state| state.read(caller.known(), handle, wanted))?))
}

/// `DELETE /structured-data/handle/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let handle = Snapshot::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.drop_structured_data(caller.known(), handle))?;
    Ok(reply::done())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn type_tags_are_read_as_javascript_did() {
        for (value, tag) in [
            (json!(501), 501),
            (json!("501"), 501),
            (json!(501.7), 501),
            (json!(15_000), 15_000),
            (json!(0), 500),
            (json!(""), 500),
            (json!(null), 500),
            (json!(false), 500),
        ] {
            assert_eq!(type_tag(Some(&value)).ok(), Some(TypeTag(tag)), "{value}");
        }
        assert_eq!(type_tag(None).ok(), Some(TypeTag::UNVERSIONED));
    }

    #[test]
    fn other_type_tags_are_refused_in_two_ways() {
        let refusal = |value: Value| match type_tag(Some(&value)) {
            Err(Failure::Refused(text)) => text.into_owned(),
            other => panic!("{value}: {other:?}"),
        };
        for value in [json!("abc"), json!({}), json!([1, 2]), json!("typeTag")] {
            assert_eq!(refusal(value), "Tag type must be a valid number");
        }
        for value in [json!(14_999), json!(-1), json!(true), json!([]), json!("1e5")] {
            assert_eq!(refusal(value), "Invalid tag type specified");
        }
    }
}
