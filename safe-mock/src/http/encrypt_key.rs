//! The handles of encryption keys: they come from private appendable data, and are dropped here (wider behaviour §4).

use super::caller::Caller;
use super::number;
use super::reply::{self, Reply};
use crate::launcher::Handle;

/// `DELETE /appendable-data/encrypt-key/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let account = caller.low_level()?.account().id();
    let handle = Handle::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.drop_encrypt_key(account, handle))?;
    Ok(reply::done())
}
