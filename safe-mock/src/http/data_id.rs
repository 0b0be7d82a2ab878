//! `/data-id` (launcher behaviour §6).

use axum::extract::State;
use serde_json::Value;

use super::extract::{Caller, ParsedBody, RawBody, Segment};
use super::reply::{self, Failure, Reply};
use super::{javascript, number};
use crate::launcher::{Handle, Launcher};
use crate::network::{DataId, DataName, TypeTag};

/// `POST /data-id/structured-data`: a handle to a name, whether or not anything is stored there.
pub async fn hold(State(launcher): State<Launcher>, caller: Caller, ParsedBody(body): ParsedBody) -> Reply {
    let body = body.value;
    let name = name(&body)?;
    let tag = match body.get("typeTag") {
        None => TypeTag::UNVERSIONED,
        Some(tag) => TypeTag(number::from_json(tag, 0)?),
    };
    Ok(reply::handle(launcher.state().hold_data_id(caller.account(), DataId::Structured(name, tag))))
}

/// The name in a body. The launcher cut long ones short and read past short ones; 32 bytes it must be (§11.3).
pub fn name(body: &Value) -> Result<DataName, Failure> {
    if body.is_null() {
        return Err(Failure::Refused("Cannot read property 'name' of null".into()));
    }
    let bytes = javascript::buffer(body.get("name"))?;
    let name = bytes.try_into().map_err(|_| Failure::Refused("Invalid id specified".into()))?;
    Ok(DataName(name))
}

/// `POST /data-id`: a handle to what `GET /data-id/:handle` gave somebody.
pub async fn deserialise(State(launcher): State<Launcher>, caller: Caller, RawBody(bytes): RawBody) -> Reply {
    if bytes.is_empty() {
        return Err(Failure::Refused("Body can not be empty".into()));
    }
    Ok(reply::handle(launcher.state().deserialise_data_id(caller.account(), &bytes)?))
}

/// `GET /data-id/:handle`: its bytes.
pub async fn serialise(State(launcher): State<Launcher>, caller: Caller, Segment(handle): Segment<1>) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(&handle, 0)?);
    Ok(reply::bytes(launcher.state().serialise_data_id(session.account().id(), handle)?))
}

/// `DELETE /data-id/:handle`: lets go of it.
pub async fn drop_handle(State(launcher): State<Launcher>, caller: Caller, Segment(handle): Segment<1>) -> Reply {
    let handle = Handle::<DataId>::new(number::from_text(&handle, 0)?);
    launcher.state().handles.drop_handle(caller.account(), handle)?;
    Ok(reply::done())
}
