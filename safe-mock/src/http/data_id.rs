//! `/data-id` (launcher behaviour §6).

use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::reply::{self, Failure, Reply};
use super::{javascript, number};
use crate::launcher::Handle;
use crate::network::{DataId, DataName, TypeTag};

/// `POST /data-id/structured-data`: a handle to a name, whether or not anything is stored there.
pub fn hold(caller: &Caller, body: &Parsed) -> Reply {
    let body = &body.value;
    let name = name(body)?;
    caller.note(|touched| touched.record = Some(name));
    let tag = match body.get("typeTag") {
        None => TypeTag::UNVERSIONED,
        Some(tag) => TypeTag(number::from_json(tag, 0)?),
    };
    Ok(reply::handle(caller.operate(|state| state.hold_data_id(caller.account(), DataId::Structured(name, tag)))))
}

/// `POST /data-id/appendable-data`: a handle to the name of appendable data, whether or not anything is stored there.
pub fn hold_appendable(caller: &Caller, body: &Parsed) -> Reply {
    let body = &body.value;
    let name = name(body)?;
    caller.note(|touched| touched.record = Some(name));
    let id = if javascript::is_falsy(body.get("isPrivate")) {
        DataId::PublicAppendable(name)
    } else {
        DataId::PrivateAppendable(name)
    };
    Ok(reply::handle(caller.operate(|state| state.hold_data_id(caller.account(), id))))
}

/// The name in a body. The original launcher cut long names and read past the end of short ones; here a name has 32
/// bytes (§11.3).
pub fn name(body: &Value) -> Result<DataName, Failure> {
    if body.is_null() {
        return Err(Failure::Refused("Cannot read property 'name' of null".into()));
    }
    let bytes = javascript::buffer(body.get("name"))?;
    let name = bytes.try_into().map_err(|_| Failure::Refused("Invalid id specified".into()))?;
    Ok(DataName(name))
}

/// `POST /data-id`: a handle to a data id that `GET /data-id/:handle` serialised.
pub fn deserialise(caller: &Caller, bytes: &[u8]) -> Reply {
    if bytes.is_empty() {
        return Err(Failure::Refused("Body can not be empty".into()));
    }
    Ok(reply::handle(caller.operate(|state| state.deserialise_data_id(caller.account(), bytes))?))
}

/// `GET /data-id/:handle`: its serialised form.
pub fn serialise(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::bytes(caller.operate(|state| state.serialise_data_id(session.account().id(), handle))?))
}

/// `DELETE /data-id/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::<DataId>::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.drop_data_id(caller.account(), handle))?;
    Ok(reply::done())
}
