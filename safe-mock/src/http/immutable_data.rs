//! `/immutable-data` (wider behaviour §2). The checks are in the order of the original launcher.

use axum::extract::Request;
use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;

use super::caller::Caller;
use super::reply::{self, Failure, Number, Reply};
use super::stream::{self, Incoming};
use super::{javascript, number};
use crate::launcher::Handle;
use crate::launcher::touched::TouchedContent;

/// `GET /immutable-data/writer`: a handle to a new writer.
pub fn open_writer(caller: &Caller) -> Reply {
    let session = caller.low_level()?;
    Ok(reply::handle(caller.operate(|state| state.open_writer(session))))
}

/// `POST /immutable-data/:writer`: appends the body. What has come of a body that breaks off stays (§2.2).
pub async fn write(caller: &Caller, writer: &str, request: Request) -> Reply {
    let session = caller.low_level()?;
    let body = Incoming::of(request)?;
    if body.length() == 0 {
        // The handle is not looked at.
        return Ok(reply::done());
    }
    let length = body.length();
    caller.note(|touched| touched.content = Some(TouchedContent::Streamed(length)));
    let writer = Handle::new(number::from_text(writer, 0)?);
    caller.operate(|state| state.expect_to_write(session, writer, length))?;
    let mut append = |piece: &Bytes| caller.operate(|state| state.write(session, writer, piece)).map_err(Failure::from);
    body.receive(&mut append).await?;
    Ok(reply::done())
}

/// `PUT /immutable-data/:writer/:cipherOptions`: stores the content. Cipher options that are no number mean plain, because
/// clients send `undefined` there (§2.3).
pub fn close_writer(caller: &Caller, writer: &str, cipher_options: &str) -> Reply {
    let session = caller.low_level()?;
    let writer = Handle::new(number::from_text(writer, 1)?);
    let chosen = javascript::is_numeric(cipher_options).then(|| number::from_text(cipher_options, 2)).transpose()?;
    Ok(reply::handle(caller.operate(|state| state.close_writer(session, writer, chosen.map(Handle::new)))?))
}

/// `DELETE /immutable-data/writer/:writer`: drops the writer.
pub fn drop_writer(caller: &Caller, writer: &str) -> Reply {
    let session = caller.low_level()?;
    let writer = Handle::new(number::from_text(writer, 0)?);
    caller.operate(|state| state.drop_writer(session, writer))?;
    Ok(reply::done())
}

/// `GET /immutable-data/reader/:dataId`: a handle to a reader, and the size of the content.
pub fn open_reader(caller: &Caller, id: &str) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        handle_id: Number,
        size: Number,
    }
    let id = Handle::new(number::from_text(id, 1)?);
    let (reader, size) = caller.operate(|state| state.open_reader(caller.known(), id))?;
    Ok(reply::json(&Body { handle_id: Number(reader.number()), size: Number(size) }))
}

/// `GET /immutable-data/:reader`: the content, or the range of it that the headers ask for.
pub fn read(caller: &Caller, reader: &str, headers: &HeaderMap) -> Reply {
    let reader = Handle::new(number::from_text(reader, 0)?);
    let content = caller.operate(|state| state.content_of_reader(caller.known(), reader))?;
    let bad_unit = Failure::Refused("invalid range specified".into());
    stream::send(caller, headers, content, bad_unit)
}

/// `DELETE /immutable-data/reader/:reader`: drops the reader.
pub fn drop_reader(caller: &Caller, reader: &str) -> Reply {
    let reader = Handle::new(number::from_text(reader, 0)?);
    caller.operate(|state| state.drop_reader(caller.known(), reader))?;
    Ok(reply::done())
}
