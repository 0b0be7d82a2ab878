//! The handle that the path of a call names, as a number.

use percent_encoding::percent_decode_str;

use super::number;
use crate::call::{Call, Subject};
use crate::launcher::faults::Named;

/// The handle in the canonical path of a call; `None` if there is none, or none that can be read.
pub fn named(call: Call, path: &str) -> Option<Named> {
    let Subject::Handle(kind, text) = call.subject(path) else { return None };
    let text = percent_decode_str(text).decode_utf8().ok()?;
    // Each route reads its number as the original launcher did.
    let number = if call == Call::Delete { number::from_parse_int(&text, 0) } else { number::from_text(&text, 0) };
    number.ok().map(|number| Named { kind, number })
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn it_is_the_number_that_the_route_reads() {
        let number = |method: Method, path| named(Call::parse(&method, path), path).map(|named| named.number);
        assert_eq!(number(Method::PUT, "/structured-data/5"), Some(5));
        assert_eq!(number(Method::PUT, "/structured-data/%35x"), Some(5));
        assert_eq!(number(Method::PUT, "/structured-data/010"), Some(8));
        assert_eq!(number(Method::DELETE, "/structured-data/010"), Some(10));
        assert_eq!(number(Method::GET, "/structured-data/handle/7"), Some(7));
        assert_eq!(number(Method::DELETE, "/cipher-opts/9"), Some(9));
        for (method, path) in [
            (Method::PUT, "/structured-data/x"),
            (Method::PUT, "/structured-data/%ff"),
            (Method::GET, "/auth"),
            (Method::POST, "/structured-data"),
        ] {
            assert_eq!(number(method, path), None, "{path}");
        }
    }
}
