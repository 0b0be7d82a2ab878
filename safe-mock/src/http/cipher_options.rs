//! `/cipher-opts` (launcher behaviour §8).

use super::caller::Caller;
use super::number;
use super::reply::{self, Failure, Reply};
use crate::launcher::Handle;
use crate::launcher::content::CipherOptions;

/// `GET /cipher-opts/:type/:key?`: a handle to a choice of encryption.
///
/// Plain is open to callers without a session, as the documentation of the original launcher says (§11.3).
pub fn choose(caller: &Caller, kind: &str, key: Option<&str>) -> Reply {
    // As JavaScript does it: `plaın` is `PLAIN`.
    let kind = kind.to_uppercase();
    if kind == "PLAIN" {
        return Ok(reply::handle(
            caller.operate(|state| state.choose_cipher_options(caller.account(), CipherOptions::Plain)),
        ));
    }
    let account = caller.low_level()?.account().id();
    let handle = match (kind.as_str(), key) {
        ("SYMMETRIC", _) => {
            caller.operate(|state| state.choose_cipher_options(Some(account), CipherOptions::Symmetric))
        }
        ("ASYMMETRIC", None) => {
            return Err(Failure::Refused("'key' must be specified for Asymmetric encryption".into()));
        }
        ("ASYMMETRIC", Some(key)) => {
            let key = Handle::new(number::from_text(key, 0)?);
            caller.operate(|state| state.choose_encrypt_key(account, key))?
        }
        // The original launcher did not answer this.
        _ => return Err(Failure::Refused("Invalid encryption type specified".into())),
    };
    Ok(reply::handle(handle))
}

/// `DELETE /cipher-opts/:handle`: drops the handle.
pub fn drop_handle(caller: &Caller, handle: &str) -> Reply {
    let handle = Handle::<CipherOptions>::new(number::from_text(handle, 0)?);
    caller.operate(|state| state.handles.drop_handle(caller.account(), handle))?;
    Ok(reply::done())
}
