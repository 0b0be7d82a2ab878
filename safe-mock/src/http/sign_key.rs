//! `/sign-key` (wider behaviour §4).

use axum::extract::Request;

use super::caller::Caller;
use super::reply::{self, Reply};
use super::{body, number};
use crate::launcher::Handle;

/// `GET /sign-key`: a handle to the key of the caller's account.
pub fn own(caller: &Caller) -> Reply {
    let session = caller.low_level()?;
    Ok(reply::handle(caller.operate(|state| state.own_sign_key(session))))
}

/// `GET /sign-key/serialise/:handle`: its serialised form.
pub fn serialise(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    Ok(reply::bytes(caller.operate(|state| state.serialise_sign_key(session, handle))?))
}

/// `POST /sign-key/deserialise`: a handle to a key that was serialised. The body is read for an app that may only.
pub async fn deserialise(caller: &Caller, request: Request) -> Reply {
    let session = caller.low_level()?;
    let bytes = body::raw(caller.launcher(), request).await?;
    Ok(reply::handle(caller.operate(|state| state.deserialise_sign_key(session, &bytes))?))
}

/// `DELETE /sign-key/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.drop_sign_key(session, handle))?;
    Ok(reply::done())
}
