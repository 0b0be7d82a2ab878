//! `/auth`: opening, checking and ending a session (launcher behaviour §3).

use std::sync::Arc;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::Parsed;
use super::caller::Caller;
use super::javascript::{is_falsy, to_text, trim};
use super::reply::{self, Failure, NoSession, Reply};
use crate::launcher::{App, Permission};

/// `POST /auth`: asks the user, and answers with a token.
pub async fn authorise(caller: &Caller, body: &Parsed) -> Reply {
    if body.value.is_null() {
        return Err(Failure::NotFound);
    }
    let (app, permissions) = application(&body.value)?;
    caller.note(|touched| touched.app = Some(Arc::new(app.for_journal())));
    let launcher = caller.launcher();
    let session = launcher.authorise(app, permissions.clone()).await.map_err(Failure::ConsentDenied)?;
    let token = session.token(launcher.clock().unix_seconds());
    caller.note(|touched| touched.opened = Some(session));
    Ok(granted(token, permissions))
}

fn granted(token: String, permissions: Vec<Permission>) -> Response {
    #[derive(Serialize)]
    struct Body {
        token: String,
        permissions: Vec<Permission>,
    }
    reply::json(&Body { token, permissions })
}

/// The app and the permissions that it asks for. The checks are in the order of the original launcher.
fn application(body: &Value) -> Result<(App, Vec<Permission>), Failure> {
    let refused = |text: &'static str| Failure::Refused(text.into());
    let field = |name| body.get("app").and_then(|app| app.get(name)).filter(|value| !is_falsy(Some(value)));
    let fields = ["name", "id", "vendor", "version"].map(field);
    if fields.iter().any(Option::is_none) {
        return Err(refused("Fields are missing"));
    }
    let is_blank = |value: &Value| trim(&to_text(value)).is_empty();
    if fields.iter().flatten().copied().any(is_blank) {
        return Err(refused("Values cannot be empty"));
    }
    let asked_for = body.get("permissions").ok_or_else(|| refused("Permission field is missing"))?;
    let permissions = permissions(asked_for).ok_or_else(|| refused("Invalid permissions requested"))?;
    // The original launcher failed with a 500 on a field that is not text.
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(str::to_owned).ok_or_else(|| refused("Fields must be text"))
    };
    let [name, id, vendor, version] = fields;
    // It used all fields but the version.
    let version = version.map(|version| version.as_str().map_or_else(|| version.to_string(), str::to_owned));
    let version = version.unwrap_or_default();
    Ok((App { name: text(name)?, id: text(id)?, vendor: text(vendor)?, version }, permissions))
}

/// The permissions of an array; `None` if it has anything else.
fn permissions(value: &Value) -> Option<Vec<Permission>> {
    value.as_array()?.iter().map(|item| Permission::deserialize(item).ok()).collect()
}

/// `GET /auth`: whether the token is valid.
pub fn check(caller: &Caller) -> Reply {
    caller.session(NoSession::Unauthorised)?;
    Ok(reply::done())
}

/// `DELETE /auth`: ends the session, for all of its tokens.
pub fn revoke(caller: &Caller) -> Reply {
    let session = caller.session(NoSession::Unauthorised)?;
    caller.launcher().revoke(session.number());
    Ok(reply::done())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &Value) -> String {
        match application(body) {
            Err(Failure::Refused(text)) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn app() -> Value {
        json!({"name": "a", "id": "b", "vendor": "c", "version": "d"})
    }

    #[test]
    fn the_checks_are_in_the_order_of_the_original_launcher() {
        assert_eq!(refusal(&json!({})), "Fields are missing");
        assert_eq!(refusal(&json!(5)), "Fields are missing");
        assert_eq!(
            refusal(&json!({"app": {"name": "", "id": "b", "vendor": "c", "version": "d"}})),
            "Fields are missing"
        );
        assert_eq!(
            refusal(&json!({"app": {"name": " ", "id": "b", "vendor": "c", "version": "d"}})),
            "Values cannot be empty"
        );
        for blank in [json!([]), json!([null]), json!([[" "]]), json!("\u{feff}\u{a0}")] {
            let app = json!({"name": blank, "id": "b", "vendor": "c", "version": "d"});
            assert_eq!(refusal(&json!({"app": app})), "Values cannot be empty", "{blank}");
        }
        assert_eq!(refusal(&json!({"app": app()})), "Permission field is missing");
        for permissions in [json!(null), json!({}), json!("LOW_LEVEL_API"), json!(["low_level_api"]), json!([1])] {
            assert_eq!(refusal(&json!({"app": app(), "permissions": permissions})), "Invalid permissions requested");
        }
        assert_eq!(
            refusal(&json!({"app": {"name": 5, "id": "b", "vendor": "c", "version": "d"}, "permissions": []})),
            "Fields must be text"
        );
    }

    #[test]
    fn a_version_may_be_of_any_type() {
        for (version, text) in [
            (json!("1.0"), "1.0"),
            (json!(1.5), "1.5"),
            (json!(true), "true"),
            (json!([1]), "[1]"),
            (json!({"major": 1}), r#"{"major":1}"#),
        ] {
            let app = json!({"name": "a", "id": "b", "vendor": "c", "version": version});
            assert_eq!(application(&json!({"app": app, "permissions": []})).unwrap().0.version, text);
        }
    }

    #[test]
    fn permissions_are_kept_as_asked_for() {
        let body = json!({"app": app(), "permissions": ["LOW_LEVEL_API", "SAFE_DRIVE_ACCESS", "LOW_LEVEL_API"]});
        let (_, permissions) = application(&body).unwrap();
        assert_eq!(permissions, [Permission::LowLevelApi, Permission::SafeDriveAccess, Permission::LowLevelApi]);
    }
}
