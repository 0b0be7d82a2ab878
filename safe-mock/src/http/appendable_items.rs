//! The items and the filter of `/appendable-data` (wider behaviour §3.5).

use super::caller::Caller;
use super::reply::{self, Failure, Reply};
use super::{javascript, number};
use crate::launcher::Handle;
use crate::launcher::appendable_items::{Change, List};

/// `GET /appendable-data/:handle/:index` and `GET /appendable-data/deleted-data/:handle/:index`: a handle to the data id of an
/// item.
pub fn item(caller: &Caller, handle: &str, list: List, index: &str) -> Reply {
    let handle = Handle::new(number::from_text(handle, 1)?);
    let index = number::from_text(index, 2)?;
    Ok(reply::handle(caller.operate(|state| state.item_at(caller.known(), handle, list, index))?))
}

/// `GET /appendable-data/sign-key/:handle/:index`, and the same of deleted items: a handle to the key of the account that
/// appended an item.
pub fn sign_key(caller: &Caller, handle: &str, list: List, index: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 1)?);
    let index = number::from_text(index, 2)?;
    Ok(reply::handle(caller.operate(|state| state.sign_key_at(session, handle, list, index))?))
}

/// `GET /appendable-data/filter/:handle/:index`: a handle to a key in the filter.
pub fn filter_key(caller: &Caller, handle: &str, index: &str) -> Reply {
    let session = caller.low_level()?;
    let handle = Handle::new(number::from_text(handle, 0)?);
    let index = number::from_text(index, 1)?;
    Ok(reply::handle(caller.operate(|state| state.filter_key_at(session, handle, index))?))
}

/// `DELETE /appendable-data/:handle/:index` and `DELETE /appendable-data/deleted-data/:handle/:index`: `change` says what is
/// done with the item.
pub fn change_item(caller: &Caller, handle: &str, index: &str, change: fn(u64) -> Change) -> Reply {
    caller.low_level()?;
    let number = number::from_text(handle, 0)?;
    change_copy(caller, number, change(number::from_text(index, 1)?))
}

/// `PUT /appendable-data/restore/:handle/:index`: moves a deleted item back.
pub fn restore(caller: &Caller, handle: &str, index: &str) -> Reply {
    caller.low_level()?;
    if !javascript::is_numeric(index) {
        return Err(Failure::Refused("index must be a valid number".into()));
    }
    change_item(caller, handle, index, Change::Restore)
}

/// `DELETE /appendable-data/clear-data/:handle`, `DELETE /appendable-data/clear-deleted-data/:handle` and
/// `PUT /appendable-data/toggle-filter/:handle`. The original launcher did not answer a handle that it did not know to the first
/// two (wider behaviour §13.2).
pub fn change_all(caller: &Caller, handle: &str, change: Change) -> Reply {
    caller.low_level()?;
    change_copy(caller, number::from_text(handle, 0)?, change)
}

fn change_copy(caller: &Caller, handle: u64, change: Change) -> Reply {
    let session = caller.low_level()?;
    caller.operate(|state| state.change_appendable(session, Handle::new(handle), change))?;
    Ok(reply::done())
}
