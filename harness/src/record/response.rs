//! What a launcher's response says: read from its body and headers.

use ::http::Response;
use bytes::Bytes;
use serde::Deserialize;

/// The header in which safe-mock names the faults that struck a request.
const FAULT_HEADER: &str = "x-mock-fault";

/// What a launcher's response says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ParsedResponse {
    /// The handle that the launcher assigned.
    pub(crate) handle: Option<u64>,
    /// The version of the record that was fetched.
    pub(crate) version: Option<u64>,
    /// The code of its error.
    pub(crate) code: Option<i64>,
    /// The faults that the launcher names.
    pub(crate) fault: Option<String>,
}

/// A number: above 2^53 a launcher writes it as a decimal string (the launcher's behaviour page, §2.5).
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u64),
    Text(String),
}

impl Number {
    fn value(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl ParsedResponse {
    pub(crate) fn parse(response: &Response<Bytes>) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Answer {
            handle_id: Option<Number>,
            version: Option<Number>,
            error_code: Option<i64>,
        }
        // The content of a record may be JSON of this form too: the caller knows that a read has no handle.
        let Answer { handle_id, version, error_code } = serde_json::from_slice(response.body()).unwrap_or_default();
        let fault = response.headers().get(FAULT_HEADER).and_then(|fault| fault.to_str().ok());
        Self {
            handle: handle_id.and_then(Number::value),
            version: version.and_then(Number::value),
            code: error_code.filter(|_| response.status().as_u16() != 200),
            fault: fault.map(ToOwned::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(status: u16, body: &'static [u8]) -> ParsedResponse {
        ParsedResponse::parse(&Response::builder().status(status).body(Bytes::from_static(body)).unwrap())
    }

    #[test]
    fn a_handle_is_read_from_a_number_and_from_a_text() {
        assert_eq!(parsed(200, br#"{"handleId":7,"isOwner":true,"version":2}"#).handle, Some(7));
        assert_eq!(parsed(200, br#"{"handleId":7,"isOwner":true,"version":2}"#).version, Some(2));
        assert_eq!(parsed(200, br#"{"handleId":"9007199254740993"}"#).handle, Some(9_007_199_254_740_993));
        assert_eq!(parsed(200, b"OK"), ParsedResponse::default());
    }

    #[test]
    fn the_code_of_an_error_and_the_fault_behind_it_are_read() {
        assert_eq!(parsed(400, br#"{"errorCode":-23,"description":"taken"}"#).code, Some(-23));
        assert_eq!(parsed(200, br#"{"errorCode":-23}"#).code, None);
        let struck = Response::builder().header(FAULT_HEADER, "delay+fail").body(Bytes::new()).unwrap();
        assert_eq!(ParsedResponse::parse(&struck).fault.as_deref(), Some("delay+fail"));
    }
}
