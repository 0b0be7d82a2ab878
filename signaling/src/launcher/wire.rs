//! The JSON of requests and responses, as the original client library wrote and read it (the launcher's
//! behaviour page, §10.1 and §10.3). The field order is part of it.
//!
//! Deliberately shares no type with any launcher: a shared struct would hide a shared mistake.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::app_identity::AppIdentity;

/// The type tag of every record: unversioned structured data, the original client library's default.
pub const TYPE_TAG: u64 = 500;

#[derive(Serialize)]
pub(super) struct AuthRequest<'a> {
    app: AuthApp<'a>,
    permissions: &'a [String],
}

#[derive(Serialize)]
struct AuthApp<'a> {
    name: &'a str,
    id: &'a str,
    version: &'a str,
    vendor: &'a str,
}

impl<'a> AuthRequest<'a> {
    pub(super) fn new(app: &'a AppIdentity) -> Self {
        let AppIdentity { name, id, version, vendor, permissions } = app;
        Self { app: AuthApp { name, id, version, vendor }, permissions }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataIdRequest<'a> {
    pub(super) name: &'a str,
    pub(super) type_tag: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRequest<'a> {
    pub(super) name: &'a str,
    pub(super) type_tag: u64,
    pub(super) data: String,
    /// The version to store it as. The original knows none, and leaves it to the launcher, which takes 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct ChangeRequest {
    pub(super) data: String,
}

#[derive(Deserialize)]
pub(super) struct AuthAnswer {
    pub(super) token: String,
}

/// What each request that makes a handle answers with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HandleAnswer {
    pub(super) handle_id: Number,
}

/// The further fields of the response to `GET /structured-data/handle`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FetchedAnswer {
    pub(super) is_owner: bool,
    pub(super) version: Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorAnswer {
    pub(super) error_code: i64,
    #[serde(default)]
    pub(super) description: serde_json::Value,
}

/// A handle or a version: a JSON number up to 2^53, a decimal string above (the launcher's behaviour page, §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(pub(super) u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(Self)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, as such or as a decimal string")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        // `parse` would take a plus sign.
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_written_as_the_original_client_wrote_them() {
        let auth = serde_json::to_string(&AuthRequest::new(&AppIdentity::default())).unwrap();
        assert_eq!(
            auth,
            r#"{"app":{"name":"SAFE Signaling Demo","id":"example.signaling.v1","version":"0.1.0","vendor":"MaidSafe Ltd."},"permissions":["LOW_LEVEL_API"]}"#
        );
        let data_id = serde_json::to_string(&DataIdRequest { name: "n=", type_tag: TYPE_TAG }).unwrap();
        assert_eq!(data_id, r#"{"name":"n=","typeTag":500}"#);
        let mut create = CreateRequest { name: "n=", type_tag: TYPE_TAG, data: "ZA==".into(), version: None };
        assert_eq!(serde_json::to_string(&create).unwrap(), r#"{"name":"n=","typeTag":500,"data":"ZA=="}"#);
        create.version = Some(7);
        assert_eq!(serde_json::to_string(&create).unwrap(), r#"{"name":"n=","typeTag":500,"data":"ZA==","version":7}"#);
    }

    #[test]
    fn a_handle_or_a_version_is_a_number_or_a_decimal_string() {
        let read = |json: &str| serde_json::from_str::<Number>(json).ok().map(|number| number.0);
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("9007199254740992"), Some(9_007_199_254_740_992));
        assert_eq!(read(r#""9007199254740993""#), Some(9_007_199_254_740_993));
        assert_eq!(read(r#""18446744073709551615""#), Some(u64::MAX));
        let none =
            [r#""18446744073709551616""#, "-1", "1.5", "null", "[]", "{}", "true", r#""""#, r#""+1""#, r#""0x1""#];
        for none in none {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
